// What a broker is told about who connects.
#pragma once

#include <string>

#include "core/base/result.h"

namespace leat::mqtt {

// The file's content without one trailing line end; empty when no file is named. Errors: it cannot
// be read, is empty, or is larger than MQTT allows; a password without a user name.
Result<std::string> read_password(const std::string& username, const std::string& password_file);

// At most 65,535 bytes of UTF-8 without U+0000; a client id is not empty.
Result<void> check_username(const std::string& username);
Result<void> check_client_id(const std::string& client_id);

}  // namespace leat::mqtt
