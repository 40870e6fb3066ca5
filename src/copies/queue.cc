#include "copies/queue.h"

#include <array>

#include "sql/version.h"

namespace restante::copies {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kVersion = 1;
constexpr auto kPatience = std::chrono::seconds(5);
constexpr const char* kSchema = R"(
CREATE TABLE setback (
  account TEXT NOT NULL, label TEXT NOT NULL, uid TEXT NOT NULL, tries INTEGER NOT NULL,
  first INTEGER NOT NULL, next INTEGER NOT NULL, is_set_aside INTEGER NOT NULL,
  is_told INTEGER NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (account, label, uid)) WITHOUT ROWID;
PRAGMA user_version = 1;
)";
constexpr const char* kColumns =
    "SELECT account, label, uid, tries, first, next, is_set_aside, is_told, reason FROM setback ";

std::int64_t to_stored(WallTime time) { return time.time_since_epoch().count(); }
WallTime from_stored(std::int64_t number) { return WallTime(std::chrono::milliseconds(number)); }

Result<std::vector<Setback>> rows_of(sql::Statement& statement) {
  const sql::ResetAtEnd reset(statement);
  std::vector<Setback> out;
  for (;;) {
    RESTANTE_TRY(const bool is_row, statement.step());
    if (!is_row) return out;
    Setback& one = out.emplace_back();
    one.account = statement.text(0);
    one.label = statement.text(1);
    one.uid = statement.text(2);
    one.tries = static_cast<std::uint64_t>(statement.number(3));
    one.first = from_stored(statement.number(4));
    one.next = from_stored(statement.number(5));
    one.is_set_aside = statement.number(6) != 0;
    one.is_told = statement.number(7) != 0;
    one.reason = statement.text(8);
  }
}

}  // namespace

Result<Queue> Queue::open(const fs::path& file) {
  sql::Opening opening{sql::Mode::kCreate, kPatience, "remove it: then all is tried again"};
  RESTANTE_TRY(auto connection, sql::Connection::open(file, std::move(opening)));
  std::error_code ignored;
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write, ignored);
  // A lost row is one more try.
  RESTANTE_CHECKED(connection.run("PRAGMA synchronous=NORMAL"));
  RESTANTE_TRY(const std::int64_t version, sql::version_of(connection));
  if (version == 0) RESTANTE_CHECKED(sql::make_tables(connection, kSchema));
  return prepared(std::move(connection), true);
}

Result<Queue> Queue::open_to_read(const fs::path& file) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return Error(Errc::kNotFound, file.string() + " is not there");
  RESTANTE_TRY(auto connection, sql::Connection::open(file, {sql::Mode::kRead, kPatience, ""}));
  return prepared(std::move(connection), false);
}

Result<Queue> Queue::prepared(sql::Connection connection, bool writes) {
  RESTANTE_TRY(const std::int64_t version, sql::version_of(connection));
  if (version == 0) return Error(Errc::kNotFound, "the queue of copies is empty");
  if (version > kVersion) return Error(Errc::kState, "a newer version wrote the queue of copies");
  Queue out(std::move(connection));
  const std::string columns = kColumns;
  RESTANTE_CHECKED(
      out.connection_.prepare(columns + "ORDER BY account, label, first, uid", out.all_));
  RESTANTE_CHECKED(out.connection_.prepare(
      columns + "WHERE account = ?1 AND label = ?2 ORDER BY first, uid", out.of_));
  if (!writes) return out;
  const std::array<std::pair<const char*, sql::Statement*>, 5> statements{{
      {sql::CommitWatch::kQuery, &out.data_version_},
      {"INSERT OR REPLACE INTO setback (account, label, uid, tries, first, next, is_set_aside, "
       "is_told, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
       &out.put_},
      {"DELETE FROM setback WHERE account = ?1 AND label = ?2 AND uid = ?3", &out.remove_},
      {"DELETE FROM setback WHERE account = ?1 AND label = ?2", &out.forget_},
      {"UPDATE setback SET next = ?4, is_set_aside = 0 WHERE (?1 = '' OR account = ?1) "
       "AND (?2 = '' OR label = ?2) AND (?3 = '' OR uid = ?3)",
       &out.retry_},
  }};
  for (const auto& [text, statement] : statements)
    RESTANTE_CHECKED(out.connection_.prepare(text, *statement));
  return out;
}

Result<std::vector<Setback>> Queue::all() { return rows_of(all_); }

Result<std::vector<Setback>> Queue::of(std::string_view account, std::string_view label) {
  of_.bind(1, account);
  of_.bind(2, label);
  return rows_of(of_);
}

Result<bool> Queue::is_changed() { return watch_.has_changed(connection_, data_version_); }

Status Queue::put(const Setback& setback) {
  put_.bind(1, setback.account);
  put_.bind(2, setback.label);
  put_.bind(3, setback.uid);
  put_.bind(4, static_cast<std::int64_t>(setback.tries));
  put_.bind(5, to_stored(setback.first));
  put_.bind(6, to_stored(setback.next));
  put_.bind(7, std::int64_t{setback.is_set_aside});
  put_.bind(8, std::int64_t{setback.is_told});
  put_.bind(9, setback.reason);
  return put_.run();
}

Status Queue::remove(std::string_view account, std::string_view label, std::string_view uid) {
  remove_.bind(1, account);
  remove_.bind(2, label);
  remove_.bind(3, uid);
  return remove_.run();
}

Status Queue::forget(std::string_view account, std::string_view label) {
  forget_.bind(1, account);
  forget_.bind(2, label);
  return forget_.run();
}

Result<std::uint64_t> Queue::retry(std::string_view account, std::string_view label,
                                   std::string_view uid, WallTime now) {
  retry_.bind(1, account);
  retry_.bind(2, label);
  retry_.bind(3, uid);
  retry_.bind(4, to_stored(now));
  RESTANTE_CHECKED(retry_.run());
  return static_cast<std::uint64_t>(connection_.changes());
}

}  // namespace restante::copies
