// From one TOML value to one of the client's settings; beside config/values.h, which has what is
// common to all configurations. The detail of an Error (always kSyntax) is a sentence.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret_string.h"
#include "config/values.h"
#include "profile/profile.h"

namespace restante::profile {

/// Absolute, below "~", or below the configuration's folder.
Result<std::filesystem::path> user_path(const config::Value& value);
/// A name that an account may have, and so its folder and its part of the database.
Result<std::string> account_name(const config::Value& value);
/// A DNS name or an IP address, folded.
Result<std::string> host(const config::Value& value);
Result<SecretString> secret(const config::Value& value);
/// A string is a line for sh; an array is a program and its arguments.
struct CommandText {
  std::string line;
  std::vector<std::string> words;
};
Result<CommandText> command(const config::Value& value);
/// "socks5://[user[:password]@]host[:port]" or "http://…".
Result<Proxy> proxy(const config::Value& value);
/// One SHA-256 or several: 64 hex digits, with or without "sha256:" and colons. Folded.
Result<std::vector<std::string>> pins(const config::Value& value);
/// A text or several: none empty.
Result<std::vector<std::string>> texts(const config::Value& value);
/// "host:port", "[v6]:port" or "unix:/path"; kept as text.
Result<std::string> socket_address(const config::Value& value);

}  // namespace restante::profile
