// Every key there is, table by table: its name, its type and range, and where it goes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/document.h"
#include "config/mistakes.h"

namespace restante::config {

/// Puts what the document says into `config`, which holds the defaults. `base` is the folder that
/// relative paths start from. What takes more than one key to judge is rules.h's.
void read_tables(const Node& root, const std::filesystem::path& base, Config& config,
                 Mistakes& mistakes);

/// The dotted names of all keys and tables: "hostname", "tls", "tls.certificate", …
std::vector<std::string> known_keys();

}  // namespace restante::config
