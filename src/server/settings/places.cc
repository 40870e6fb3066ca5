#include "server/settings/places.h"

#include <fmt/format.h>
#include <sys/un.h>

#include <cstdlib>

namespace restante::settings {
namespace {

// One octet of sun_path is for the zero that ends it.
constexpr std::size_t kSocketPathBytesMax = sizeof(sockaddr_un::sun_path) - 1;

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

std::filesystem::path control_socket(const std::filesystem::path& data_dir) {
  return data_dir / "control";
}

std::string control_mistake(const std::filesystem::path& data_dir) {
  const std::string path = control_socket(data_dir).native();
  if (path.size() <= kSocketPathBytesMax) return "";
  return fmt::format(
      "is too long: the control socket {} would take {} octets, and the system takes {} at most; "
      "name a shorter folder",
      path, path.size(), kSocketPathBytesMax);
}

}  // namespace restante::settings
