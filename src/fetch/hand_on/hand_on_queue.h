// Messages yet to hand on, in the archive's database (table hand_on): a row for each message and
// target, written in the transaction that makes the message known, so that nothing is lost between
// the two. A row stays as a sign that it was done; the same message goes to a target once. A target
// is known by its name, so that it keeps its rows when anything else of it is corrected.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "archive/database/database.h"
#include "fetch/plan/known.h"

namespace restante::fetch {

/// The numbers stand in the database: none may change its meaning.
enum class HandOnState : std::uint8_t {
  kWaiting = 0,
  kDone = 1,
  kGivenUp = 2,  ///< Tried for days; only its owner offers it again.
  kDropped = 3,  ///< Its owner does not want it there.
};

/// One message for one target.
struct HandOnItem {
  std::int64_t id = 0;
  std::string sha256;
  std::string destination;
  std::uint32_t attempts = 0;
  Seconds failed{};  ///< When it failed for the first time; 0: it has not.
};

/// How it failed.
struct HandOnFailure {
  Seconds now{};
  Seconds retry_after{};
  std::string reason;
  HandOnState state = HandOnState::kWaiting;  ///< Or kGivenUp.
};

/// What stands in the queue for a target.
struct HandOnCounts {
  std::uint64_t waiting = 0;
  std::uint64_t given_up = 0;
  Seconds next{};      ///< When the first that waits is due.
  std::string reason;  ///< Why the first that has failed waits; empty: none has.
};

/// Where a message must have arrived before it is finished.
enum class FinishedAt : bool { kAll, kAny };

/// Of one account. Used by one thread, with the database it was made for, which must outlive it.
/// Errors of all: kBusy, kFull, kIo.
class HandOnQueue {
 public:
  static Result<HandOnQueue> open(archive::Database& database, std::string account);

  /// Fine when it is there already, done or not. `copy` (1..) tells messages of the same octets
  /// apart. Call inside a transaction.
  Status add(std::string_view sha256, std::string_view destination, std::uint32_t copy = 1);
  /// What waits for this target and is due, in the order of arrival, at most `most`, behind the
  /// row `after`.
  Result<std::vector<HandOnItem>> due(std::string_view destination, Seconds now, std::size_t most,
                                      std::int64_t after = 0);
  /// It has arrived. Durable.
  Status done(const HandOnItem& item);
  /// It has not. Durable.
  Status failed(const HandOnItem& item, const HandOnFailure& failure);
  /// The messages that all, or any, of these targets have, and that wait for no other.
  Result<std::vector<std::string>> finished(const std::vector<std::string>& destinations,
                                            FinishedAt at = FinishedAt::kAll);
  Result<HandOnCounts> counts(std::string_view destination);

  /// The targets that something waits for and that are not among these.
  Result<std::vector<std::string>> strangers(const std::vector<std::string>& destinations);
  /// There is, or was, something for this target.
  Result<bool> knows(std::string_view destination);
  /// All rows of `from`, done or not, become those of `to`; what `to` has stays as it is. Durable.
  Status take_over(std::string_view from, std::string_view to);

  /// How the target did in this run; an empty reason: well. Durable.
  Status note_attempt(std::string_view destination, Seconds now, std::string_view reason);

 private:
  HandOnQueue(archive::Database& database, std::string account)
      : database_(&database), account_(std::move(account)) {}
  Result<archive::Statement> about(std::string_view sql, std::string_view destination);

  archive::Database* database_;
  std::string account_;
  archive::Statement add_;
};

}  // namespace restante::fetch
