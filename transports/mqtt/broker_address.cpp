#include "transports/mqtt/broker_address.h"

#include <algorithm>
#include <charconv>

namespace leat::mqtt {

namespace {

Error bad(std::string_view url, std::string_view problem) {
  // Whatever stands before an @ may be a secret: it is not repeated.
  const std::size_t at = url.rfind('@');
  const std::string shown(at == std::string_view::npos ? url : "...@...");
  return base::invalid("broker \"" + shown + "\": " + std::string(problem));
}

Result<std::uint16_t> parse_port(std::string_view url, std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0 || port > 65535) {
    return bad(url, "the port is not a number from 1 to 65535");
  }
  return static_cast<std::uint16_t>(port);
}

bool is_host_character(char c) {
  const auto u = static_cast<unsigned char>(c);
  return (u >= '0' && u <= '9') || (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || c == '-' ||
         c == '.' || c == '_' || c == ':' || c == '%';
}

}  // namespace

std::string BrokerAddress::to_string() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return std::string(tls ? "mqtts://" : "mqtt://") + (is_ipv6 ? "[" + host + "]" : host) + ":" +
         std::to_string(port);
}

Result<BrokerAddress> parse_broker_address(std::string_view url) {
  BrokerAddress address;
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) {
    return bad(url, "not a URL; expected mqtt://host:1883 or mqtts://host:8883");
  }
  const std::string_view scheme = url.substr(0, scheme_end);
  if (scheme == "mqtts" || scheme == "ssl" || scheme == "tls") {
    address.tls = true;
    address.port = 8883;
  } else if (scheme != "mqtt" && scheme != "tcp") {
    return bad(url, "unknown scheme; expected mqtt:// or mqtts://");
  }
  std::string_view rest = url.substr(scheme_end + 3);
  if (rest.find('@') != std::string_view::npos) {
    return bad(url, "user and password do not belong in the URL; use username and password_file");
  }
  if (!rest.empty() && rest.back() == '/') rest.remove_suffix(1);
  std::string_view host;
  std::string_view after;
  if (!rest.empty() && rest.front() == '[') {
    const std::size_t close = rest.find(']');
    if (close == std::string_view::npos) return bad(url, "an IPv6 address without its ]");
    host = rest.substr(1, close - 1);
    after = rest.substr(close + 1);
    if (host.find(':') == std::string_view::npos) return bad(url, "not an IPv6 address in [ ]");
  } else {
    host = rest.substr(0, rest.find(':'));
    after = rest.substr(host.size());
    if (std::count(after.begin(), after.end(), ':') > 1) {
      return bad(url, "an IPv6 address stands in brackets: mqtt://[::1]:1883");
    }
  }
  if (host.empty()) return bad(url, "no host");
  if (!std::all_of(host.begin(), host.end(), is_host_character)) {
    return bad(url, "not a host name; nothing may follow host:port");
  }
  if (!after.empty()) {
    if (after.front() != ':') return bad(url, "nothing but :port may follow the host");
    LEAT_TRY_ASSIGN(address.port, parse_port(url, after.substr(1)));
  }
  address.host = std::string(host);
  return address;
}

}  // namespace leat::mqtt
