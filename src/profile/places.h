// Where the client's files are: the XDG folders of the environment (XDG Base Directory
// Specification), and "~".
#pragma once

#include <filesystem>
#include <string_view>

namespace restante::profile {

/// $HOME; empty when the environment has none.
std::filesystem::path home_folder();
/// $XDG_CONFIG_HOME/restante/restante.toml, by default below ~/.config.
std::filesystem::path default_profile_file();
/// $XDG_STATE_HOME/restante, by default below ~/.local/state: tokens, and what is not
/// configuration.
std::filesystem::path state_folder();
/// "~" and "~/x" below the home folder; what is relative below `base`; and made lexically normal.
std::filesystem::path expand(std::string_view text, const std::filesystem::path& base);

}  // namespace restante::profile
