// Looks a maildrop over, beside a running server: every header and every body of its log, its
// index, and what was set aside. Only reads; repairing is the store's.
//
// The end of the log is read under the append lock, and the lock given back at once: what lies
// before the end does not change. When the log is replaced or cut meanwhile, the look starts anew.
#pragma once

#include <optional>

#include "maildrop/log/check/check_aside.h"
#include "maildrop/log/check/check_index.h"
#include "maildrop/log/format/file_names.h"

namespace restante::maildrop::log {

/// A place of the log that is not as it should be.
struct Finding {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  std::string what;
  bool in_tail = false;  ///< Behind the last whole record: the next opening sets it aside.
  /// Of a message whose header is intact.
  struct Message {
    Sequence sequence{};
    std::string uid;
    std::uint64_t octets = 0;
    WallTime arrived{};
  };
  std::optional<Message> message;
};

struct Amount {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;  ///< In the file, with headers.
};

struct CheckReport {
  std::string account;  ///< As the log's header says; empty when no header can be read.
  std::uint64_t log_bytes = 0;
  Amount messages;
  Amount others;                         ///< Records that are no messages: deletions and the like.
  Amount live;                           ///< Messages that wait in the default view.
  Amount deleted;                        ///< Messages that do not.
  std::uint64_t live_octets = 0;         ///< As POP3 counts.
  std::optional<WallTime> last_arrived;  ///< Of any message that the log has.
  IndexReport index;
  AsideContent aside;
  std::vector<Finding> findings;  ///< By offset. Empty: all is well.

  /// Bytes that hold nothing which a view has: of deleted messages, of records that are no
  /// messages, and damaged ones.
  [[nodiscard]] std::uint64_t dead_bytes() const;
};

enum class CheckDepth : std::uint8_t {
  kHeaders,  ///< Messages' bodies are not read: for counting.
  kAll,
};

/// Errors: kNotFound (there is no such log), kIo, kClosed (`pace` said stop), kBusy (it was
/// replaced again and again meanwhile), kCorrupt (a newer version wrote it). Damage is no error but
/// a finding, a log without a readable header too.
Result<CheckReport> check_log(disk::Disk& disk, const LogPaths& paths, CheckDepth depth,
                              const Pace& pace);

/// The same for the maildrop of an account below `root`; a log of another account is a finding.
Result<CheckReport> check_maildrop(disk::Disk& disk, const std::string& root,
                                   const std::string& account, const Pace& pace);

}  // namespace restante::maildrop::log
