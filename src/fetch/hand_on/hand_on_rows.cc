#include "fetch/hand_on/hand_on_rows.h"

namespace restante::fetch {
namespace {

constexpr std::string_view kRows =
    "SELECT h.id, h.account, h.destination, h.sha256, h.state, h.attempts, h.retry_after, "
    "h.failed, CASE WHEN h.reason = '' AND t.failed >= t.succeeded THEN t.reason ELSE h.reason END,"
    " ifnull(m.id, 0), ifnull(m.from_, ''), ifnull(m.subject, '') FROM hand_on AS h "
    "LEFT JOIN hand_on_targets AS t ON t.account = h.account AND t.name = h.destination "
    "LEFT JOIN messages AS m ON m.account = h.account AND m.sha256 = h.sha256 "
    "AND m.copy = h.copy "
    "WHERE h.state IN (0, 2) ORDER BY h.id";
constexpr std::string_view kAgain =
    "UPDATE hand_on SET state = 0, attempts = 0, retry_after = 0, failed = 0 "
    "WHERE id = ?1 AND state IN (0, 2)";
constexpr std::string_view kDrop =
    "UPDATE hand_on SET state = 3, retry_after = 0 WHERE id = ?1 AND state IN (0, 2)";
constexpr std::string_view kMove =
    "UPDATE OR IGNORE hand_on SET destination = ?2, state = 0, attempts = 0, retry_after = 0, "
    "failed = 0, reason = '' WHERE id = ?1 AND state IN (0, 2)";

Seconds time_of(std::int64_t number) { return Seconds(std::chrono::seconds(number)); }

QueueRow row_of(const archive::Statement& query) {
  QueueRow row;
  row.id = query.number(0);
  row.account = query.text(1);
  row.target = query.text(2);
  row.sha256 = query.text(3);
  row.state = static_cast<HandOnState>(query.number(4));
  row.attempts = static_cast<std::uint32_t>(query.number(5));
  row.next = time_of(query.number(6));
  row.failed = time_of(query.number(7));
  row.reason = query.text(8);
  row.message = query.number(9);
  row.from = query.text(10);
  row.subject = query.text(11);
  return row;
}

Status change(archive::Database& database, std::string_view sql, const QueueRow& row) {
  RESTANTE_TRY(archive::Statement statement, database.prepare(sql));
  statement.bind(1, row.id);
  return statement.run();
}

}  // namespace

Result<std::vector<QueueRow>> queue_rows(archive::Database& database) {
  RESTANTE_TRY(archive::Statement query, database.prepare(kRows));
  std::vector<QueueRow> rows;
  for (;;) {
    RESTANTE_TRY(const bool more, query.step());
    if (!more) return rows;
    rows.push_back(row_of(query));
  }
}

Status offer_again(archive::Database& database, const QueueRow& row) {
  return change(database, kAgain, row);
}

Status drop_row(archive::Database& database, const QueueRow& row) {
  return change(database, kDrop, row);
}

Status move_row(archive::Database& database, const QueueRow& row, std::string_view target) {
  if (row.target == target) return offer_again(database, row);
  RESTANTE_TRY(archive::Statement statement, database.prepare(kMove));
  statement.bind(1, row.id);
  statement.bind(2, target);
  RESTANTE_CHECKED(statement.run());
  // The new target has a row for it already.
  if (database.changes() == 0) return drop_row(database, row);
  return ok();
}

}  // namespace restante::fetch
