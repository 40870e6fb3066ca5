#include "restante/frame/exit_code.h"

#include <iostream>
#include <string>

#include "console/failure.h"

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
  console::tell_failure("restante", message);
  return code;
}

Exit fail(const Error& error) { return fail(to_exit(error.code), console::explain(error)); }

Exit fail_lines(Exit code, std::string_view lines) {
  console::tell_lines(lines);
  return code;
}

void JointExit::add(Exit code) {
  if (code == Exit::kOk)
    any_good_ = true;
  else if (first_bad_ == Exit::kOk)
    first_bad_ = code;
}

Exit JointExit::code() const {
  if (first_bad_ == Exit::kOk || first_bad_ == Exit::kInterrupted) return first_bad_;
  return any_good_ ? Exit::kPartial : first_bad_;
}

}  // namespace restante::cli
