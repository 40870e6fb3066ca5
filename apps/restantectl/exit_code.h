// The exit codes of restantectl (sysexits.h), and how a failure is told: one line on stderr that
// says what to do. docs/restantectl.md lists the codes; scripts rely on them.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace restante::ctl {

enum class Exit : int {
  kOk = 0,
  kUsage = 64,
  kData = 65,         ///< The input (a name, a file, a message) is faulty.
  kNoUser = 67,       ///< No such account, alias or maildrop.
  kUnavailable = 69,  ///< Refused as things are: an alias leads there, a file is edited by hand.
  kSoftware = 70,     ///< A bug.
  kExists = 73,       ///< It is there already.
  kIo = 74,
  kTemporary = 75,  ///< Another process holds it; try again.
  kPermission = 77,
  kConfig = 78,
};

/// The code for a failure of the accounts or the store.
Exit to_exit(Errc code);

/// Prints "restantectl: message" to stderr, with control characters made harmless; gives back
/// `code`.
Exit fail(Exit code, std::string_view message);
/// The same for an Error.
Exit fail(const Error& error);
/// Prints lines that stand for themselves ("FILE:LINE: what").
Exit fail_lines(Exit code, std::string_view lines);

}  // namespace restante::ctl
