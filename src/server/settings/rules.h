// Rules that concern several keys, and the defaults that depend on other keys.
#pragma once

#include <cstdint>
#include <string_view>

#include "config/document.h"
#include "config/mistakes.h"
#include "server/settings/config.h"

namespace restante::settings {

/// The program that reads the configuration: the server needs listeners and its certificates.
enum class Purpose : std::uint8_t { kTools, kServer };

/// Completes `config`, which read_tables() filled from `root`. Looks whether certificates can be
/// read; nothing else of the file system.
void apply_rules(const config::Node& root, Purpose purpose, Config& config,
                 config::Mistakes& mistakes);

/// "at least one [[listen]] table is needed …", the sentence for a server without listeners.
std::string_view no_listeners();

}  // namespace restante::settings
