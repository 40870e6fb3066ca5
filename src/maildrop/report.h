// What a look over a maildrop found, in words that hold for every back end. Offsets and bytes are
// those of the maildrop as its back end keeps it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/strong.h"

namespace restante::maildrop {

/// Damage that a store met at its work. Nothing of it was given out as good mail, and nothing was
/// thrown away.
struct Damage {
  std::string account;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;  ///< How many are concerned, as far as known.
  std::string what;
};

/// Called from any thread, perhaps under a maildrop's lock: must not call the store.
using Reporter = std::function<void(const Damage&)>;

/// A place of a maildrop that is not as it should be.
struct Finding {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  std::string what;
  bool in_tail = false;  ///< Behind all that is whole: the next opening sets it aside.
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
  std::uint64_t bytes = 0;  ///< As they are kept, with what describes them.
};

enum class IndexState : std::uint8_t {
  kAbsent,
  kUsable,
  kUseless,  ///< It is passed over; `why` says what is wrong. No mail is concerned.
};

/// Of what only speeds up the next start.
struct IndexReport {
  IndexState state = IndexState::kAbsent;
  std::uint64_t covered = 0;  ///< Bytes of the maildrop that a start need not read, when usable.
  std::string why;
};

/// Bytes that recovery or repair took out of the maildrop and kept.
struct AsideEntry {
  std::uint64_t offset = 0;  ///< Where the bytes were.
  std::uint64_t bytes = 0;
  WallTime kept{};
  bool intact = true;  ///< The bytes match their checksum.
};

struct AsideContent {
  std::vector<AsideEntry> entries;
  std::uint64_t unread_bytes = 0;  ///< At the end: an entry whose keeping was cut short, or damage.
};

struct CheckReport {
  std::string account;  ///< As the maildrop itself says; empty when that cannot be read.
  std::uint64_t bytes = 0;
  Amount messages;
  Amount others;                         ///< Records that are no messages: deletions and the like.
  Amount live;                           ///< Messages that wait in the default view.
  Amount deleted;                        ///< Messages that do not.
  std::uint64_t live_octets = 0;         ///< As POP3 counts.
  std::optional<WallTime> last_arrived;  ///< Of any message that is still kept.
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

}  // namespace restante::maildrop
