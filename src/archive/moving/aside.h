// Octets put aside on the disk, in a file without a name, because only their end tells what they
// are: a message of an mbox file, the content of a packed one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "archive/files.h"
#include "archive/stored_message.h"
#include "base/result.h"

namespace restante::archive {

class Aside {
 public:
  /// In this folder's file system. Errors: kFull, kIo, kAuth.
  static Result<Aside> make(const Path& folder);

  /// Errors of all: kFull, kIo.
  Status write(std::string_view octets);
  Status flush();
  /// `from` to `to` of what was written and flushed, in order.
  Status read(std::uint64_t from, std::uint64_t to, const OctetSink& sink) const;

  [[nodiscard]] std::uint64_t size() const { return written_; }
  /// A path by which this process can open it, while it lives.
  [[nodiscard]] Path path() const;

 private:
  explicit Aside(Descriptor file) : file_(std::move(file)) {}

  Descriptor file_;
  std::string pending_;
  std::uint64_t written_ = 0;
};

}  // namespace restante::archive
