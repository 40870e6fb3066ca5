// What is still to be handed on, in the archive's database (table hand_on): a row for each message
// and destination, written in the transaction that makes the message known, so that nothing is lost
// between the two. A row stays as a sign that it was done; the same content goes to a destination
// once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "archive/database.h"
#include "fetch/known.h"

namespace restante::fetch {

enum class HandOnState : std::uint8_t { kWaiting = 0, kDone = 1 };

/// One message for one destination.
struct HandOnItem {
  std::string sha256;
  std::string destination;
  std::uint32_t attempts = 0;
};

/// Of one account. Used by one thread, with the database it was made for, which must outlive it.
/// Errors of all: kBusy, kFull, kIo.
class HandOnQueue {
 public:
  static Result<HandOnQueue> open(archive::Database& database, std::string account);

  /// Fine when it is there already, done or not. Call inside a transaction.
  Status add(std::string_view sha256, std::string_view destination);
  /// What waits for this destination and is due, at most `most`.
  Result<std::vector<HandOnItem>> due(std::string_view destination, Seconds now, std::size_t most);
  /// It has arrived. Durable.
  Status done(const HandOnItem& item);
  /// It has not; tried again after `retry_after`. Durable.
  Status failed(const HandOnItem& item, Seconds retry_after, std::string_view reason);
  /// The messages that every one of these destinations has.
  Result<std::vector<std::string>> finished(const std::vector<std::string>& destinations);
  /// How many rows wait for this destination, due or not.
  Result<std::uint64_t> waiting(std::string_view destination);

 private:
  HandOnQueue(archive::Database& database, std::string account)
      : database_(&database), account_(std::move(account)) {}
  Status set(const HandOnItem& item, HandOnState state, Seconds retry_after,
             std::string_view reason);

  archive::Database* database_;
  std::string account_;
  archive::Statement add_;
};

}  // namespace restante::fetch
