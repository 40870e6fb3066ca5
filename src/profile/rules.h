// What keys of the client's configuration mean together: what is missing, what excludes what, and
// defaults that depend on other keys.
#pragma once

#include <cstdint>

#include "config/document.h"
#include "config/mistakes.h"
#include "profile/profile.h"

namespace restante::profile {

/// Completes `profile`, which read_tables() filled from `root`. `others_can_read`: the file may be
/// read by others than its owner, so it must not have secrets in it. Reads no file.
void apply_rules(const config::Node& root, bool others_can_read, Profile& profile,
                 config::Mistakes& mistakes);

}  // namespace restante::profile
