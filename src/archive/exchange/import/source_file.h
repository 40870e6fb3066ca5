// A file that may hold mail, opened so that nothing waits: a pipe, a device or a socket is told
// from a regular file before and after it is opened.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "archive/mailbox/files.h"
#include "base/result.h"

namespace restante::archive {

/// Which file it is, under any of its names.
using FileIdentity = std::pair<std::uint64_t, std::uint64_t>;  // Device and inode.

struct SourceFile {
  Path path;          ///< To open it by.
  std::string label;  ///< To speak of it by.
  std::string name;   ///< Its own name, or that within an archive; its ending may tell its kind.
  std::uint64_t bytes = 0;
  std::int64_t changed = 0;  ///< Unix seconds.
  FileIdentity identity;
  bool many_names = false;  ///< It has, or may have: a link.
  std::string beginning;    ///< Its first octets, kLookBytes at most.
};

/// Errors: kSyntax (no regular file), kNotFound, kIo, kAuth.
Result<SourceFile> look_at(const Path& path);

/// A folder's own; a link's is that of what it leads to. Errors: kNotFound, kIo, kAuth.
Result<FileIdentity> identity_of(const Path& path);

}  // namespace restante::archive
