#include "fetch/state/standing.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/numbers.h"
#include "fetch/hand_on/hand_on_names.h"

namespace restante::fetch {
namespace {

using archive::Database;
using archive::Statement;

// A week: once is missed, each day is a nuisance.
constexpr std::chrono::hours kTellAgain{24 * 7};
// Three: a run that lasts longer than an interval is no failure.
constexpr int kIntervals = 3;

constexpr std::string_view kRead =
    "SELECT attempted, succeeded, failed, failing_since, told, next_look, reason, waiting, tries "
    "FROM runs WHERE account = ?1 AND target = ?2";
constexpr std::string_view kWrite =
    "INSERT OR REPLACE INTO runs (account, target, attempted, succeeded, failed, failing_since, "
    "told, next_look, reason, waiting, tries) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
    "?11)";
// The newest failure has the latest next try.
constexpr std::string_view kQueue =
    "SELECT count(*), total(attempts), min(retry_after), (SELECT reason FROM hand_on WHERE account "
    "= ?1 AND destination = ?2 AND state = 0 AND attempts > 0 ORDER BY retry_after DESC LIMIT 1) "
    "FROM hand_on WHERE account = ?1 AND destination = ?2 AND state = 0";
constexpr std::string_view kGivenUp =
    "SELECT count(*) FROM hand_on WHERE account = ?1 AND destination = ?2 AND state = 2";

/// A row, with the number that only the recording needs.
struct Row {
  Standing standing;
  std::int64_t tries = 0;  // Of all that waits, as of the last look.
};

/// Nothing is 0 in the table: no run was in 1970.
std::optional<Seconds> time_at(const Statement& row, int column) {
  const std::int64_t seconds = row.number(column);
  if (seconds == 0) return std::nullopt;
  return Seconds(std::chrono::seconds(seconds));
}

std::int64_t to_number(std::optional<Seconds> time) {
  return time ? static_cast<std::int64_t>(time->time_since_epoch().count()) : 0;
}

Result<Row> read(Database& database, const std::string& account, const std::string& target) {
  RESTANTE_TRY(Statement query, database.prepare(kRead));
  query.bind(1, account);
  query.bind(2, target);
  Row row;
  row.standing.target = target;
  RESTANTE_TRY(const bool found, query.step());
  if (!found) return row;
  Standing& standing = row.standing;
  standing.attempted = time_at(query, 0);
  standing.succeeded = time_at(query, 1);
  standing.failed = time_at(query, 2);
  standing.failing_since = time_at(query, 3);
  standing.told = time_at(query, 4);
  standing.next_look = time_at(query, 5);
  standing.reason = query.text(6);
  standing.waiting = static_cast<std::uint64_t>(query.number(7));
  row.tries = query.number(8);
  return row;
}

Status write(Database& database, const std::string& account, const Row& row) {
  RESTANTE_TRY(Statement change, database.prepare(kWrite));
  const Standing& standing = row.standing;
  change.bind(1, account);
  change.bind(2, standing.target);
  change.bind(3, to_number(standing.attempted));
  change.bind(4, to_number(standing.succeeded));
  change.bind(5, to_number(standing.failed));
  change.bind(6, to_number(standing.failing_since));
  change.bind(7, to_number(standing.told));
  change.bind(8, to_number(standing.next_look));
  change.bind(9, standing.reason);
  change.bind(10, static_cast<std::int64_t>(standing.waiting));
  change.bind(11, row.tries);
  return change.run();
}

void note_success(Standing& standing, Seconds now) {
  standing.succeeded = now;
  // Told anew when it fails the next time.
  standing.failing_since.reset();
  standing.told.reset();
}

void note_failure(Standing& standing, Seconds now, std::string reason) {
  standing.failed = now;
  if (!standing.failing_since) standing.failing_since = now;
  standing.reason = std::move(reason);
}

/// Why the collecting did not go well; empty: it did. Failures of hand-on count for the targets.
std::string trouble(const Report& report) {
  if (report.error)
    return report.error->detail.empty() ? std::string(to_string(report.error->code))
                                        : report.error->detail;
  if (!report.failures.empty()) {
    const Failure& first = report.failures.front();
    return fmt::format("{} could not be fetched; message {}: {}",
                       counted(report.failures.size(), "message"), first.number, first.reason);
  }
  if (report.unconfirmed > 0)
    return counted(report.unconfirmed, "message is", "messages are") +
           " not known to be deleted on the server";
  if (report.unscanned > 0)
    return counted(report.unscanned, "message is", "messages are") + " not scanned";
  return {};
}

/// What this run says of a target; null: it came to none of them.
const TargetReport* told_of(const Report& report, const std::string& target) {
  const auto found = std::ranges::find(report.targets, target, &TargetReport::name);
  return found == report.targets.end() ? nullptr : &*found;
}

/// `told` may be null. A target that is down is offered nothing, so that the queue's rows do not
/// tell of it.
Status note_target(Database& database, const std::string& account, const std::string& target,
                   Seconds now, const TargetReport* told) {
  RESTANTE_TRY(Row row, read(database, account, target));
  RESTANTE_TRY(Statement query, database.prepare(kQueue));
  query.bind(1, account);
  query.bind(2, target);
  RESTANTE_CHECKED(query.step());
  Standing& standing = row.standing;
  const auto waiting = static_cast<std::uint64_t>(query.number(0));
  const std::int64_t tries = query.number(1);
  // Less waits than before: something went its way.
  const bool went_down = waiting < standing.waiting;
  standing.next_look = waiting > 0 ? time_at(query, 2) : std::nullopt;
  standing.waiting = waiting;
  standing.attempted = now;
  const bool is_down =
      // Nothing was taken, and a reason is there: the target itself was not reached.
      told != nullptr && waiting > 0 && told->handed_on == 0 && !told->reason.empty();
  if (is_down && (told->reason != standing.reason || !standing.failing_since)) {
    note_failure(standing, now, told->reason);
  } else if (tries == 0 && !is_down) {
    if (waiting == 0 || went_down) note_success(standing, now);
  } else if (tries != 0 && (tries != row.tries || !standing.failing_since)) {
    note_failure(standing, now, std::string(query.text(3)));
  }
  row.tries = tries;
  query.reset();
  return write(database, account, row);
}

}  // namespace

Status note_run(archive::Database& database, const profile::Account& account, const Report& report,
                Seconds now, std::optional<Seconds> next_look) {
  RESTANTE_TRY(const auto transaction, database.begin());
  RESTANTE_TRY(Row row, read(database, account.name, {}));
  Standing& standing = row.standing;
  standing.attempted = now;
  standing.next_look = next_look;
  standing.waiting = report.waiting + report.failures.size();
  if (std::string reason = trouble(report); reason.empty())
    note_success(standing, now);
  else
    note_failure(standing, now, std::move(reason));
  RESTANTE_CHECKED(write(database, account.name, row));
  for (const profile::HandOn& target : account.hand_on)
    RESTANTE_CHECKED(note_target(database, account.name, destination_of(target), now,
                                 told_of(report, destination_of(target))));
  return transaction->commit();
}

Result<std::vector<Standing>> standings_of(archive::Database& database,
                                           const profile::Account& account) {
  std::vector<Standing> all;
  RESTANTE_TRY(Row server, read(database, account.name, {}));
  all.push_back(std::move(server.standing));
  for (const profile::HandOn& target : account.hand_on) {
    RESTANTE_TRY(Row row, read(database, account.name, destination_of(target)));
    RESTANTE_TRY(Statement query, database.prepare(kGivenUp));
    query.bind(1, account.name);
    query.bind(2, row.standing.target);
    RESTANTE_CHECKED(query.step());
    row.standing.given_up = static_cast<std::uint64_t>(query.number(0));
    all.push_back(std::move(row.standing));
  }
  return all;
}

Status note_told(archive::Database& database, const std::string& account, const std::string& target,
                 Seconds now) {
  RESTANTE_TRY(Statement change,
               database.prepare("UPDATE runs SET told = ?3 WHERE account = ?1 AND target = "
                                "?2"));
  change.bind(1, account);
  change.bind(2, target);
  change.bind(3, to_number(now));
  return change.run();
}

bool is_to_be_told(const Standing& standing, std::chrono::seconds tell_after, Seconds now) {
  if (tell_after.count() == 0 || !standing.failing_since) return false;
  if (now - *standing.failing_since < tell_after) return false;
  return !standing.told || now - *standing.told >= kTellAgain;
}

Health health_of(const Standing& standing, std::chrono::seconds interval, Seconds now) {
  if (standing.failing_since || standing.given_up > 0) return Health::kFailing;
  // A target is asked when there is something for it.
  if (!standing.target.empty()) return Health::kWell;
  if (!standing.succeeded) return Health::kNever;
  // Not failing, but it has not been heard of for long: a timer that is switched off, for instance.
  return now - *standing.succeeded > kIntervals * interval ? Health::kLate : Health::kWell;
}

}  // namespace restante::fetch
