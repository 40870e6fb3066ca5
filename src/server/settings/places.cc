#include "server/settings/places.h"

#include <cstdlib>

namespace restante::settings {
namespace {

/// False also in a folder that may not be searched.
bool is_there(const std::filesystem::path& path) {
  std::error_code unknown;
  return std::filesystem::exists(path, unknown);
}

}  // namespace

ServerFile server_file(const std::string& named, const std::filesystem::path& folder) {
  if (!named.empty()) return {named, "", true};
  const char* const variable = std::getenv("RESTANTE_CONFIG");
  if (variable != nullptr && *variable != '\0') return {variable, "", true};
  std::filesystem::path usual = folder / "restanted.toml";
  // The client's own file is called restante.toml, too: the server's has a name of its own.
  std::filesystem::path old = folder / "restante.toml";
  if (is_there(usual) || !is_there(old)) return {std::move(usual), "", false};
  std::string warning = old.string() + " is the old name of the configuration: rename it to " +
                        usual.filename().string() + ", and restart the server";
  return {std::move(old), std::move(warning), false};
}

std::string names_a_file(const std::string& value) { return value.empty() ? "names no file" : ""; }

}  // namespace restante::settings
