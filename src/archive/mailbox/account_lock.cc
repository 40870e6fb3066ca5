#include "archive/mailbox/account_lock.h"

#include <fcntl.h>
#include <poll.h>

#include "archive/mailbox/file_name.h"
#include "archive/mailbox/mailbox.h"

namespace restante::archive {
namespace {

// The time between two looks at another's lock.
constexpr std::chrono::milliseconds kStep{20};

/// Errors: kBusy (another open file has the lock), kIo, kAuth, kFull.
Result<Descriptor> lock_file(const Path& path, WhenBusy busy) {
  RESTANTE_TRY(Descriptor file, open_file(path, O_RDWR | O_CREAT));
  const bool waits = busy == WhenBusy::kWait;
  RESTANTE_CHECKED(
      files::lock_whole(file, waits ? files::WhenLocked::kWait : files::WhenLocked::kFail, path));
  return file;
}

}  // namespace

Path state_folder(const Path& archive) { return archive / ".restante"; }

Result<AccountLock> AccountLock::take(const Path& archive, std::string_view account) {
  RESTANTE_CHECKED(make_folders(state_folder(archive)));
  // Not waited for: a fetch that hangs on its server may last for hours, and a person at a terminal
  // wants to know.
  auto file =
      lock_file(state_folder(archive) / (account_folder(account) + ".lock"), WhenBusy::kLeave);
  if (file) return AccountLock(std::move(*file));
  if (file.error().code != Errc::kBusy) return std::move(file).error();
  return Error(Errc::kBusy, "another restante is at work on account \"" + std::string(account) +
                                "\": wait until it is done");
}

Result<std::vector<AccountLock>> AccountLock::take_all(const Path& archive) {
  RESTANTE_TRY(const auto accounts, accounts_in(archive));
  std::vector<AccountLock> locks;
  // In one order of names, so that two commands that take all do not hold a half each.
  for (const std::string& account : accounts) {
    RESTANTE_TRY(AccountLock lock, take(archive, account));
    locks.push_back(std::move(lock));
  }
  return locks;
}

Result<IndexLock> IndexLock::take(const Path& archive, WhenBusy busy) {
  RESTANTE_CHECKED(make_folders(state_folder(archive)));
  // No account's lock: their names begin with no dot.
  RESTANTE_TRY(Descriptor file, lock_file(state_folder(archive) / ".index.lock", busy));
  return IndexLock(std::move(file));
}

Result<MakingLock> MakingLock::take(const Path& database, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    auto file = lock_file(database.string() + ".lock", WhenBusy::kLeave);
    if (file) return MakingLock(std::move(*file));
    // The one who makes the tables needs a moment; a stopped one may never end.
    const bool is_over = std::chrono::steady_clock::now() >= deadline;
    if (file.error().code != Errc::kBusy || is_over) return std::move(file).error();
    // fcntl's own waiting has no time-out, and a command must not hang behind one that was stopped
    // by ^Z.
    static_cast<void>(::poll(nullptr, 0, static_cast<int>(kStep.count())));
  }
}

}  // namespace restante::archive
