// Where errno becomes an Error; src/disk alone does it for itself. No other module calls
// strerror().
#pragma once

#include <cerrno>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace restante::files {

/// The system's words for an errno: "No such file or directory".
std::string reason_of(int number);

/// kNotFound, kExists, kFull (the disk, a quota, a limit of the file's size), kBusy, kAuth (no
/// permission), otherwise kIo.
Errc code_of(int number);

/// errno as an Error with that code: "PATH: CALL: reason".
Error system_error(std::string_view call, const std::filesystem::path& path);

/// "WHAT: reason", kFull or kIo: for callers whose kAuth and kNotFound speak of something else than
/// files. `what` is a path or a call.
Error io_error(const std::string& what, int number = errno);

/// Another error for such callers: kFull stays kFull, every other code becomes kIo.
Error as_io(Error error);
template <typename T>
Result<T> as_io(Result<T> result) {
  if (result) return result;
  return as_io(std::move(result).error());
}

}  // namespace restante::files
