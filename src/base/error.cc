#include "base/error.h"

namespace restante {

std::string_view to_string(Errc code) {
  switch (code) {
    case Errc::kIo: return "io";
    case Errc::kCorrupt: return "corrupt";
    case Errc::kNotFound: return "not found";
    case Errc::kExists: return "exists";
    case Errc::kBusy: return "busy";
    case Errc::kLimit: return "limit";
    case Errc::kSyntax: return "syntax";
    case Errc::kState: return "state";
    case Errc::kAuth: return "auth";
    case Errc::kTimeout: return "timeout";
    case Errc::kClosed: return "closed";
    case Errc::kFull: return "full";
  }
  return "unknown";
}

std::string Error::message() const {
  std::string out(to_string(code));
  if (!detail.empty()) {
    out += ": ";
    out += detail;
  }
  return out;
}

}  // namespace restante
