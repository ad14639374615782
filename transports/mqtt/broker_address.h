// Where the broker is: mqtt://host[:port] or mqtts://host[:port].
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace leat::mqtt {

struct BrokerAddress {
  std::string host;  // a name, an IPv4 address, or an IPv6 address without its brackets
  std::uint16_t port = 1883;
  bool tls = false;

  // As a log line names it; "mqtt://[::1]:1883".
  std::string to_string() const;
};

// `tcp`, `ssl` and `tls` are understood as schemes too; the port is 1883 or, with TLS, 8883 unless
// given. A user or password in the URL is refused: they belong in `username` and `password_file`.
Result<BrokerAddress> parse_broker_address(std::string_view url);

}  // namespace leat::mqtt
