#include "fetch/run/read_back.h"

#include "base/numbers.h"

#include <fmt/format.h>

#include <chrono>

namespace restante::fetch {
namespace {

// Servers close sessions that are silent for ten minutes (RFC 1939 s.3), some much earlier.
constexpr std::chrono::seconds kSilence{20};

/// Its deletion does not rest on a file: that was removed by the user, or it was handed on.
Result<bool> needs_no_file(Run& run, const KnownUid& entry) {
  return run.local.was_removed(entry.sha256, entry.copy);
}

}  // namespace

Result<ReadBack> read_back(Run& run, Session& session, std::vector<Deletion> deletions) {
  ReadBack result;
  std::vector<Change> damaged;
  auto heard = std::chrono::steady_clock::now();
  for (Deletion& each : deletions) {
    if (run.options.stop.raised()) return Error(Errc::kState, "stopped");
    // Reading back a large mailbox takes longer than some servers wait.
    if (std::chrono::steady_clock::now() - heard > kSilence) {
      RESTANTE_CHECKED(session.noop());
      heard = std::chrono::steady_clock::now();
    }
    KnownUid entry = run.local.entry_of(each.uid);
    RESTANTE_TRY(const bool removed, needs_no_file(run, entry));
    if (removed || run.local.is_whole(entry)) {
      result.messages.push_back(std::move(each));
      continue;
    }
    // Seen, and not stored: the plan of the next session fetches it.
    entry.state = UidState::kSeen;
    damaged.push_back({each.uid, std::move(entry)});
    // Once a run: a disk that loses what it writes must not keep it going.
    if (run.refetched.insert(each.uid).second) result.fetch_again = true;
  }
  if (damaged.empty()) return result;
  run.note(counted(damaged.size(), "message is", "messages are") +
           " damaged or missing in the archive: fetched again before any deletion on the server");
  RESTANTE_CHECKED(run.local.store(damaged));
  return result;
}

}  // namespace restante::fetch
