// Every key there is: the tables, with the keys of each module that has some in it.
#pragma once

#include <filesystem>
#include <vector>

#include "config/document.h"
#include "config/keys.h"
#include "config/mistakes.h"
#include "server/settings/config.h"

namespace restante::settings {

/// Puts the values of the document into `config`, which holds the defaults. `base` is the folder
/// that relative paths start from. Rules that concern several keys are in rules.h.
void read_tables(const config::Node& root, const std::filesystem::path& base, Config& config,
                 config::Mistakes& mistakes);

/// All keys and tables, by their dotted names: "hostname", "tls", "tls.certificate", …
std::vector<config::KeyNote> known_keys();

}  // namespace restante::settings
