// What a backup of an archive holds: DIR/MANIFEST, lines of text with a checksum of themselves. It
// is put in place last, synced, so that DIR holds one finished backup at every moment. Files that
// it does not name do not count.
//
// DIR/mail/ACCOUNT/NAME and DIR/quarantine/ACCOUNT/NAME are the messages, under the names that they
// have in new/; which folder they were in and their flags are in the manifest. DIR/state has the
// rest.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "archive/mailbox/files.h"
#include "base/result.h"

namespace restante::archive {

/// A message's file.
struct BackedUpMessage {
  bool is_held = false;  ///< In the quarantine.
  std::string account;   ///< As people write it.
  std::string name;      ///< In the archive: "cur/" or "new/" and the file's.

  /// Below the backup's folder.
  [[nodiscard]] Path stored() const;
};

/// A file of DIR/state.
struct BackedUpState {
  std::string name;  ///< "restante.db.N", "numbers.N", "restante.toml.N".
  std::uint64_t bytes = 0;
  std::string sha256;
};

struct BackupManifest {
  std::string archive_id;
  std::int64_t made = 0;     ///< Unix time.
  std::uint64_t serial = 0;  ///< 1, 2, …: of this folder.
  std::string stamp;         ///< What the archive's database looked like, to notice a change.
  std::string
      configuration;  ///< Its file's name: of two programs' backups in one folder none wins.
  std::vector<BackedUpState> state;
  std::vector<BackedUpMessage> messages;

  /// Null when there is none of that beginning.
  [[nodiscard]] const BackedUpState* find_state(std::string_view beginning) const;
};

Path manifest_file(const Path& folder);
std::string format_manifest(const BackupManifest& manifest);
/// Errors: kCorrupt.
Result<BackupManifest> parse_manifest(std::string_view text, const std::string& file);
/// Errors: kNotFound (no backup was finished there), kCorrupt, kIo, kAuth.
Result<BackupManifest> read_manifest(const Path& folder);

/// Of a file's name, without its flags: what it is stored under.
std::string_view without_flags(std::string_view name);

}  // namespace restante::archive
