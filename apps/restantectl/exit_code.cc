#include "restantectl/exit_code.h"

#include "console/failure.h"

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
  console::tell_failure("restantectl", message);
  return code;
}

Exit fail(const Error& error) { return fail(to_exit(error.code), console::explain(error)); }

Exit fail_lines(Exit code, std::string_view lines) {
  console::tell_lines(lines);
  return code;
}

}  // namespace restante::ctl
