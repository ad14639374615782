#include "transports/mqtt/tls_session.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>
#include <sys/stat.h>

namespace leat::mqtt {

struct TlsSession::State {
  State() {
    mbedtls_entropy_init(&entropy);
    mbedtls_ctr_drbg_init(&random);
    mbedtls_x509_crt_init(&ca);
    mbedtls_x509_crt_init(&certificate);
    mbedtls_pk_init(&key);
    mbedtls_ssl_config_init(&config);
    mbedtls_ssl_init(&ssl);
  }
  ~State() {
    mbedtls_ssl_free(&ssl);
    mbedtls_ssl_config_free(&config);
    mbedtls_pk_free(&key);
    mbedtls_x509_crt_free(&certificate);
    mbedtls_x509_crt_free(&ca);
    mbedtls_ctr_drbg_free(&random);
    mbedtls_entropy_free(&entropy);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  mbedtls_entropy_context entropy;
  mbedtls_ctr_drbg_context random;
  mbedtls_x509_crt ca;
  mbedtls_x509_crt certificate;
  mbedtls_pk_context key;
  mbedtls_ssl_config config;
  mbedtls_ssl_context ssl;
  std::string incoming;
  std::size_t incoming_at = 0;
  std::string outgoing;
  std::string ip_address;  // 4 or 16 bytes when the host is one
  bool established = false;
};

namespace {

std::string describe(int code) {
  char text[160] = "";
  mbedtls_strerror(code, text, sizeof text);
  return text;
}

Error tls_error(const std::string& what, int code) {
  return Error(ErrorCode::kUnavailable, "TLS: " + what + ": " + describe(code));
}

Result<void> load_ca(mbedtls_x509_crt& ca, const std::string& path) {
  static constexpr const char* kSystem = "/etc/ssl/certs/ca-certificates.crt";
  const std::string from = path.empty() ? kSystem : path;
  struct stat info {};
  const bool is_directory = stat(from.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
  const int code = is_directory ? mbedtls_x509_crt_parse_path(&ca, from.c_str())
                                : mbedtls_x509_crt_parse_file(&ca, from.c_str());
  // A positive code counts the certificates that could not be read; the system's store has some.
  if (code < 0 || (code > 0 && !path.empty() && !is_directory)) {
    return Error(ErrorCode::kInvalidArgument,
                 "tls.ca: cannot read " + from + ": " +
                     (code < 0 ? describe(code) : "not all of it is certificates"));
  }
  return {};
}

std::string address_bytes(const std::string& host) {
  std::array<char, 16> bytes{};
  if (inet_pton(AF_INET, host.c_str(), bytes.data()) == 1) return std::string(bytes.data(), 4);
  if (inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1) return std::string(bytes.data(), 16);
  return {};
}

// mbedTLS 2.28 compares host names only; RFC 6125 wants an address to stand in the certificate as
// an iPAddress (tag [7]) subject alternative name.
bool names_address(const mbedtls_x509_crt* certificate, const std::string& address) {
  for (const mbedtls_x509_sequence* name = &certificate->subject_alt_names; name != nullptr;
       name = name->next) {
    const bool is_address = (name->buf.tag & MBEDTLS_ASN1_TAG_VALUE_MASK) == 7;
    if (is_address && name->buf.len == address.size() &&
        std::memcmp(name->buf.p, address.data(), address.size()) == 0) {
      return true;
    }
  }
  return false;
}

}  // namespace

TlsSession::TlsSession(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsSession::~TlsSession() = default;

std::string& TlsSession::outgoing() { return state_->outgoing; }

Result<std::unique_ptr<TlsSession>> TlsSession::create(const TlsFiles& files,
                                                       const std::string& host) {
  auto state = std::make_unique<State>();
  State& s = *state;
  int code = mbedtls_ctr_drbg_seed(&s.random, mbedtls_entropy_func, &s.entropy, nullptr, 0);
  if (code != 0) return tls_error("random numbers", code);
  LEAT_TRY(load_ca(s.ca, files.ca));
  if (files.cert.empty() != files.key.empty()) {
    return base::invalid("tls: cert and key belong together; one of them is missing");
  }
  code = mbedtls_ssl_config_defaults(&s.config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                     MBEDTLS_SSL_PRESET_DEFAULT);
  if (code != 0) return tls_error("configuration", code);
  mbedtls_ssl_conf_min_version(&s.config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
  mbedtls_ssl_conf_authmode(&s.config, MBEDTLS_SSL_VERIFY_REQUIRED);
  mbedtls_ssl_conf_ca_chain(&s.config, &s.ca, nullptr);
  mbedtls_ssl_conf_rng(&s.config, mbedtls_ctr_drbg_random, &s.random);
  if (!files.cert.empty()) {
    code = mbedtls_x509_crt_parse_file(&s.certificate, files.cert.c_str());
    if (code != 0) return base::invalid("tls.cert: " + files.cert + ": " + describe(code));
    code = mbedtls_pk_parse_keyfile(&s.key, files.key.c_str(), nullptr);
    if (code != 0) return base::invalid("tls.key: " + files.key + ": " + describe(code));
    code = mbedtls_ssl_conf_own_cert(&s.config, &s.certificate, &s.key);
    if (code != 0) return base::invalid("tls: cert and key: " + describe(code));
  }
  code = mbedtls_ssl_setup(&s.ssl, &s.config);
  if (code != 0) return tls_error("set-up", code);
  s.ip_address = address_bytes(host);
  code = mbedtls_ssl_set_hostname(&s.ssl, s.ip_address.empty() ? host.c_str() : nullptr);
  if (code != 0) return tls_error("host name", code);
  mbedtls_ssl_set_bio(
      &s.ssl, &s,
      [](void* context, const unsigned char* bytes, std::size_t size) {
        static_cast<State*>(context)->outgoing.append(reinterpret_cast<const char*>(bytes), size);
        return static_cast<int>(size);
      },
      [](void* context, unsigned char* bytes, std::size_t size) {
        State& self = *static_cast<State*>(context);
        const std::size_t n = std::min(size, self.incoming.size() - self.incoming_at);
        if (n == 0) return MBEDTLS_ERR_SSL_WANT_READ;
        std::memcpy(bytes, self.incoming.data() + self.incoming_at, n);
        self.incoming_at += n;
        return static_cast<int>(n);
      },
      nullptr);
  return std::unique_ptr<TlsSession>(new TlsSession(std::move(state)));
}

void TlsSession::feed(std::string_view ciphertext) {
  State& s = *state_;
  s.incoming.erase(0, s.incoming_at);
  s.incoming_at = 0;
  s.incoming.append(ciphertext);
}

Result<bool> TlsSession::handshake() {
  State& s = *state_;
  if (s.established) return true;
  const int code = mbedtls_ssl_handshake(&s.ssl);
  if (code == MBEDTLS_ERR_SSL_WANT_READ || code == MBEDTLS_ERR_SSL_WANT_WRITE) return false;
  if (code != 0) {
    const std::uint32_t flags = mbedtls_ssl_get_verify_result(&s.ssl);
    if (flags == 0 || flags == 0xffffffffU) return tls_error("handshake", code);
    char why[512] = "";
    mbedtls_x509_crt_verify_info(why, sizeof why, "", flags);
    std::string text(why);
    std::replace(text.begin(), text.end(), '\n', ' ');
    return Error(ErrorCode::kUnavailable, "TLS: the broker's certificate is refused: " + text);
  }
  if (!s.ip_address.empty() && !names_address(mbedtls_ssl_get_peer_cert(&s.ssl), s.ip_address)) {
    return Error(ErrorCode::kUnavailable,
                 "TLS: the broker's certificate is refused: it is not for this IP address");
  }
  s.established = true;
  return true;
}

Result<std::size_t> TlsSession::read(std::span<char> out) {
  const int n =
      mbedtls_ssl_read(&state_->ssl, reinterpret_cast<unsigned char*>(out.data()), out.size());
  if (n > 0) return static_cast<std::size_t>(n);
  if (n == MBEDTLS_ERR_SSL_WANT_READ || n == MBEDTLS_ERR_SSL_WANT_WRITE) return std::size_t{0};
  if (n == 0 || n == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) {
    return Error(ErrorCode::kUnavailable, "the broker closed the connection");
  }
  return tls_error("read", n);
}

Result<void> TlsSession::write(std::string_view plaintext) {
  while (!plaintext.empty()) {
    const int n = mbedtls_ssl_write(
        &state_->ssl, reinterpret_cast<const unsigned char*>(plaintext.data()), plaintext.size());
    if (n <= 0) return tls_error("write", n);
    plaintext.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

}  // namespace leat::mqtt
