// What holds for http listeners and [autoconfig] together, and the defaults that autoconfig takes
// from the listeners.
#pragma once

#include "config/document.h"
#include "config/mistakes.h"
#include "server/settings/config.h"
#include "server/settings/rules.h"

namespace restante::settings {

/// Part of apply_rules(); after the host name and the listeners were completed.
void apply_pages(const config::Node& root, Purpose purpose, Config& config,
                 config::Mistakes& mistakes);

}  // namespace restante::settings
