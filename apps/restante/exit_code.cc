#include "restante/exit_code.h"

#include <iostream>
#include <string>

#include "console/harmless.h"

namespace restante::cli {

Exit to_exit(Errc code) {
  switch (code) {
    case Errc::kSyntax:
    case Errc::kCorrupt:
    case Errc::kLimit: return Exit::kData;
    case Errc::kNotFound: return Exit::kNoInput;
    case Errc::kAuth: return Exit::kRefused;
    case Errc::kState: return Exit::kUnavailable;
    case Errc::kExists: return Exit::kCannotCreate;
    case Errc::kBusy:
    case Errc::kTimeout:
    case Errc::kClosed: return Exit::kTemporary;
    case Errc::kIo:
    case Errc::kFull: return Exit::kIo;
  }
  return Exit::kSoftware;
}

Exit to_server_exit(const Error& error) {
  switch (error.code) {
    case Errc::kNotFound: return Exit::kNoHost;
    case Errc::kSyntax:
    case Errc::kCorrupt:
    case Errc::kLimit: return Exit::kProtocol;
    case Errc::kAuth: return Exit::kRefused;
    case Errc::kIo:
    case Errc::kTimeout:
    case Errc::kClosed: return Exit::kUnavailable;
    case Errc::kBusy: return Exit::kTemporary;
    case Errc::kState: return Exit::kInterrupted;
    case Errc::kExists:
    case Errc::kFull: return to_exit(error.code);
  }
  return Exit::kSoftware;
}

Exit fail(Exit code, std::string_view message) {
  std::cerr << "restante: " << console::harmless_line(message) << '\n';
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

void Verdict::add(Exit code) {
  if (code == Exit::kOk)
    any_good_ = true;
  else if (first_bad_ == Exit::kOk)
    first_bad_ = code;
}

Exit Verdict::code() const {
  if (first_bad_ == Exit::kOk || first_bad_ == Exit::kInterrupted) return first_bad_;
  return any_good_ ? Exit::kPartial : first_bad_;
}

}  // namespace restante::cli
