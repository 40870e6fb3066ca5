#include "profile/places.h"

#include <cstdlib>
#include <string>

namespace restante::profile {
namespace {

std::string from_environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

/// A relative path in these variables is invalid, says the specification, and ignored.
std::filesystem::path xdg(const char* name, const char* below_home) {
  const std::filesystem::path set = from_environment(name);
  return set.is_absolute() ? set : home_folder() / below_home;
}

}  // namespace

std::filesystem::path home_folder() { return from_environment("HOME"); }

std::filesystem::path default_profile_file() {
  return xdg("XDG_CONFIG_HOME", ".config") / "restante" / "restante.toml";
}

std::filesystem::path state_folder() { return xdg("XDG_STATE_HOME", ".local/state") / "restante"; }

std::filesystem::path expand(std::string_view text, const std::filesystem::path& base) {
  if (text == "~") return home_folder();
  if (text.starts_with("~/")) return (home_folder() / text.substr(2)).lexically_normal();
  return (base / text).lexically_normal();
}

}  // namespace restante::profile
