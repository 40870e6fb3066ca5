// The default place of the server's configuration, which restanted and restantectl take without
// --config; and the place of the socket where the two of them meet.
#pragma once

#include <filesystem>
#include <string>

namespace restante::settings {

/// The file that is read, and words on the choice.
struct ServerFile {
  std::filesystem::path path;
  std::string warning;    ///< One line; empty: nothing to tell.
  bool is_named = false;  ///< By the command line or the environment.
};

/// `named` where it is not empty, else $RESTANTE_CONFIG, else `folder`/restanted.toml. A folder
/// that has only the restante.toml of earlier releases has that one read, with a warning.
ServerFile server_file(const std::string& named,
                       const std::filesystem::path& folder = "/etc/restante");

/// Of a value of --config: what is wrong with it; empty: nothing. A script's empty variable must
/// not become the usual file.
std::string names_a_file(const std::string& value);

/// The socket at which a running server listens to its operator (control/control.h).
std::filesystem::path control_socket(const std::filesystem::path& data_dir);
/// What is wrong with its path, a sentence: the system takes 107 octets. Empty: nothing.
std::string control_mistake(const std::filesystem::path& data_dir);

}  // namespace restante::settings
