// A list of domains, as a value of the configuration.
#pragma once

#include <string>
#include <vector>

#include "config/values.h"

namespace restante::settings {

/// Each once, as config::domain() reads it. Errors: kSyntax, with the reason.
Result<std::vector<std::string>> domains(const config::Value& value);

}  // namespace restante::settings
