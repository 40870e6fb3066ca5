// Packed files, put aside unpacked: gzip, and the members of a zip file. A file that unpacks to
// more than is believable is refused, so that a small one cannot fill the disk.
#pragma once

#include <functional>
#include <string>

#include "archive/exchange/import/aside.h"
#include "archive/exchange/import/source_file.h"
#include "base/result.h"

namespace restante::archive {

/// One that is unpacked, as a file; `path` is good while this lives.
struct Unpacked {
  Aside aside;
  SourceFile file;
};

/// Errors: kSyntax (damaged, or too much), kFull, kIo, kAuth.
Result<Unpacked> unpack_gzip(const SourceFile& packed, const Path& tmp);

class ZipMembers {
 public:
  /// Errors: kSyntax (no zip file).
  static Result<ZipMembers> open(const SourceFile& packed, const Path& tmp);
  ~ZipMembers();
  ZipMembers(ZipMembers&& other) noexcept;
  ZipMembers& operator=(ZipMembers&&) = delete;
  ZipMembers(const ZipMembers&) = delete;
  ZipMembers& operator=(const ZipMembers&) = delete;

  [[nodiscard]] std::uint64_t size() const;
  /// With its folders; empty: it has no name. A folder's ends with "/".
  [[nodiscard]] std::string name(std::uint64_t number) const;
  /// Empty: it has none.
  [[nodiscard]] std::string comment(std::uint64_t number) const;
  /// Errors: as unpack_gzip(); also what is encrypted.
  Result<Unpacked> unpack(std::uint64_t number);

 private:
  ZipMembers(void* zip, SourceFile packed, Path tmp);

  void* zip_;  // zip_t.
  SourceFile packed_;
  Path tmp_;
  std::uint64_t unpacked_bytes_ = 0;
};

}  // namespace restante::archive
