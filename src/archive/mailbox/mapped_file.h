// A file's octets in the process's memory map: read when they are looked at, never copied.
//
// A file that another program makes shorter meanwhile ends the process with SIGBUS. Mail is read in
// a process of its own, so that costs the text of that mail; nothing writes into the archive's
// files, which are complete when they get their names.
#pragma once

#include <cstdint>
#include <string_view>

#include "archive/mailbox/files.h"
#include "base/result.h"

namespace restante::archive {

class MappedFile {
 public:
  MappedFile() = default;
  /// The first `bytes_max` octets. The file may be closed afterwards. Errors: kIo, also for what is
  /// no regular file.
  static Result<MappedFile> of(const Descriptor& file, std::uint64_t bytes_max);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  [[nodiscard]] std::string_view octets() const { return octets_; }
  /// The file is longer.
  [[nodiscard]] bool is_cut() const { return is_cut_; }

 private:
  std::string_view octets_;
  bool is_cut_ = false;
};

}  // namespace restante::archive
