#include "archive/care/removal.h"

#include <set>

namespace restante::archive {
namespace {

/// Whether a message that stays has the file of this one.
Result<bool> is_needed(Database& database, const Entry& entry,
                       const std::set<std::int64_t>& going) {
  RESTANTE_TRY(Statement others, database.prepare("SELECT id FROM messages WHERE sha256 = ?1 AND "
                                                  "account = ?2 AND removed = 0"));
  others.bind(1, entry.sha256);
  others.bind(2, entry.account);
  for (;;) {
    RESTANTE_TRY(const bool more, others.step());
    if (!more) return false;
    if (!going.contains(others.number(0))) return true;
  }
}

}  // namespace

Result<std::uint64_t> remove_messages(Database& database, const Path& archive,
                                      const std::vector<Entry>& entries) {
  std::set<Path> folders;
  std::set<std::int64_t> going;
  // Told first, since messages of one file may all be among those that go.
  for (const Entry& entry : entries) going.insert(entry.id);
  for (const Entry& entry : entries) {
    // Other messages may have the same octets, and so the same file.
    RESTANTE_TRY(const bool stays, is_needed(database, entry, going));
    if (stays) continue;
    const Path file = file_of(archive, entry);
    RESTANTE_CHECKED(remove_file(file));
    folders.insert(file.parent_path());
  }
  // Files first, then their rows: a crash between leaves messages that are gone, which is told, and
  // none that comes back.
  for (const Path& folder : folders) RESTANTE_CHECKED(sync_folder(folder));
  RESTANTE_TRY(const auto transaction, database.begin());
  RESTANTE_TRY(Statement update, database.prepare("UPDATE messages SET removed = 1 WHERE id = ?1"));
  for (const Entry& entry : entries) {
    update.bind(1, entry.id);
    RESTANTE_CHECKED(update.run());
  }
  RESTANTE_CHECKED(transaction->commit());
  return entries.size();
}

}  // namespace restante::archive
