#include "history/history.h"

#include <algorithm>
#include <array>
#include <map>

#include "sql/version.h"

namespace restante::history {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kVersion = 1;
constexpr auto kPatience = std::chrono::seconds(5);
constexpr const char* kSchema = R"(
CREATE TABLE periods (
  resolution INTEGER NOT NULL, began INTEGER NOT NULL, seconds INTEGER NOT NULL,
  PRIMARY KEY (resolution, began)) WITHOUT ROWID;
CREATE TABLE points (
  resolution INTEGER NOT NULL, began INTEGER NOT NULL, measure INTEGER NOT NULL,
  value INTEGER NOT NULL,
  PRIMARY KEY (resolution, began, measure)) WITHOUT ROWID;
PRAGMA user_version = 1;
)";

constexpr const char* kAddPoint =
    "INSERT INTO points (resolution, began, measure, value) VALUES (?1, ?2, ?3, ?4) "
    "ON CONFLICT DO UPDATE SET value = ";

Status check_whole(sql::Connection& connection) {
  RESTANTE_TRY(auto statement, connection.prepare("PRAGMA quick_check(1)"));
  RESTANTE_CHECKED(statement.step());
  if (statement.text(0) == "ok") return ok();
  return Error(Errc::kCorrupt, std::string(statement.text(0)));
}

}  // namespace

Result<History> History::open(const fs::path& file) {
  sql::Opening opening{sql::Mode::kCreate, kPatience, ""};
  RESTANTE_TRY(auto connection, sql::Connection::open(file, std::move(opening)));
  std::error_code ignored;
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write, ignored);
  // Power loss may cost the last minutes, never the file.
  RESTANTE_CHECKED(connection.run("PRAGMA synchronous=NORMAL"));
  RESTANTE_CHECKED(connection.run("PRAGMA wal_autocheckpoint=500"));
  RESTANTE_CHECKED(connection.run("PRAGMA journal_size_limit=1000000"));
  RESTANTE_CHECKED(check_whole(connection));
  RESTANTE_TRY(const std::int64_t version, sql::version_of(connection));
  if (version == 0) RESTANTE_CHECKED(sql::make_tables(connection, kSchema));
  return prepared(std::move(connection), true);
}

Result<History> History::open_to_read(const fs::path& file) {
  std::error_code ignored;
  if (!fs::exists(file, ignored))
    return Error(Errc::kNotFound, file.string() + ": there is no history yet");
  RESTANTE_TRY(auto connection, sql::Connection::open(file, {sql::Mode::kRead, kPatience, ""}));
  return prepared(std::move(connection), false);
}

Result<History> History::prepared(sql::Connection connection, bool writes) {
  RESTANTE_TRY(const std::int64_t version, sql::version_of(connection));
  if (version == 0) return Error(Errc::kNotFound, "there is no history yet");
  if (version > kVersion) return Error(Errc::kState, "a newer version keeps this history");
  History out(std::move(connection));
  RESTANTE_CHECKED(out.connection_.prepare(
      "SELECT p.began, p.seconds, v.value FROM periods p LEFT JOIN points v "
      "ON v.resolution = p.resolution AND v.began = p.began AND v.measure = ?1 "
      "WHERE p.resolution = ?2 AND p.began >= ?3 AND p.began < ?4 ORDER BY p.began",
      out.read_));
  if (!writes) return out;
  const std::array<std::pair<std::string, sql::Statement*>, 7> statements{{
      {"INSERT INTO periods (resolution, began, seconds) VALUES (?1, ?2, ?3) "
       "ON CONFLICT DO UPDATE SET seconds = seconds + excluded.seconds",
       &out.add_period_},
      {std::string(kAddPoint) + "value + excluded.value", &out.add_sum_},
      {std::string(kAddPoint) + "excluded.value", &out.add_last_},
      {std::string(kAddPoint) + "max(value, excluded.value)", &out.add_most_},
      {"SELECT began FROM periods WHERE resolution = ?1 ORDER BY began DESC LIMIT 1 OFFSET ?2",
       &out.oldest_kept_},
      {"DELETE FROM periods WHERE resolution = ?1 AND began < ?2", &out.forget_periods_},
      {"DELETE FROM points WHERE resolution = ?1 AND began < ?2", &out.forget_points_},
  }};
  for (const auto& [text, statement] : statements)
    RESTANTE_CHECKED(out.connection_.prepare(text, *statement));
  return out;
}

Status History::add(const Sample& sample) {
  RESTANTE_TRY(auto transaction, connection_.begin());
  for (const ResolutionInfo& info : kResolutions) {
    RESTANTE_CHECKED(add_to(info.resolution, sample));
    RESTANTE_CHECKED(forget(info));
  }
  return transaction->commit();
}

Status History::add_to(Resolution resolution, const Sample& sample) {
  const auto number = static_cast<std::int64_t>(resolution);
  // A sample that ends where a minute does is of that minute.
  const std::int64_t began = begin_of(resolution, sample.end - std::chrono::milliseconds(1));
  add_period_.bind(1, number);
  add_period_.bind(2, began);
  add_period_.bind(3, std::int64_t{sample.seconds.count()});
  RESTANTE_CHECKED(add_period_.run());
  for (const Value& value : sample.values) {
    const Kind kind = info_of(value.measure).kind;
    if (kind == Kind::kSum && value.value == 0) continue;  // The period says that much.
    sql::Statement& add = kind == Kind::kSum    ? add_sum_
                          : kind == Kind::kLast ? add_last_
                                                : add_most_;
    add.bind(1, number);
    add.bind(2, began);
    add.bind(3, static_cast<std::int64_t>(value.measure));
    add.bind(4, value.value);
    RESTANTE_CHECKED(add.run());
  }
  return ok();
}

/// By their number and not by the clock, which may jump ahead and come back.
Status History::forget(const ResolutionInfo& resolution) {
  const auto number = static_cast<std::int64_t>(resolution.resolution);
  oldest_kept_.bind(1, number);
  oldest_kept_.bind(2, resolution.kept - 1);
  std::optional<std::int64_t> oldest;
  {
    const sql::ResetAtEnd reset(oldest_kept_);
    RESTANTE_TRY(const bool found, oldest_kept_.step());
    if (found) oldest = oldest_kept_.number(0);
  }
  if (!oldest) return ok();
  for (sql::Statement* const statement : {&forget_points_, &forget_periods_}) {
    statement->bind(1, number);
    statement->bind(2, *oldest);
    RESTANTE_CHECKED(statement->run());
  }
  return ok();
}

Result<std::vector<Point>> History::read(const Query& query) {
  const std::int64_t span = info_of(query.resolution).span.count();
  const std::int64_t first = begin_of(query.resolution, query.from);
  const std::int64_t end =
      begin_of(query.resolution, query.to - std::chrono::milliseconds(1)) + span;
  if (end <= first) return std::vector<Point>();
  const auto count = static_cast<std::size_t>((end - first) / span);
  if (count > kPointsMax)
    return Error(Errc::kLimit, "more than " + std::to_string(kPointsMax) +
                                   " points: ask for a shorter time, or a coarser one");
  std::vector<Point> points(count);
  for (std::size_t i = 0; i < count; ++i)
    points[i].began = WallTime(std::chrono::seconds(first + static_cast<std::int64_t>(i) * span));
  const bool is_sum = info_of(query.measure).kind == Kind::kSum;
  const sql::ResetAtEnd reset(read_);
  read_.bind(1, static_cast<std::int64_t>(query.measure));
  read_.bind(2, static_cast<std::int64_t>(query.resolution));
  read_.bind(3, first);
  read_.bind(4, end);
  for (;;) {
    RESTANTE_TRY(const bool found, read_.step());
    if (!found) return points;
    const std::int64_t place = (read_.number(0) - first) / span;
    Point& point = points[static_cast<std::size_t>(place)];
    point.seconds = std::chrono::seconds(read_.number(1));
    if (!read_.is_null(2))
      point.value = read_.number(2);
    else if (is_sum)
      point.value = 0;
  }
}

Status set_aside(const fs::path& file) {
  std::error_code failure;
  fs::path broken = file;
  broken += ".broken";
  fs::rename(file, broken, failure);
  if (failure) return Error(Errc::kIo, file.string() + ": " + failure.message());
  for (const char* const end : {"-wal", "-shm"}) {
    fs::path beside = file;
    beside += end;
    fs::remove(beside, failure);
  }
  return ok();
}

}  // namespace restante::history
