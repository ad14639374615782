// host:port, as the job file writes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace leat::socket {

struct Address {
  std::string host;  // a name, an IPv4 address, or an IPv6 address without its brackets
  std::uint16_t port = 0;

  std::string to_string() const;  // "[::1]:9000"
};

// "host:port", "1.2.3.4:port", "[::1]:port". With `any_host` the host may be empty or "*": all
// interfaces, "::". With `any_port` the port may be 0.
Result<Address> parse_address(std::string_view text, bool any_host, bool any_port);

}  // namespace leat::socket
