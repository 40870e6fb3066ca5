// Messages out of the archive: as one mbox file, as single files, as a Maildir, as a zip file, or
// as the folders of Thunderbird. The octets are those received, so that an import of the export
// gives the same messages, with their flags and when they arrived: mbox has lines for them above
// the message, which the import takes away again; a Maildir has them in its names; beside single
// files lies a list (moving/exported_state.h). Files that are there are never overwritten.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "archive/mailbox/files.h"
#include "archive/search/search.h"
#include "base/result.h"

namespace restante::archive {

enum class ExportForm : std::uint8_t { kMbox, kEml, kMaildir, kZip, kThunderbird };

/// Whether a message is what its checksum says; one that is not is given out all the same.
enum class Given : std::uint8_t { kWhole, kDamaged };

class Exporter {
 public:
  virtual ~Exporter() = default;

  /// `target` is a new file (mbox, zip), or a folder, made when it is not there; with an mbox file
  /// for each account and its index's ".sbd" folder for Thunderbird. Errors: kExists, kIo, kFull,
  /// kAuth.
  static Result<std::unique_ptr<Exporter>> open(ExportForm form, const Path& target);

  /// Errors: kNotFound (its file is gone: go on with the next), kExists (in the target already),
  /// kIo, kFull.
  virtual Result<Given> add(const Path& archive, const Entry& entry) = 0;
  /// Makes it whole and durable. Without it there is no target, or not all of it. Errors: kIo,
  /// kFull.
  virtual Status finish() = 0;
};

/// "2026-11-22 0500 Subject.CHECKSUM.eml": safe for every file system.
std::string eml_name(const Entry& entry);

/// A name that a sender wrote, made safe for a file system: no folders, no control characters, not
/// hidden, at most `bytes_max` bytes; never empty.
std::string safe_file_name(std::string_view name, std::size_t bytes_max);

}  // namespace restante::archive
