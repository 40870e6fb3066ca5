// The queue of hand-on as its owner sees it: the rows of all accounts that wait or were given up,
// and what may be done with them. A fetch must not be at it meanwhile: a caller that changes rows
// holds the account's lock.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "archive/database/database.h"
#include "fetch/hand_on/hand_on_queue.h"

namespace restante::fetch {

struct QueueRow {
  std::int64_t id = 0;
  std::string account;
  std::string target;
  std::string sha256;
  HandOnState state = HandOnState::kWaiting;
  std::uint32_t attempts = 0;
  Seconds next{};            ///< When it is tried again, at the earliest.
  Seconds failed{};          ///< When it failed for the first time; 0: it has not.
  std::string reason;        ///< In the target's words: of this message, else of the target.
  std::int64_t message = 0;  ///< Its number in the archive; 0: it is not there.
  std::string from;
  std::string subject;
};

/// In the order of arrival. Errors: kBusy, kIo, kCorrupt.
Result<std::vector<QueueRow>> queue_rows(archive::Database& database);

/// It is due at once, and as if it had never failed. Durable, as all of these.
Status offer_again(archive::Database& database, const QueueRow& row);
/// It waits no more. The message itself stays where it is.
Status drop_row(archive::Database& database, const QueueRow& row);
/// It is for that target from now on, and due; if that has the message, or waits for it, it is
/// dropped.
Status move_row(archive::Database& database, const QueueRow& row, std::string_view target);

}  // namespace restante::fetch
