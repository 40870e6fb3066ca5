#include "fetch/state/state.h"

#include "archive/database/rebuild.h"
#include "base/numbers.h"

namespace restante::fetch {
namespace {

// A message without a row of its own is removed or present as others with its content are. It is
// lost when its content is neither shown, removed nor held.
constexpr std::string_view kLoad =
    "SELECT u.uid, u.state, coalesce(u.sha256, ''), u.size, u.first_seen, u.attempts, "
    "u.retry_after, u.reason, coalesce(m.removed, (SELECT min(o.removed) FROM messages o "
    "WHERE o.sha256 = u.sha256 AND o.account = u.account), 0), u.copy, u.seen_day, u.seen_days, "
    "m.id IS NULL AND NOT EXISTS (SELECT 1 FROM messages o WHERE o.sha256 = u.sha256 "
    "AND o.account = u.account) AND NOT EXISTS (SELECT 1 FROM held h WHERE "
    "h.account = u.account AND h.sha256 = u.sha256) "
    "FROM uids u LEFT JOIN messages m ON m.account = u.account AND m.sha256 = u.sha256 "
    "AND m.copy = u.copy WHERE u.account = ?1";
constexpr std::string_view kPut =
    "INSERT INTO uids (account, uid, sha256, size, first_seen, state, attempts, retry_after, "
    "reason, copy, seen_day, seen_days, essence) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) "
    "ON CONFLICT (account, uid) DO UPDATE SET sha256 = ?3, size = ?4, first_seen = ?5, "
    "state = ?6, attempts = ?7, retry_after = ?8, reason = ?9, copy = ?10, seen_day = ?11, "
    "seen_days = ?12, essence = CASE WHEN ?13 <> '' THEN ?13 WHEN sha256 IS ?3 THEN essence ELSE "
    "'' END";

// In table meta, with the account's name behind them.
constexpr std::string_view kShrunkenSince = "fetch.shrunken_since.";
constexpr std::string_view kLastRun = "fetch.last_run.";
constexpr std::string_view kClockDoubted = "fetch.clock_doubted.";

Seconds to_seconds(std::int64_t unix_time) { return Seconds(std::chrono::seconds(unix_time)); }

Result<KnownUid> read_entry(const archive::Statement& row) {
  KnownUid entry;
  const std::optional<UidState> state = uid_state_of(row.number(1));
  if (!state) return Error(Errc::kCorrupt, "the archive's database: an unknown state of a message");
  entry.state = *state;
  entry.sha256 = row.text(2);
  // 0 stands for "not known": no message has no octets.
  if (const auto octets = static_cast<std::uint64_t>(row.number(3)); octets > 0)
    entry.octets = octets;
  entry.first_seen = to_seconds(row.number(4));
  entry.attempts = static_cast<std::uint32_t>(row.number(5));
  entry.retry_after = to_seconds(row.number(6));
  entry.reason = row.text(7);
  entry.removed = row.number(8) != 0;
  entry.copy = static_cast<std::uint32_t>(row.number(9));
  entry.seen_day = row.number(10);
  entry.seen_days = static_cast<std::uint32_t>(row.number(11));
  entry.lost = entry.has_content() && row.number(12) != 0;
  return entry;
}

}  // namespace

Result<State> State::open(archive::Database& database, std::string account) {
  State state(database, std::move(account));
  RESTANTE_TRY(archive::Statement put, database.prepare(kPut));
  state.put_ = std::move(put);
  return state;
}

Result<Known> State::load() {
  Known known;
  RESTANTE_TRY(archive::Statement rows, database_->prepare(kLoad));
  rows.bind(1, account_);
  for (;;) {
    RESTANTE_TRY(const bool more, rows.step());
    if (!more) return known;
    RESTANTE_TRY(KnownUid entry, read_entry(rows));
    known.emplace(rows.text(0), std::move(entry));
  }
}

Status State::put(std::string_view uid, const KnownUid& entry, std::string_view essence) {
  put_.bind(1, account_);
  put_.bind(2, uid);
  // Null and not empty: an empty checksum would join with others.
  if (entry.has_content()) {
    put_.bind(3, entry.sha256);
  } else {
    put_.bind_null(3);
  }
  put_.bind(4, static_cast<std::int64_t>(entry.octets.value_or(0)));
  put_.bind(5, static_cast<std::int64_t>(entry.first_seen.time_since_epoch().count()));
  put_.bind(6, static_cast<std::int64_t>(entry.state));
  put_.bind(7, static_cast<std::int64_t>(entry.attempts));
  put_.bind(8, static_cast<std::int64_t>(entry.retry_after.time_since_epoch().count()));
  put_.bind(9, entry.reason);
  put_.bind(10, std::int64_t{entry.copy});
  put_.bind(11, entry.seen_day);
  put_.bind(12, std::int64_t{entry.seen_days});
  put_.bind(13, essence);
  return put_.run();
}

Result<std::string> State::essence_of(std::string_view uid) {
  RESTANTE_TRY(archive::Statement query,
               database_->prepare("SELECT essence FROM uids WHERE account = ?1 AND uid = ?2"));
  query.bind(1, account_);
  query.bind(2, uid);
  RESTANTE_TRY(const bool there, query.step());
  return there ? std::string(query.text(0)) : std::string();
}

Result<std::optional<Seconds>> State::shrunken_since() { return time_of(kShrunkenSince); }

Status State::set_shrunken_since(std::optional<Seconds> since) {
  return set_time(kShrunkenSince, since);
}

Result<ClockMemory> State::clock_memory() {
  ClockMemory memory;
  RESTANTE_TRY(const auto last, time_of(kLastRun));
  RESTANTE_TRY(const auto doubted, time_of(kClockDoubted));
  memory.last = last;
  memory.doubted_since = doubted;
  return memory;
}

Status State::remember_clock(const ClockMemory& memory) {
  RESTANTE_CHECKED(set_time(kLastRun, memory.last));
  return set_time(kClockDoubted, memory.doubted_since);
}

Result<std::optional<Seconds>> State::time_of(std::string_view name) {
  RESTANTE_TRY(archive::Statement query,
               database_->prepare("SELECT value FROM meta WHERE name = ?1"));
  query.bind(1, std::string(name) + account_);
  RESTANTE_TRY(const bool there, query.step());
  if (!there) return std::optional<Seconds>();
  const Result<std::uint64_t> value = parse_decimal<std::uint64_t>(query.text(0));
  // A damaged value counts as none.
  if (!value) return std::optional<Seconds>();
  return std::optional(to_seconds(static_cast<std::int64_t>(*value)));
}

Status State::set_time(std::string_view name, std::optional<Seconds> time) {
  RESTANTE_TRY(archive::Statement change,
               database_->prepare(time ? "INSERT OR REPLACE INTO meta VALUES (?1, ?2)"
                                       : "DELETE FROM meta WHERE name = ?1"));
  change.bind(1, std::string(name) + account_);
  if (time) change.bind(2, std::to_string(time->time_since_epoch().count()));
  return change.run();
}

Result<bool> State::from_now_on() {
  RESTANTE_TRY(archive::Statement query, database_->prepare("SELECT 1 FROM meta WHERE name = ?1"));
  query.bind(1, now_name());
  return query.step();
}

Status State::set_from_now_on(bool wanted) {
  RESTANTE_TRY(archive::Statement change,
               database_->prepare(wanted ? "INSERT OR REPLACE INTO meta VALUES (?1, '1')"
                                         : "DELETE FROM meta WHERE name = ?1"));
  change.bind(1, now_name());
  return change.run();
}

Result<bool> State::was_lost() {
  RESTANTE_TRY(archive::Statement query, database_->prepare("SELECT 1 FROM meta WHERE name = ?1"));
  query.bind(1, archive::kStateLost + account_);
  return query.step();
}

Status State::forget_loss() {
  RESTANTE_TRY(archive::Statement change, database_->prepare("DELETE FROM meta WHERE name = ?1"));
  change.bind(1, archive::kStateLost + account_);
  return change.run();
}

}  // namespace restante::fetch
