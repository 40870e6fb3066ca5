#include "restantectl/exit_code.h"

#include <iostream>

#include "console/harmless.h"

namespace restante::ctl {
Exit to_exit(Errc code) {
  switch (code) {
    case Errc::kSyntax:
    case Errc::kLimit: return Exit::kData;
    case Errc::kNotFound:
    case Errc::kAuth: return Exit::kNoUser;
    case Errc::kState: return Exit::kUnavailable;
    case Errc::kExists: return Exit::kExists;
    case Errc::kBusy:
    case Errc::kTimeout:
    case Errc::kClosed: return Exit::kTemporary;
    case Errc::kIo:
    case Errc::kFull:
    case Errc::kCorrupt: return Exit::kIo;
  }
  return Exit::kSoftware;
}

Exit fail(Exit code, std::string_view message) {
  std::cerr << "restantectl: " << console::harmless_line(message) << '\n';
  return code;
}

Exit fail(const Error& error) {
  const bool explained = !error.detail.empty();
  std::string message = explained ? error.detail : std::string(to_string(error.code));
  if (error.code == Errc::kBusy) message += "; another program is at it, try again";
  if (error.code == Errc::kFull) message += "; make room and try again";
  if (error.code == Errc::kCorrupt) message += " (damaged)";
  return fail(to_exit(error.code), message);
}

Exit fail_lines(Exit code, std::string_view lines) {
  std::cerr << console::harmless(lines) << '\n';
  return code;
}

}  // namespace restante::ctl
