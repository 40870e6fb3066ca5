// Where a mail waits while it comes in and until it is in every maildrop: in memory while small, in
// an unnamed file of the data directory when larger. Nothing of it survives a crash, and nothing
// has to: the sender has no 250 yet.
#pragma once

#include <filesystem>
#include <string>

#include "base/limits.h"
#include "files/descriptor.h"
#include "maildrop/store.h"

namespace restante::server {

class Spool : public maildrop::Source {
 public:
  explicit Spool(std::filesystem::path directory) : directory_(std::move(directory)) {}

  /// Takes the bytes into memory; then, when needs_flush(), call flush() where blocking is allowed.
  void append(std::string_view bytes) { memory_.append(bytes); }
  [[nodiscard]] bool needs_flush() const { return memory_.size() >= limits::kSpillBytes; }
  /// Moves the octets in memory to the file. Errors: kFull, kIo; the spool is then of no use.
  Status flush();

  /// All of it is in memory.
  [[nodiscard]] bool is_near() const { return file_bytes_ == 0; }
  [[nodiscard]] std::uint64_t size() const override { return file_bytes_ + memory_.size(); }
  /// Once nothing is appended any more, by several threads at once. Errors: kIo.
  Status read(std::uint64_t offset, MutableBytes target) override;

 private:
  Status open_file();

  std::filesystem::path directory_;
  std::string memory_;  // The octets behind the file's.
  files::Descriptor file_;
  std::uint64_t file_bytes_ = 0;
};

}  // namespace restante::server
