#include "transports/mqtt/credentials.h"

#include <fstream>
#include <iterator>

#include "core/base/text.h"

namespace leat::mqtt {

Result<std::string> read_password(const std::string& username, const std::string& password_file) {
  if (password_file.empty()) return std::string();
  if (username.empty()) return base::invalid("password_file: needs a username");
  std::ifstream file(password_file, std::ios::binary);
  std::string password(65538, '\0');
  if (file) file.read(password.data(), static_cast<std::streamsize>(password.size()));
  if (!file && file.gcount() == 0) {
    return base::invalid("password_file: cannot read " + password_file + ", or it is empty");
  }
  password.resize(static_cast<std::size_t>(file.gcount()));
  if (!password.empty() && password.back() == '\n') password.pop_back();
  if (!password.empty() && password.back() == '\r') password.pop_back();
  if (password.empty()) return base::invalid("password_file: " + password_file + " is empty");
  if (password.size() > 65535) {
    return base::invalid("password_file: " + password_file + " is longer than 65535 bytes");
  }
  return password;
}

namespace {

Result<void> check_text(const std::string& text, const char* name) {
  if (text.size() > 65535 || text.find('\0') != std::string::npos || !base::is_valid_utf8(text)) {
    return base::invalid(std::string(name) + ": expected at most 65535 bytes of UTF-8");
  }
  return {};
}

}  // namespace

Result<void> check_username(const std::string& username) {
  return check_text(username, "username");
}

Result<void> check_client_id(const std::string& client_id) {
  if (client_id.empty()) {
    return base::invalid("client_id: is empty; the broker keeps the session under it");
  }
  return check_text(client_id, "client_id");
}

}  // namespace leat::mqtt
