// The system calls of the archive, as Results: the one place where errno becomes an Error (with
// call, path and cause). Blocking. It knows no Maildir.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace restante::archive {

using Path = std::filesystem::path;

/// An open file; closed at the end.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor();

  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool is_open() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

/// errno as an Error: kNotFound, kExists, kFull, kBusy, kAuth (no permission), otherwise kIo.
Error system_error(std::string_view call, const Path& path);

/// `flags` as for open(2); O_CLOEXEC is added, new files are the owner's alone.
Result<Descriptor> open_file(const Path& path, int flags);
/// All of it, at the file's place. Errors: kFull, kIo.
Status write_all(const Descriptor& file, std::string_view octets, const Path& path);
/// At most `buffer`'s size, from the file's place; empty at the end. The view is into the buffer.
Result<std::string_view> read_some(const Descriptor& file, std::string& buffer, const Path& path);
/// fdatasync: content and size are durable afterwards.
Status sync_data(const Descriptor& file, const Path& path);
/// Makes the names in a folder durable.
Status sync_folder(const Path& folder);
/// Replaces `to`. Durable after sync_folder().
Status rename_file(const Path& from, const Path& to);
/// Fine when it is gone already.
Status remove_file(const Path& path);
/// Makes the folder (mode 0700) and the ones above it, durably; fine when they are there.
Status make_folders(const Path& folder);
/// Names of everything but "." and "..", unsorted.
Result<std::vector<std::string>> names_in(const Path& folder);
/// The same without room for all of them: one after the other, until `visit` says false.
Status visit_names(const Path& folder, const std::function<bool(std::string_view)>& visit);

struct FileStamp {
  std::uint64_t bytes = 0;
  std::int64_t changed_ns = 0;  ///< Modification time, nanoseconds since 1970.
  bool is_regular = false;
};
Result<FileStamp> stamp_of(const Path& path);

}  // namespace restante::archive
