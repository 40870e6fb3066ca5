// The exit codes of restante, and how a failure is told: one line on stderr that says what to do.
// docs/client.md lists the codes; scripts rely on them.
#pragma once

#include <string_view>

#include "base/error.h"

namespace restante::cli {

enum class Exit : int {
  kOk = 0,        ///< Also for "no new mail" and "nothing found".
  kPartial = 1,   ///< Some account or message failed; the rest is done.
  kCritical = 2,  ///< Of `status --check` alone, as monitoring programs count.
  kUsage = 64,
  kData = 65,         ///< What came in (a query, a message, a file) is not what it should be.
  kNoInput = 66,      ///< No such account, message or file.
  kNoHost = 68,       ///< The server's name is not known.
  kUnavailable = 69,  ///< The server, or something else that is needed, cannot be reached.
  kSoftware = 70,     ///< A bug.
  kCannotCreate = 73,
  kIo = 74,
  kTemporary = 75,  ///< Another process holds it, or the server says so; try again.
  kProtocol = 76,   ///< The server does not speak as it must.
  kRefused = 77,    ///< The login, or the server's certificate, or a permission.
  kConfig = 78,
  kInterrupted = 130,  ///< By SIGINT or SIGTERM; what was safe stays.
};

/// The code for a failure here, on this machine.
Exit to_exit(Errc code);
/// The code for a failure with a server.
Exit to_server_exit(const Error& error);

/// Prints "restante: message" to stderr, with control characters made harmless; gives back `code`.
Exit fail(Exit code, std::string_view message);
/// The same for an Error of to_exit().
Exit fail(const Error& error);
/// Prints lines that stand for themselves ("FILE:LINE: what").
Exit fail_lines(Exit code, std::string_view lines);

/// The exit code of a work whose parts ended so: the one code that all have, kPartial when some are
/// well and some are not, the first bad one when all are bad.
class JointExit {
 public:
  void add(Exit code);
  [[nodiscard]] Exit code() const;

 private:
  bool any_good_ = false;
  Exit first_bad_ = Exit::kOk;
};

}  // namespace restante::cli
