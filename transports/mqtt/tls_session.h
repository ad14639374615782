// TLS 1.2 as a pure transformation of bytes, by mbedTLS 2.28: ciphertext in, plaintext out, and
// back.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace leat::mqtt {

struct TlsFiles {
  std::string ca;    // PEM file or a directory of them; empty: the system's certificates
  std::string cert;  // PEM, with the chain; together with `key`, or both empty
  std::string key;   // PEM
};

// A client's side of one connection. The server's certificate must be valid for the host name (or
// stand for the IP address as a subject alternative name); there is no way to switch that off.
// Used by one thread. No I/O but reading the files in create().
class TlsSession {
 public:
  static Result<std::unique_ptr<TlsSession>> create(const TlsFiles& files, const std::string& host);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  // Ciphertext from the peer.
  void feed(std::string_view ciphertext);
  // Goes on with the handshake; true when it is complete, and from then on.
  Result<bool> handshake();
  // Takes plaintext out: the number of bytes, 0 when more ciphertext is needed. An error is also
  // the peer's orderly end. After the handshake only.
  Result<std::size_t> read(std::span<char> out);
  // Encrypts all of it. After the handshake only.
  Result<void> write(std::string_view plaintext);
  // Ciphertext for the peer; the caller empties it.
  std::string& outgoing();

 private:
  struct State;
  explicit TlsSession(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace leat::mqtt
