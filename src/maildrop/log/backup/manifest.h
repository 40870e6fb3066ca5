// The contents of a backup: its files, how much of each counts, and their checksums. Text, one line
// a file, with a checksum of itself in the last line. Written last, so that it never speaks of what
// is not there.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/checksum.h"
#include "base/clock.h"
#include "base/result.h"
#include "maildrop/backup.h"

namespace restante::backup {

using maildrop::FileKind;

/// A piece of a file, as one backup wrote it.
struct Part {
  std::uint64_t bytes = 0;
  Checksum sum = 0;
  friend bool operator==(const Part&, const Part&) = default;
};

/// Proves that a log is the one that was copied, only longer.
struct LogMark {
  std::uint64_t inode = 0;
  Checksum header = 0;            ///< Of the log's header, both copies.
  std::uint64_t last_record = 0;  ///< Offset of the last whole record; 0: there is none.
  Checksum last_checksum = 0;     ///< Its header's.
  friend bool operator==(const LogMark&, const LogMark&) = default;
};

/// Octets behind its parts where it is stored do not count.
struct FileEntry : maildrop::BackupFile {
  std::vector<Part> parts;
  LogMark mark;               ///< Logs only.
  std::uint64_t damaged = 0;  ///< Logs: places that were damaged when they were copied.

  [[nodiscard]] std::uint64_t bytes() const;
};

struct Manifest {
  std::uint64_t serial = 0;  ///< 1 for the first backup in its folder.
  WallTime made{};
  std::vector<FileEntry> files;
};

std::string encode(const Manifest& manifest);
/// One file's line, with a checksum of its own: what a backup that is under way notes of it.
std::string encode_note(const FileEntry& file);
/// The same line, without its end. nullopt: it is none, or cut short.
std::optional<FileEntry> decode_note(std::string_view line);
/// Names are checked: none leads out of the backup or of the folder that is restored into.
/// Errors: kCorrupt.
Result<Manifest> decode_manifest(std::string_view text);

/// "0123456789abcdef", as the manifest writes checksums.
std::string to_hex(Checksum sum);

}  // namespace restante::backup
