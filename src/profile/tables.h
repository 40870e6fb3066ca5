// Which keys the client's configuration has, what each value must be, and its line of
// docs/client.md: one row a key, and nothing else. What keys mean together is rules.h's.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/document.h"
#include "config/keys.h"
#include "config/mistakes.h"
#include "profile/profile.h"

namespace restante::profile {

/// Fills `profile` from the document; [defaults] come first in every account. `base` is the folder
/// that relative paths start from.
void read_tables(const config::Node& root, const std::filesystem::path& base, Profile& profile,
                 config::Mistakes& mistakes);

/// All keys, by their dotted names: "archive", "account", "account.name", …
std::vector<config::KeyNote> known_keys();

/// The keys of which each says where a secret comes from; at most one of them may be given.
std::vector<std::string> secret_keys();

}  // namespace restante::profile
