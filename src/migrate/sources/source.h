// Where mail comes from when an account moves here: a list of messages with the unique ids that the
// old server says in UIDL, and their octets. Each kind of source has a file of its own. A source
// only reads: nothing changes at the old server.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace restante::migrate {

/// A longer message is named and left out: each is in memory while it moves.
inline constexpr std::uint64_t kMessageBytesMax = 1ULL << 30;

/// A message as the old server has it.
struct Item {
  std::string uid;    ///< As the old server says it in UIDL; empty: it has not given one yet.
  std::string place;  ///< "cur/1700000000.M1P1.host:2,S": names it for people.
  /// Stands for `uid` where that is empty: the same in every run. Empty: it has none either.
  std::string own_uid{};
  std::optional<WallTime> arrived{};  ///< Some sources only know it when the message was read.
  std::uint64_t key = 0;              ///< The source's own.
  std::uint64_t octets = 0;           ///< About; for quotas and progress.
};

/// A message that cannot be moved, and why.
struct Skipped {
  std::string place;
  std::string why;
};

/// Mail that POP3 never showed. It is counted, and stays where it is unless it is asked for.
struct OtherFolder {
  std::string name;
  std::uint64_t messages = 0;
  std::string account{};  ///< That gets it; empty: none.
};

struct Listing {
  std::string ids;          ///< Where the unique ids are from: "dovecot-uidlist, %08Xu%08Xv".
  std::vector<Item> items;  ///< In the old server's order.
  std::vector<Skipped> skipped{};
  std::vector<OtherFolder> folders{};
};

/// One account's mail. Used by one thread at a time.
class Source {
 public:
  virtual ~Source() = default;

  /// Errors: kNotFound (there is no mailbox), kSyntax (it is none that this can read), kIo, kAuth.
  virtual Result<Listing> list() = 0;

  /// These are going to be read, in this order: so that a source can ask ahead.
  virtual void expect(const std::vector<const Item*>& /*items*/) {}

  /// Replaces the content of `wire` by the message, in wire form without the final dot line, and
  /// fills in the item. Errors: kNotFound (it is gone since list()), kLimit, kSyntax: of this
  /// message alone. All others end the work on this source.
  virtual Status read(Item& item, std::string& wire) = 0;

  /// One of the folders that list() has named, as a source of its own. Errors: kState: this kind of
  /// source has none.
  virtual Result<std::unique_ptr<Source>> source_of(const OtherFolder& folder) {
    return Error(Errc::kState, folder.name + ": this kind of source gives no folders out");
  }
};

/// Whether a failure of read() is about one message alone.
[[nodiscard]] inline bool is_of_message(Errc code) {
  return code == Errc::kNotFound || code == Errc::kLimit || code == Errc::kSyntax;
}

}  // namespace restante::migrate
