// The configuration as a backup has it: without passwords, unless they are wanted.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "profile/profile.h"

namespace restante::cli {

enum class Secrets : std::uint8_t { kLeftOut, kKept };

/// The text of the profile's file. A line with a password or another secret in it becomes a
/// comment. Nothing: there is none, or no way was found to leave them out. Errors: kIo, kAuth.
Result<std::optional<std::string>> configuration_of(const profile::Profile& profile,
                                                    Secrets secrets);

}  // namespace restante::cli
