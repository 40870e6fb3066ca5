#include "fetch/state/take_over.h"

#include <vector>

namespace restante::fetch {
namespace {

/// Nothing of it was ever here, and no decision about it is noted.
bool is_open(const LocalMail& local, const std::string& uid) {
  // What is here already stays as it is: a list of another program must not take mail out of sight.
  const auto found = local.known().find(uid);
  if (found == local.known().end()) return true;
  const KnownUid& entry = found->second;
  const bool is_undone = entry.state == UidState::kSeen || entry.state == UidState::kFailed ||
                         entry.state == UidState::kSkipped;
  return is_undone && !entry.has_content();
}

}  // namespace

Result<TakenOver> take_over(LocalMail& local, std::span<const std::string> uids,
                            const std::string& program) {
  TakenOver done;
  std::vector<Change> changes;
  for (const std::string& uid : uids) {
    if (!is_open(local, uid)) {
      ++done.known;
      continue;
    }
    Change change{uid, local.entry_of(uid)};
    change.entry.state = UidState::kElsewhere;
    // The size is not known, and any would be another message's.
    change.entry.octets.reset();
    change.entry.reason = "fetched by " + program;
    changes.push_back(std::move(change));
  }
  RESTANTE_CHECKED(local.store(changes));
  done.added = changes.size();
  return done;
}

Result<std::uint64_t> forget_taken_over(LocalMail& local) {
  std::vector<Change> changes;
  for (const auto& [uid, entry] : local.known()) {
    if (entry.state != UidState::kElsewhere) continue;
    changes.push_back({uid, entry});
    changes.back().entry.state = UidState::kSeen;
    changes.back().entry.reason.clear();
  }
  RESTANTE_CHECKED(local.set_from_now_on(false, changes));
  return changes.size();
}

}  // namespace restante::fetch
