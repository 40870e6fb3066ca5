// Whether the archive of the configuration is the one that was begun, and none of its accounts is
// half renamed: asked before any command reads or writes it.
#pragma once

#include <filesystem>

#include "restante/frame/context.h"

namespace restante::cli {

/// Where it is remembered which archive this configuration has had: in $XDG_STATE_HOME/restante,
/// or, without a home, beside the configuration.
std::filesystem::path marker_of(const Context& context);

/// Before reading. Errors: as archive::check_archive(); kState (an account's renaming was broken
/// off).
Status check_archive(const Context& context);
/// Before writing: makes id and marker where there are none. A marker that cannot be written is
/// noted. Errors: as archive::claim_archive(), and kState. From any thread.
Status claim_archive(const Context& context);

}  // namespace restante::cli
