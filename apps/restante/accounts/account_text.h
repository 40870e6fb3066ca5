// Parts of an account in the words of the configuration.
#pragma once

#include <string>
#include <string_view>

#include "profile/profile.h"

namespace restante::cli {

std::string_view to_text(profile::Tls tls);
/// When its mail is deleted on the server.
std::string to_text(const profile::Account& account);
/// Where the secret comes from; never the secret.
std::string to_text(const profile::SecretSource& secret);

/// A TOML string.
std::string toml_string(std::string_view text);

}  // namespace restante::cli
