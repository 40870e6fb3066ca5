// Accounts of a restored archive are paused (archive/care/restore.h) until their owner says that
// the computer before collects no more mail.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "restante/frame/context.h"

namespace restante::cli {

/// These accounts collect mail again; none is named: all do. Tells which of them were paused. Where
/// there is no archive none is. Errors: kBusy, kIo, kFull, kCorrupt.
Status end_restore_pause(const Context& context, const std::vector<std::string>& names);

}  // namespace restante::cli
