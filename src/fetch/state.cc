#include "fetch/state.h"

#include "base/numbers.h"

namespace restante::fetch {
namespace {

constexpr std::string_view kLoad =
    "SELECT u.uid, u.state, coalesce(u.sha256, ''), u.size, u.first_seen, u.attempts, "
    "u.retry_after, u.reason, coalesce(m.removed, 0) "
    "FROM uids u LEFT JOIN messages m ON m.account = u.account AND m.sha256 = u.sha256 "
    "WHERE u.account = ?1";
constexpr std::string_view kPut =
    "INSERT OR REPLACE INTO uids "
    "(account, uid, sha256, size, first_seen, state, attempts, retry_after, reason) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

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

Status State::put(std::string_view uid, const KnownUid& entry) {
  put_.bind(1, account_);
  put_.bind(2, uid);
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
  return put_.run();
}

Result<std::optional<Seconds>> State::shrunken_since() {
  RESTANTE_TRY(archive::Statement query,
               database_->prepare("SELECT value FROM meta WHERE name = ?1"));
  query.bind(1, meta_name());
  RESTANTE_TRY(const bool there, query.step());
  if (!there) return std::optional<Seconds>();
  const Result<std::uint64_t> value = parse_decimal<std::uint64_t>(query.text(0));
  if (!value) return std::optional<Seconds>();
  return std::optional(to_seconds(static_cast<std::int64_t>(*value)));
}

Status State::set_shrunken_since(std::optional<Seconds> since) {
  RESTANTE_TRY(archive::Statement change,
               database_->prepare(since ? "INSERT OR REPLACE INTO meta VALUES (?1, ?2)"
                                        : "DELETE FROM meta WHERE name = ?1"));
  change.bind(1, meta_name());
  if (since) change.bind(2, std::to_string(since->time_since_epoch().count()));
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

}  // namespace restante::fetch
