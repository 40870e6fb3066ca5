#include "files/errors.h"

#include <system_error>

namespace restante::files {

std::string reason_of(int number) { return std::generic_category().message(number); }

Errc code_of(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR: return Errc::kNotFound;
    case EEXIST: return Errc::kExists;
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return Errc::kFull;
    case EAGAIN:
    case EBUSY:
    case ETXTBSY: return Errc::kBusy;
    case EACCES:
    case EPERM:
    case EROFS: return Errc::kAuth;
    default: return Errc::kIo;
  }
}

Error system_error(std::string_view call, const std::filesystem::path& path) {
  const int number = errno;
  return Error(code_of(number),
               path.string() + ": " + std::string(call) + ": " + reason_of(number));
}

Error io_error(const std::string& what, int number) {
  return as_io(Error(code_of(number), what + ": " + reason_of(number)));
}

Error as_io(Error error) {
  if (error.code != Errc::kFull) error.code = Errc::kIo;
  return error;
}

}  // namespace restante::files
