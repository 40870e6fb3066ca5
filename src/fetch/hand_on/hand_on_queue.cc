#include "fetch/hand_on/hand_on_queue.h"

#include <algorithm>
#include <iterator>

#include "fetch/plan/backoff.h"

namespace restante::fetch {
namespace {

constexpr std::string_view kAdd =
    "INSERT OR IGNORE INTO hand_on (account, sha256, destination, copy) VALUES (?1, ?2, ?3, ?4)";
// Nothing waits for more than a day: a later time is from a clock that was wrong.
constexpr std::string_view kDue =
    "SELECT id, sha256, attempts, failed FROM hand_on WHERE account = ?1 AND destination = ?2 AND "
    "state = 0 AND (retry_after <= ?3 OR retry_after > ?3 + ?6) AND id > ?5 "
    "ORDER BY id LIMIT ?4";
constexpr std::string_view kDone =
    "UPDATE hand_on SET state = 1, attempts = attempts + 1, retry_after = 0, reason = '' "
    "WHERE id = ?1";
constexpr std::string_view kFailed =
    "UPDATE hand_on SET state = ?2, attempts = attempts + 1, retry_after = ?3, reason = ?4, "
    "failed = CASE failed WHEN 0 THEN ?5 ELSE failed END WHERE id = ?1";
// A message that is in the archive once, but came twice, is finished when all its copies are.
constexpr std::string_view kFinished =
    "SELECT DISTINCT sha256 FROM hand_on AS h WHERE account = ?1 AND destination = ?2 AND "
    "state = 1 AND NOT EXISTS (SELECT 1 FROM hand_on AS o WHERE o.account = h.account AND "
    "o.sha256 = h.sha256 AND o.state <> 1) ORDER BY sha256";
constexpr std::string_view kCounts =
    "SELECT ifnull(sum(state = 0), 0), ifnull(sum(state = 2), 0), "
    "ifnull(min(CASE state WHEN 0 THEN retry_after END), 0) FROM hand_on "
    "WHERE account = ?1 AND destination = ?2 AND state IN (0, 2)";
constexpr std::string_view kReason =
    "SELECT reason FROM hand_on WHERE account = ?1 AND destination = ?2 AND state IN (0, 2) AND "
    "reason <> '' ORDER BY state, id LIMIT 1";
constexpr std::string_view kStrangers =
    "SELECT DISTINCT destination FROM hand_on WHERE account = ?1 AND state IN (0, 2) "
    "ORDER BY destination";
constexpr std::string_view kKnows =
    "SELECT EXISTS (SELECT 1 FROM hand_on WHERE account = ?1 AND destination = ?2) OR "
    "EXISTS (SELECT 1 FROM hand_on_targets WHERE account = ?1 AND name = ?2)";
constexpr std::string_view kTakeOver =
    "UPDATE OR IGNORE hand_on SET destination = ?3, retry_after = 0 "
    "WHERE account = ?1 AND destination = ?2";
constexpr std::string_view kForget = "DELETE FROM hand_on WHERE account = ?1 AND destination = ?2";
constexpr std::string_view kForgetTarget =
    "DELETE FROM hand_on_targets WHERE account = ?1 AND name = ?2";
constexpr std::string_view kWell =
    "INSERT INTO hand_on_targets (account, name, succeeded) VALUES (?1, ?2, ?3) "
    "ON CONFLICT DO UPDATE SET succeeded = ?3";
constexpr std::string_view kBadly =
    "INSERT INTO hand_on_targets (account, name, failed, reason) VALUES (?1, ?2, ?3, ?4) "
    "ON CONFLICT DO UPDATE SET failed = ?3, reason = ?4";

std::int64_t to_number(Seconds time) {
  return static_cast<std::int64_t>(time.time_since_epoch().count());
}

Seconds to_time(std::int64_t number) { return Seconds(std::chrono::seconds(number)); }

Result<std::vector<std::string>> texts(archive::Statement& rows) {
  std::vector<std::string> all;
  for (;;) {
    RESTANTE_TRY(const bool more, rows.step());
    if (!more) return all;
    all.emplace_back(rows.text(0));
  }
}

}  // namespace

Result<HandOnQueue> HandOnQueue::open(archive::Database& database, std::string account) {
  HandOnQueue queue(database, std::move(account));
  RESTANTE_TRY(archive::Statement add, database.prepare(kAdd));
  queue.add_ = std::move(add);
  return queue;
}

Result<archive::Statement> HandOnQueue::about(std::string_view sql, std::string_view destination) {
  RESTANTE_TRY(archive::Statement made, database_->prepare(sql));
  made.bind(1, account_);
  made.bind(2, destination);
  return made;
}

Status HandOnQueue::add(std::string_view sha256, std::string_view destination, std::uint32_t copy) {
  add_.bind(1, account_);
  add_.bind(2, sha256);
  add_.bind(3, destination);
  add_.bind(4, std::int64_t{copy});
  return add_.run();
}

Result<std::vector<HandOnItem>> HandOnQueue::due(std::string_view destination, Seconds now,
                                                 std::size_t most, std::int64_t after) {
  RESTANTE_TRY(archive::Statement rows, about(kDue, destination));
  rows.bind(3, to_number(now));
  rows.bind(4, static_cast<std::int64_t>(most));
  rows.bind(5, after);
  rows.bind(6, std::int64_t{std::chrono::seconds(kRetryWithin).count()});
  std::vector<HandOnItem> items;
  for (;;) {
    RESTANTE_TRY(const bool more, rows.step());
    if (!more) return items;
    items.push_back({rows.number(0), std::string(rows.text(1)), std::string(destination),
                     static_cast<std::uint32_t>(rows.number(2)), to_time(rows.number(3))});
  }
}

Status HandOnQueue::done(const HandOnItem& item) {
  RESTANTE_TRY(archive::Statement change, database_->prepare(kDone));
  change.bind(1, item.id);
  return change.run();
}

Status HandOnQueue::failed(const HandOnItem& item, const HandOnFailure& failure) {
  RESTANTE_TRY(archive::Statement change, database_->prepare(kFailed));
  change.bind(1, item.id);
  change.bind(2, static_cast<std::int64_t>(failure.state));
  change.bind(3, to_number(failure.retry_after));
  change.bind(4, failure.reason);
  change.bind(5, to_number(failure.now));
  return change.run();
}

Result<std::vector<std::string>> HandOnQueue::finished(const std::vector<std::string>& destinations,
                                                       FinishedAt at) {
  std::vector<std::string> found;
  for (std::size_t i = 0; i < destinations.size(); ++i) {
    RESTANTE_TRY(archive::Statement rows, about(kFinished, destinations[i]));
    RESTANTE_TRY(std::vector<std::string> here, texts(rows));
    std::vector<std::string> joined;
    if (i == 0)
      joined = std::move(here);
    else if (at == FinishedAt::kAll)
      std::set_intersection(found.begin(), found.end(), here.begin(), here.end(),
                            std::back_inserter(joined));
    else
      std::set_union(found.begin(), found.end(), here.begin(), here.end(),
                     std::back_inserter(joined));
    found = std::move(joined);
  }
  return found;
}

Result<HandOnCounts> HandOnQueue::counts(std::string_view destination) {
  RESTANTE_TRY(archive::Statement query, about(kCounts, destination));
  RESTANTE_CHECKED(query.step());
  HandOnCounts counts;
  counts.waiting = static_cast<std::uint64_t>(query.number(0));
  counts.given_up = static_cast<std::uint64_t>(query.number(1));
  counts.next = to_time(query.number(2));
  RESTANTE_TRY(archive::Statement reason, about(kReason, destination));
  RESTANTE_TRY(const bool any, reason.step());
  if (any) counts.reason = reason.text(0);
  return counts;
}

Result<std::vector<std::string>> HandOnQueue::strangers(
    const std::vector<std::string>& destinations) {
  RESTANTE_TRY(archive::Statement rows, database_->prepare(kStrangers));
  rows.bind(1, account_);
  RESTANTE_TRY(std::vector<std::string> all, texts(rows));
  std::erase_if(all, [&](const std::string& name) {
    return std::find(destinations.begin(), destinations.end(), name) != destinations.end();
  });
  return all;
}

Result<bool> HandOnQueue::knows(std::string_view destination) {
  RESTANTE_TRY(archive::Statement query, about(kKnows, destination));
  RESTANTE_CHECKED(query.step());
  return query.number(0) != 0;
}

Status HandOnQueue::take_over(std::string_view from, std::string_view to) {
  // What is in both queues stays once: OR IGNORE leaves the row of the old name, which is dropped
  // with it.
  RESTANTE_TRY(const auto transaction, database_->begin());
  RESTANTE_TRY(archive::Statement change, about(kTakeOver, from));
  change.bind(3, to);
  RESTANTE_CHECKED(change.run());
  for (const std::string_view sql : {kForget, kForgetTarget}) {
    RESTANTE_TRY(archive::Statement forget, about(sql, from));
    RESTANTE_CHECKED(forget.run());
  }
  return transaction->commit();
}

Status HandOnQueue::note_attempt(std::string_view destination, Seconds now,
                                 std::string_view reason) {
  RESTANTE_TRY(archive::Statement change, about(reason.empty() ? kWell : kBadly, destination));
  change.bind(3, to_number(now));
  if (!reason.empty()) change.bind(4, reason);
  return change.run();
}

}  // namespace restante::fetch
