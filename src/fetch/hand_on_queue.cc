#include "fetch/hand_on_queue.h"

#include <algorithm>

#include "fetch/backoff.h"

namespace restante::fetch {
namespace {

constexpr std::string_view kAdd =
    "INSERT OR IGNORE INTO hand_on (account, sha256, destination) VALUES (?1, ?2, ?3)";
constexpr std::string_view kDue =
    "SELECT sha256, attempts FROM hand_on WHERE account = ?1 AND destination = ?2 AND state = 0 "
    "AND (retry_after <= ?3 OR retry_after > ?3 + ?5) ORDER BY retry_after, sha256 LIMIT ?4";
constexpr std::string_view kSet =
    "UPDATE hand_on SET state = ?4, attempts = ?5, retry_after = ?6, reason = ?7 "
    "WHERE account = ?1 AND sha256 = ?2 AND destination = ?3";
constexpr std::string_view kDone =
    "SELECT sha256 FROM hand_on WHERE account = ?1 AND destination = ?2 AND state = 1 "
    "ORDER BY sha256";
constexpr std::string_view kWaiting =
    "SELECT count(*) FROM hand_on WHERE account = ?1 AND destination = ?2 AND state = 0";

std::int64_t to_number(Seconds time) {
  return static_cast<std::int64_t>(time.time_since_epoch().count());
}

}  // namespace

Result<HandOnQueue> HandOnQueue::open(archive::Database& database, std::string account) {
  HandOnQueue queue(database, std::move(account));
  RESTANTE_TRY(archive::Statement add, database.prepare(kAdd));
  queue.add_ = std::move(add);
  return queue;
}

Status HandOnQueue::add(std::string_view sha256, std::string_view destination) {
  add_.bind(1, account_);
  add_.bind(2, sha256);
  add_.bind(3, destination);
  return add_.run();
}

Result<std::vector<HandOnItem>> HandOnQueue::due(std::string_view destination, Seconds now,
                                                 std::size_t most) {
  RESTANTE_TRY(archive::Statement rows, database_->prepare(kDue));
  rows.bind(1, account_);
  rows.bind(2, destination);
  rows.bind(3, to_number(now));
  rows.bind(4, static_cast<std::int64_t>(most));
  rows.bind(5, std::int64_t{std::chrono::seconds(kRetryWithin).count()});
  std::vector<HandOnItem> items;
  for (;;) {
    RESTANTE_TRY(const bool more, rows.step());
    if (!more) return items;
    items.push_back({std::string(rows.text(0)), std::string(destination),
                     static_cast<std::uint32_t>(rows.number(1))});
  }
}

Status HandOnQueue::done(const HandOnItem& item) { return set(item, HandOnState::kDone, {}, {}); }

Status HandOnQueue::failed(const HandOnItem& item, Seconds retry_after, std::string_view reason) {
  return set(item, HandOnState::kWaiting, retry_after, reason);
}

Status HandOnQueue::set(const HandOnItem& item, HandOnState state, Seconds retry_after,
                        std::string_view reason) {
  RESTANTE_TRY(archive::Statement change, database_->prepare(kSet));
  change.bind(1, account_);
  change.bind(2, item.sha256);
  change.bind(3, item.destination);
  change.bind(4, static_cast<std::int64_t>(state));
  change.bind(5, std::int64_t{item.attempts} + 1);
  change.bind(6, to_number(retry_after));
  change.bind(7, reason);
  return change.run();
}

Result<std::vector<std::string>> HandOnQueue::finished(
    const std::vector<std::string>& destinations) {
  std::vector<std::string> common;
  RESTANTE_TRY(archive::Statement rows, database_->prepare(kDone));
  for (std::size_t i = 0; i < destinations.size(); ++i) {
    rows.bind(1, account_);
    rows.bind(2, destinations[i]);
    std::vector<std::string> here;
    for (;;) {
      RESTANTE_TRY(const bool more, rows.step());
      if (!more) break;
      const std::string_view sha256 = rows.text(0);
      const bool so_far = i == 0 || std::binary_search(common.begin(), common.end(), sha256);
      if (so_far) here.emplace_back(sha256);
    }
    rows.reset();
    common = std::move(here);
  }
  return common;
}

Result<std::uint64_t> HandOnQueue::waiting(std::string_view destination) {
  RESTANTE_TRY(archive::Statement query, database_->prepare(kWaiting));
  query.bind(1, account_);
  query.bind(2, destination);
  RESTANTE_CHECKED(query.step());
  return static_cast<std::uint64_t>(query.number(0));
}

}  // namespace restante::fetch
