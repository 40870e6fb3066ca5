#include "fetch/run/remover.h"

#include "base/numbers.h"

#include <fmt/format.h>

#include <unordered_set>

namespace restante::fetch {
namespace {

/// The message as the deletions' rules see it; counts those that are gone from the archive.
Result<OnServer> as_on_server(Run& run, const Listed& message, const Unidentified& unidentified,
                              std::uint64_t& missing) {
  OnServer seen;
  seen.number = message.number;
  seen.uid = message.uid;
  seen.octets = message.octets.value_or(0);
  seen.first_seen = run.local.now();
  if (!message.identified()) {
    const auto content = unidentified.find(message.number);
    // Not received in this session, so its content is not known: it stays.
    if (content == unidentified.end()) return seen;
    seen.uid = content_uid(content->second);
  }
  const KnownUid entry = run.local.entry_of(seen.uid);
  seen.first_seen = entry.first_seen;
  seen.seen_days = entry.seen_days;
  // Only content that was stored can be safe.
  if (entry.state != UidState::kStored && entry.state != UidState::kDeleteSent) return seen;
  RESTANTE_TRY(const bool gone, run.local.is_gone(entry.sha256, entry.copy));
  missing += gone && run.options.account.keep_in_archive ? 1 : 0;
  RESTANTE_TRY(const bool safe, run.local.is_safe(entry.sha256, entry.copy));
  RESTANTE_TRY(const bool removed, run.local.was_removed(entry.sha256, entry.copy));
  seen.safe = safe;
  // Where mail only passes through, its absence from the archive is no wish of the user's.
  seen.removed = removed && run.options.account.keep_in_archive;
  return seen;
}

Status mark(Run& run, const std::vector<Deletion>& deletions, UidState state) {
  std::vector<Change> changes;
  for (const Deletion& each : deletions) {
    changes.push_back({each.uid, run.local.entry_of(each.uid)});
    changes.back().entry.state = state;
  }
  return run.local.store(changes);
}

/// Sends DELE for all; which of them the server has marked.
Result<std::vector<Deletion>> send(Run& run, Session& session,
                                   const std::vector<Deletion>& deletions) {
  for (const Deletion& each : deletions) RESTANTE_CHECKED(session.request_dele(each.number));
  std::vector<Deletion> marked;
  for (const Deletion& each : deletions) {
    RESTANTE_TRY(const SimpleReply answer, session.receive_reply());
    if (answer.ok) {
      marked.push_back(each);
    } else {
      // Each answer belongs to one DELE, also when the server takes several at once.
      run.note(fmt::format("message {} could not be deleted: the server says: {}", each.number,
                           answer.text));
    }
  }
  return marked;
}

}  // namespace

Result<std::vector<Deletion>> plan_deletions(Run& run, const Listing& listing,
                                             const Unidentified& unidentified,
                                             const std::vector<Fetch>& as_if_fetched) {
  const Policy policy = policy_of(run.options.account);
  // Nothing is looked at for an account that deletes nothing.
  if (!policy.deletes() || !run.options.may_delete) return std::vector<Deletion>();
  std::unordered_set<std::uint32_t> fetched;
  for (const Fetch& message : as_if_fetched) fetched.insert(message.number);
  std::vector<OnServer> messages;
  std::uint64_t missing = 0;
  for (const Listed& message : listing.messages) {
    // A large mailbox takes longer to look through than some servers wait.
    if (run.keep_alive) RESTANTE_CHECKED(run.keep_alive());
    // They are none of ours, and do not count among those that may stay.
    if (message.identified() && is_elsewhere(run.local.known(), message.uid)) continue;
    RESTANTE_TRY(OnServer seen, as_on_server(run, message, unidentified, missing));
    // A dry run shows what would follow, as if all had gone well.
    if (fetched.contains(message.number)) seen.safe = true;
    messages.push_back(std::move(seen));
  }
  const Trust trust{static_cast<bool>(run.options.confirm), !run.local.is_clock_doubted()};
  Deletions chosen = choose_deletions(messages, policy, run.local.now(), trust);
  if (chosen.too_soon > 0) {
    run.note(fmt::format(
        "the clock has jumped: {} on the server until it has agreed for a day, or their deletion "
        "is confirmed (--confirm)",
        counted(chosen.too_soon, "message that is old by it stays",
                "messages that are old by it stay")));
  }
  if (missing > 0) {
    run.note(
        counted(missing, "message is", "messages are") +
        " missing from the archive, not deleted here, and kept on the server: see restante verify");
  }
  if (chosen.held_back > 0) {
    run.note(counted(chosen.held_back, "message is", "messages are") +
             " missing from the archive at once, and kept on the server until their deletion is "
             "confirmed");
  }
  return std::move(chosen.messages);
}

Status delete_and_quit(Run& run, Session& session, const std::vector<Deletion>& deletions) {
  bool agreed = true;
  // The session is kept alive while a person reads the list.
  if (!deletions.empty() && run.options.confirm) {
    RESTANTE_TRY(const bool answer,
                 run.options.confirm(deletions, [&session] { return session.noop(); }));
    agreed = answer;
  }
  if (deletions.empty() || !agreed) {
    // Nothing hangs on the answer.
    static_cast<void>(session.quit());
    return ok();
  }
  if (run.options.confirm && run.local.is_clock_doubted())
    RESTANTE_CHECKED(run.local.confirm_clock());
  run.observer.entered(Phase::kDeleting);
  // Durable before the first DELE: after a crash the next listing tells whether the server did it.
  RESTANTE_CHECKED(mark(run, deletions, UidState::kDeleteSent));
  for (const Deletion& each : deletions) run.unconfirmed.insert(each.uid);
  run.report.unconfirmed = run.unconfirmed.size();
  RESTANTE_TRY(const std::vector<Deletion> marked, send(run, session, deletions));
  // Only QUIT's +OK says that the deletions are done.
  RESTANTE_CHECKED(session.quit());
  RESTANTE_CHECKED(mark(run, marked, UidState::kGone));
  for (const Deletion& each : deletions) run.unconfirmed.erase(each.uid);
  run.report.unconfirmed = run.unconfirmed.size();
  run.report.deleted += marked.size();
  return ok();
}

}  // namespace restante::fetch
