// Every message against its checksum. It reads the Maildirs and the database, changes nothing, and
// says what it finds, in the quarantine, too: damage (bit rot), files that are gone, files of other
// programs, doubles.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "archive/database/database.h"
#include "archive/mailbox/files.h"
#include "base/result.h"

namespace restante::archive {

struct Finding {
  enum class Kind : std::uint8_t {
    kDamaged,     ///< The content is not what its checksum says.
    kMissing,     ///< A message whose file is gone, unless its owner has deleted it or knows.
    kForeign,     ///< Put there by another program; no damage.
    kDouble,      ///< The same content under two names; no damage.
    kUnreadable,  ///< The disk or the permissions.
  };
  Kind kind = Kind::kDamaged;
  std::string account;
  Path file;
  std::string detail;
};

struct Verified {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  std::uint64_t damaged = 0;  ///< And unreadable.
  std::uint64_t missing = 0;
  std::uint64_t foreign = 0;
  std::uint64_t doubles = 0;

  [[nodiscard]] bool is_whole() const { return damaged == 0 && missing == 0; }
};

/// What the work will read, for progress.
Result<std::uint64_t> bytes_to_verify(const Path& archive,
                                      const std::vector<std::string>& accounts);

/// `database` may be null: then nothing is known to be missing. `read` is told of bytes; false ends
/// the work. Errors: kIo (folders that cannot be read).
Result<Verified> verify(const Path& archive, Database* database,
                        const std::vector<std::string>& accounts,
                        const std::function<void(const Finding&)>& on_finding,
                        const std::function<bool(std::uint64_t)>& read);

}  // namespace restante::archive
