#include "archive/removal.h"

#include <set>

namespace restante::archive {

Result<std::uint64_t> remove_messages(Database& database, const Path& archive,
                                      const std::vector<Entry>& entries) {
  std::set<Path> folders;
  for (const Entry& entry : entries) {
    const Path file = file_of(archive, entry);
    RESTANTE_CHECKED(remove_file(file));
    folders.insert(file.parent_path());
  }
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
