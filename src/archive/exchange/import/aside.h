// Octets put aside in a file without a name, because only their end tells what they are: a message
// of an mbox file, the content of a packed one. A small message stays in memory: written to the
// disk and dropped again, an import wrote each message twice.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "archive/mailbox/files.h"
#include "archive/mailbox/stored_message.h"
#include "base/result.h"

namespace restante::archive {

class Aside {
 public:
  /// A large one goes into this folder's file system.
  explicit Aside(Path folder) : folder_(std::move(folder)) {}

  /// Errors of all: kFull, kIo, kAuth.
  Status write(std::string_view octets);
  /// Once, behind the last octet.
  Status flush();
  /// `from` to `to` of what was written and flushed, in order.
  Status read(std::uint64_t from, std::uint64_t to, const OctetSink& sink) const;

  [[nodiscard]] std::uint64_t size() const { return written_; }
  /// A path by which this process can open it, while it lives.
  [[nodiscard]] Path path() const;

 private:
  Status make_file();
  Status write_pending();

  Path folder_;
  Descriptor file_;  // Made when there is something to write.
  std::string pending_;
  std::uint64_t written_ = 0;
};

}  // namespace restante::archive
