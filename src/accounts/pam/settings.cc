#include "accounts/pam/settings.h"

#include "config/keys.h"

namespace restante::accounts::pam {
namespace {

using config::Count;
using config::key;
using config::kPath;
using config::OneOf;
using config::Plain;

constexpr auto kPamNames = std::to_array<config::Choice<bool>>({{"local", false}, {"full", true}});

/// The name of a file in a folder that the program knows.
Result<std::string> file_name(const config::Value& value) {
  RESTANTE_TRY(const std::string name, config::text(value));
  // libpam would read another folder's file by it.
  if (name.find('/') != std::string::npos || name.starts_with('.'))
    return config::wrong_value("must be the name of a file, without a folder");
  return name;
}

}  // namespace

const config::Keys<Settings>& keys() {
  static const config::Keys<Settings> keys = {
      key("service", &Settings::service, Plain(file_name, "file name"),
          "the file in `/etc/pam.d`."),
      key("service_dir", &Settings::service_dir, kPath, "another folder for it.", "`/etc/pam.d`"),
      key("users", &Settings::users, kPath,
          "the file with the names of the accounts, a name a line (up to the first `:`).",
          "the system's users"),
      key("pam_name", &Settings::full_name, OneOf(kPamNames),
          "whether PAM is asked for `alice` or for `alice@example.com`."),
      key("min_uid", &Settings::min_uid, Count(0, 1ULL << 31),
          "without `users`, system users with a lower number have no account."),
  };
  return keys;
}

}  // namespace restante::accounts::pam
