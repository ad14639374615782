#include "transports/socket/address.h"

#include <charconv>

namespace leat::socket {
namespace {

Error bad(std::string_view text, const std::string& why) {
  return base::invalid("the address \"" + std::string(text) + "\" " + why +
                       "; expected host:port, such as 192.0.2.7:9000 or [2001:db8::7]:9000");
}

}  // namespace

std::string Address::to_string() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<Address> parse_address(std::string_view text, bool any_host, bool any_port) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad(text, "has no port");
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    if (host.find(':') == std::string_view::npos) return bad(text, "has no IPv6 address in [ ]");
  } else if (host.find_first_of(":[]/@") != std::string_view::npos) {
    return bad(text, "has a host that is none");
  }
  if (host.find_first_of(std::string_view(" \t\r\n\0", 5)) != std::string_view::npos) {
    return bad(text, "has a host that is none");
  }
  if (any_host && (host.empty() || host == "*")) host = "::";
  if (host.empty()) return bad(text, "has no host");
  Address address;
  address.host = host;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error != std::errc() || end != port.data() + port.size()) {
    return bad(text, "has no port from 1 to 65535");
  }
  if (address.port == 0 && !any_port) return bad(text, "has no port from 1 to 65535");
  return address;
}

}  // namespace leat::socket
