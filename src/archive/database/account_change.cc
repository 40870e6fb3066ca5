#include "archive/database/account_change.h"

#include <fcntl.h>

#include <vector>

#include "archive/database/database.h"
#include "archive/database/held_mail.h"
#include "archive/database/message_numbers.h"
#include "archive/mailbox/account_lock.h"
#include "archive/mailbox/file_name.h"

namespace restante::archive {
namespace {

namespace fs = std::filesystem;

// Two names of accounts.
constexpr std::size_t kPendingBytesMax = 4096;

Path pending_file(const Path& archive) { return state_folder(archive) / "renaming"; }

bool is_there(const Path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

/// Nothing: the archive has no database.
Result<std::optional<Database>> open_database(const Path& archive) {
  auto opened = Database::open(archive, Access::kWrite);
  if (!opened && opened.error().code == Errc::kNotFound) return std::optional<Database>();
  if (!opened) return std::move(opened).error();
  return std::optional(std::move(*opened));
}

/// Every table that names the account of its rows.
Result<std::vector<std::string>> account_tables(Database& database) {
  // Asked of the database itself, so that a table that comes later is not forgotten.
  RESTANTE_TRY(Statement query,
               database.prepare("SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) "
                                "c WHERE m.type = 'table' AND c.name = 'account'"));
  std::vector<std::string> tables;
  for (;;) {
    RESTANTE_TRY(const bool more, query.step());
    if (!more) return tables;
    tables.emplace_back(query.text(0));
  }
}

Result<bool> has_rows(Database& database, const std::string& account) {
  RESTANTE_TRY(const auto tables, account_tables(database));
  for (const std::string& table : tables) {
    RESTANTE_TRY(Statement query,
                 database.prepare("SELECT 1 FROM " + table + " WHERE account = ?1 LIMIT 1"));
    query.bind(1, account);
    RESTANTE_TRY(const bool any, query.step());
    if (any) return true;
  }
  return false;
}

/// Names in table meta that end in an account's: "maildir ACCOUNT" and "fetch.WORD.ACCOUNT".
constexpr std::string_view kOfAccount =
    "(name = 'maildir ' || ?1 OR (name LIKE 'fetch.%' AND instr(substr(name, 7), '.') > 0 AND "
    "substr(name, 7 + instr(substr(name, 7), '.')) = ?1))";

Status run_for(Database& database, const std::string& sql, std::string_view account,
               std::string_view other = {}) {
  RESTANTE_TRY(Statement change, database.prepare(sql));
  change.bind(1, account);
  if (!other.empty()) change.bind(2, other);
  return change.run();
}

Status rename_rows(Database& database, const Renaming& renaming) {
  RESTANTE_TRY(const auto transaction, database.begin());
  RESTANTE_TRY(const auto tables, account_tables(database));
  for (const std::string& table : tables)
    // Where a renaming was broken off, a run under the new name may have left rows; what the old
    // one knows is more.
    RESTANTE_CHECKED(run_for(database,
                             "UPDATE OR REPLACE " + table + " SET account = ?2 WHERE account = ?1",
                             renaming.from, renaming.to));
  RESTANTE_CHECKED(run_for(
      database,
      "UPDATE OR REPLACE meta SET name = substr(name, 1, length(name) - length(?1)) || ?2 WHERE " +
          std::string(kOfAccount),
      renaming.from, renaming.to));
  return transaction->commit();
}

/// Not there, or moved before: fine.
// The same step may have been done before a crash.
Status move_folder(const Path& from, const Path& to) {
  if (!is_there(from)) return ok();
  if (is_there(to)) return Error(Errc::kExists, to.string() + " is there already");
  RESTANTE_CHECKED(rename_file(from, to));
  return sync_folder(to.parent_path());
}

Status write_pending(const Path& archive, const Renaming& renaming) {
  return replace_durably(pending_file(archive), renaming.from + "\n" + renaming.to + "\n");
}

/// Errors: kExists. An account that mail readers or we know anything of is in the way.
Status check_free(const Path& archive, std::optional<Database>& database,
                  const std::string& account) {
  bool taken = is_there(archive / account_folder(account)) ||
               is_there(quarantine_folder(archive) / account_folder(account));
  if (!taken && database) {
    RESTANTE_TRY(const bool rows, has_rows(*database, account));
    taken = rows;
  }
  if (!taken) return ok();
  return Error(Errc::kExists,
               "the archive has mail, or knows, of an account \"" + account + "\" already");
}

Result<std::uint64_t> count_rows(Database& database, std::string_view sql,
                                 std::string_view account) {
  RESTANTE_TRY(Statement query, database.prepare(sql));
  query.bind(1, account);
  RESTANTE_TRY(const bool row, query.step());
  return row ? static_cast<std::uint64_t>(query.number(0)) : 0U;
}

Status erase_rows(Database& database, std::string_view account) {
  RESTANTE_TRY(const auto transaction, database.begin());
  RESTANTE_TRY(const auto tables, account_tables(database));
  for (const std::string& table : tables)
    RESTANTE_CHECKED(run_for(database, "DELETE FROM " + table + " WHERE account = ?1", account));
  RESTANTE_CHECKED(run_for(database, "DELETE FROM meta WHERE " + std::string(kOfAccount), account));
  return transaction->commit();
}

Status remove_tree(const Path& folder) {
  std::error_code error;
  fs::remove_all(folder, error);
  if (!error) return ok();
  return Error(Errc::kIo, folder.string() + ": remove: " + error.message());
}

}  // namespace

Result<std::optional<Renaming>> pending_renaming(const Path& archive) {
  const Path file = pending_file(archive);
  const auto opened = open_file(file, O_RDONLY);
  if (!opened && opened.error().code == Errc::kNotFound) return std::optional<Renaming>();
  if (!opened) return opened.error();
  std::string buffer(kPendingBytesMax, '\0');
  RESTANTE_TRY(const std::string_view text, read_some(*opened, buffer, file));
  const std::size_t middle = text.find('\n');
  const std::size_t end = middle == std::string_view::npos ? middle : text.find('\n', middle + 1);
  if (end == std::string_view::npos)
    return Error(Errc::kCorrupt, file.string() + ": names no two accounts");
  return std::optional(Renaming{std::string(text.substr(0, middle)),
                                std::string(text.substr(middle + 1, end - middle - 1))});
}

Status rename_account(const Path& archive, const Renaming& renaming) {
  // In this order everywhere, or two renamings could wait for each other.
  RESTANTE_TRY(const AccountLock from, AccountLock::take(archive, renaming.from));
  RESTANTE_TRY(const AccountLock to, AccountLock::take(archive, renaming.to));
  RESTANTE_TRY(const IndexLock index, IndexLock::take(archive, WhenBusy::kWait));
  RESTANTE_TRY(const auto pending, pending_renaming(archive));
  RESTANTE_TRY(std::optional<Database> database, open_database(archive));
  // Its steps may be half done: only the same renaming goes on from there.
  if (!pending) {
    RESTANTE_CHECKED(check_free(archive, database, renaming.to));
    RESTANTE_CHECKED(write_pending(archive, renaming));
  } else if (pending->from != renaming.from || pending->to != renaming.to) {
    return Error(Errc::kState, "the renaming of \"" + pending->from + "\" to \"" + pending->to +
                                   "\" must be brought to its end first");
  }
  const std::string old_folder = account_folder(renaming.from);
  const std::string new_folder = account_folder(renaming.to);
  // Folders first: a row without its file would be told as gone, a file without its row is found
  // again.
  RESTANTE_CHECKED(move_folder(archive / old_folder, archive / new_folder));
  const Path quarantine = quarantine_folder(archive);
  RESTANTE_CHECKED(move_folder(quarantine / old_folder, quarantine / new_folder));
  if (!database) return ok();
  RESTANTE_CHECKED(rename_rows(*database, renaming));
  return keep_numbers_of(*database, archive, renaming.to);
}

Status end_renaming(const Path& archive) {
  RESTANTE_CHECKED(remove_file(pending_file(archive)));
  return sync_folder(state_folder(archive));
}

Result<std::uint64_t> erase_account(const Path& archive, std::string_view account) {
  RESTANTE_TRY(const AccountLock lock, AccountLock::take(archive, account));
  RESTANTE_TRY(const IndexLock index, IndexLock::take(archive, WhenBusy::kWait));
  RESTANTE_TRY(std::optional<Database> database, open_database(archive));
  std::uint64_t messages = 0;
  if (database) {
    RESTANTE_TRY(
        const std::uint64_t count,
        count_rows(*database, "SELECT count(*) FROM messages WHERE account = ?1 AND removed = 0",
                   account));
    messages = count;
  }
  // The folder goes out of sight at once: half of it must not look like mail that a reader removed.
  const std::string folder = account_folder(account);
  const Path aside = state_folder(archive) / ("erased-" + folder);
  // An earlier run may have been ended here.
  RESTANTE_CHECKED(remove_tree(aside));
  RESTANTE_CHECKED(move_folder(archive / folder, aside));
  RESTANTE_CHECKED(sync_folder(archive));
  if (database) RESTANTE_CHECKED(erase_rows(*database, account));
  RESTANTE_CHECKED(remove_tree(aside));
  RESTANTE_CHECKED(remove_tree(quarantine_folder(archive) / folder));
  RESTANTE_CHECKED(sync_folder(state_folder(archive)));
  return messages;
}

Result<std::uint64_t> count_waiting(const Path& archive, std::string_view account) {
  auto database = Database::open(archive, Access::kRead);
  // No state that this version knows: nothing waits.
  const bool unknown = !database && (database.error().code == Errc::kNotFound ||
                                     database.error().code == Errc::kState);
  if (unknown) return 0U;
  if (!database) return std::move(database).error();
  return count_rows(*database, "SELECT count(*) FROM hand_on WHERE account = ?1 AND state = 0",
                    account);
}

}  // namespace restante::archive
