#include "archive/care/dedupe.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include <utility>
#include <vector>

#include "archive/mailbox/account_lock.h"
#include "archive/mailbox/file_name.h"
#include "archive/mailbox/stored_message.h"

namespace restante::archive {
namespace {

struct StoredCopy {
  Path file;
  std::string folder;  // The account's.
};

bool is_same_file(const Path& a, const Path& b) {
  struct stat first {};
  struct stat second {};
  // By the file and not by the name: they may be links already, by us or by the file system's
  // tools.
  return ::stat(a.c_str(), &first) == 0 && ::stat(b.c_str(), &second) == 0 &&
         first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

/// A mail reader may have renamed it since the database was asked.
void find_again(Path& file) {
  const auto name = parse_file_name(file.filename().string());
  if (!name || stamp_of(file)) return;
  for (const char* const part : {"cur", "new"}) {
    const Path folder = file.parent_path().parent_path() / part;
    const auto names = names_in(folder);
    if (!names) continue;
    for (const std::string& other : *names) {
      const auto parsed = parse_file_name(other);
      if (!parsed || parsed->sha256 != name->sha256) continue;
      file = folder / other;
      return;
    }
  }
}

class Deduping {
 public:
  Deduping(const Path& archive, bool dry_run, const std::function<void(const std::string&)>& tell)
      : archive_(archive), dry_run_(dry_run), tell_(tell) {}

  Status take_group(const std::string& sha256, const std::vector<StoredCopy>& copies) {
    ++deduped_.groups;
    Path first = copies.front().file;
    find_again(first);
    const auto sums = sums_of(first);
    // Before anything is linked to it: a damaged first one would damage them all.
    if (!sums || !sums->form_for(sha256))
      return refuse(first, "is damaged; nothing is linked to it");
    for (std::size_t i = 1; i < copies.size(); ++i) RESTANTE_CHECKED(link(first, *sums, copies[i]));
    return ok();
  }

  [[nodiscard]] const Deduped& deduped() const { return deduped_; }

 private:
  Status link(const Path& first, const FileSums& sums, StoredCopy copy) {
    find_again(copy.file);
    if (is_same_file(first, copy.file)) {
      ++deduped_.already;
      return ok();
    }
    const auto other = sums_of(copy.file);
    // Compared as files, octet for octet: the same message in two forms of line ends has two.
    if (!other || other->as_is != sums.as_is) return refuse(copy.file, "differs; left as it is");
    if (!dry_run_) {
      // A second name first, then in exchange for the copy: the name has a file at every moment.
      const Path tmp =
          // Ours by its ending, so that one that a kill leaves is removed later.
          archive_ / copy.folder / "tmp" / (copy.file.filename().string() + ".restante-incoming");
      RESTANTE_CHECKED(remove_file(tmp));
      if (::link(first.c_str(), tmp.c_str()) != 0)
        return refuse(copy.file, system_error("link", first).detail);
      const Status exchanged = exchange(tmp, copy.file, *other);
      if (!exchanged) {
        // It is a link to the first again, or gone.
        if (is_same_file(first, tmp)) RESTANTE_CHECKED(remove_file(tmp));
        return refuse(copy.file, exchanged.error().detail);
      }
      RESTANTE_CHECKED(remove_file(tmp));
      RESTANTE_CHECKED(sync_folder(copy.file.parent_path()));
    }
    ++deduped_.linked;
    deduped_.bytes_freed += sums.bytes;
    if (tell_) tell_(copy.file.string() + ": as " + first.string());
    return ok();
  }

  /// The link takes the copy's name and the copy that of the link, at once: a copy that a mail
  /// reader has renamed, removed or replaced meanwhile gets no second name.
  static Status exchange(const Path& link, const Path& copy, const FileSums& compared) {
    if (::renameat2(AT_FDCWD, link.c_str(), AT_FDCWD, copy.c_str(), RENAME_EXCHANGE) != 0) {
      if (errno == ENOENT)
        return Error(Errc::kNotFound, "was renamed or removed meanwhile; left as it is");
      return system_error("renameat2", copy);
    }
    const auto sums = sums_of(link);
    if (sums && sums->as_is == compared.as_is) return ok();
    // Back, in any case: rather two names than none.
    if (::renameat2(AT_FDCWD, link.c_str(), AT_FDCWD, copy.c_str(), RENAME_EXCHANGE) != 0)
      RESTANTE_CHECKED(rename_file(link, copy));
    return Error(Errc::kState, "was changed meanwhile; left as it is");
  }

  Status refuse(const Path& file, const std::string& why) {
    ++deduped_.failed;
    if (tell_) tell_(file.string() + ": " + why);
    return ok();
  }

  const Path& archive_;
  const bool dry_run_;
  const std::function<void(const std::string&)>& tell_;
  Deduped deduped_;
};

}  // namespace

Result<Deduped> dedupe(Database& database, const Path& archive, bool dry_run,
                       const std::function<void(const std::string&)>& tell) {
  std::vector<AccountLock> locks;
  // A dry run changes nothing, and must not wait for a fetch.
  if (!dry_run) {
    RESTANTE_TRY(std::vector<AccountLock> taken, AccountLock::take_all(archive));
    locks = std::move(taken);
  }
  RESTANTE_TRY(Statement query,
               database.prepare("SELECT DISTINCT sha256, account, name FROM messages WHERE "
                                "removed = 0 AND foreign_file = 0 AND sha256 IN (SELECT sha256 "
                                "FROM messages WHERE removed = 0 AND foreign_file = 0 GROUP BY "
                                "sha256 HAVING count(DISTINCT account) > 1) "
                                "ORDER BY sha256, account"));
  std::vector<std::pair<std::string, std::vector<StoredCopy>>> groups;
  for (;;) {
    // All at once: the statement must not be open while files are compared for minutes.
    RESTANTE_TRY(const bool more, query.step());
    if (!more) break;
    if (groups.empty() || groups.back().first != query.text(0))
      groups.emplace_back(query.text(0), std::vector<StoredCopy>());
    const std::string folder = account_folder(query.text(1));
    groups.back().second.push_back({archive / folder / std::string(query.text(2)), folder});
  }
  query.reset();
  Deduping deduping(archive, dry_run, tell);
  for (const auto& [sha256, copies] : groups) RESTANTE_CHECKED(deduping.take_group(sha256, copies));
  return deduping.deduped();
}

}  // namespace restante::archive
