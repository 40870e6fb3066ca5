#include "fetch/plan/plan.h"

#include <fmt/format.h>

#include <unordered_set>

namespace restante::fetch {
namespace {

// Fewer known messages than this are no full maildrop: that half of them is gone means nothing.
constexpr std::size_t kManyMessages = 20;
// A server with less than a twentieth of the known ids has given out new ones.
constexpr std::size_t kRenumberedShare = 20;
// How often a message that was deleted is fetched again to be deleted again.
constexpr std::uint32_t kComeBackMax = 3;

struct Presence {
  std::size_t expected = 0;
  std::size_t present = 0;
};

Doubt judge(const PlanInput& input, const Presence& presence) {
  if (input.listing.contradicts_itself()) return Doubt::kContradiction;
  // All that is known is there: what is new besides contradicts nothing.
  if (presence.expected == 0 || presence.present == presence.expected) return Doubt::kNone;
  if (!input.listing.has_uids) return Doubt::kNone;  // Nothing is compared by id then.
  // Mail that its owner has removed by another program is missing for good: after some days the
  // list is right.
  const bool believed = input.shrunken_since && input.now - *input.shrunken_since >= kDoubtTime;
  // An empty list is what a broken server gives first of all.
  if (input.listing.messages.empty()) return believed ? Doubt::kNone : Doubt::kShrunken;
  // Before the test for a shrunken list: after a renumbering all known ids are missing, too, and
  // that is certain without a wait of days.
  if (presence.present * kRenumberedShare < presence.expected) return Doubt::kRenumbered;
  if (presence.expected >= kManyMessages && presence.present * 2 < presence.expected)
    return believed ? Doubt::kNone : Doubt::kShrunken;
  return Doubt::kNone;
}

/// Decides what to do with one message.
class Judge {
 public:
  Judge(const PlanInput& input, Plan& plan) : input_(input), plan_(plan) {}

  void judge(const Listed& message) {
    if (!message.identified()) return judge_unidentified(message);
    if (is_elsewhere(input_.known, message.uid)) {
      ++plan_.elsewhere;
      return;
    }
    const auto found = input_.known.find(message.uid);
    if (found == input_.known.end()) return fetch(message, Why::kNew);
    const KnownUid& entry = found->second;
    switch (entry.state) {
      case UidState::kSeen: return fetch(message, Why::kNew);
      case UidState::kStored:
      case UidState::kDeleteSent:
        if (entry.lost) return fetch(message, Why::kLost);
        // The same id with another size is another message on a server that gives ids anew.
        if (!same_size(message, entry)) fetch(message, Why::kChanged);
        return;
      case UidState::kGone: return came_back(message, entry);
      case UidState::kVanished: return returned(message, entry);
      case UidState::kSkipped:
        if (entry.reason.starts_with(kByServer)) return refused(message, entry);
        // A server's refusal may pass; a rule of the owner's holds until he changes it.
        if (is_wanted_now(entry)) fetch(message, Why::kNew);
        return;
      case UidState::kFailed: return failed(message, entry);
      case UidState::kElsewhere: return;
    }
  }

 private:
  /// Without an id there is but one thing to remember: that it failed, as far as place and size
  /// tell that it is the same.
  void judge_unidentified(const Listed& message) {
    const auto found = input_.known.find(place_uid(message.number, message.octets));
    // A failure is what a place and a size are believed for; for more they would not do.
    if (found != input_.known.end() && found->second.state == UidState::kFailed)
      return failed(message, found->second);
    fetch(message, Why::kUnidentified);
  }

  /// The limit or the rules that left it out are no longer there. (Which of several rules it was is
  /// not asked.)
  [[nodiscard]] bool is_wanted_now(const KnownUid& entry) const {
    return entry.reason.starts_with(kTooLarge) ||
           (entry.reason.starts_with(kByRule) && !input_.policy.has_rules);
  }

  static bool same_size(const Listed& message, const KnownUid& entry) {
    return !message.octets || !entry.octets || *message.octets == *entry.octets;
  }

  void fetch(const Listed& message, Why why) {
    const auto size_max = input_.policy.size_max;
    if (size_max && message.octets.value_or(0) > *size_max) return too_large(message);
    if (!message.octets && was_too_large(message)) return;
    plan_.fetch.push_back({message.number, message.uid, message.octets, why});
  }

  /// LIST does not say its size, and it turned out to be more than is wanted.
  [[nodiscard]] bool was_too_large(const Listed& message) const {
    const auto found = input_.known.find(
        message.identified() ? message.uid : place_uid(message.number, message.octets));
    // Where nothing but its place tells which message it is, that holds only for a while.
    return found != input_.known.end() && input_.policy.size_max &&
           (message.identified() || found->second.retry_after > input_.now) &&
           found->second.reason == too_large_reason(*input_.policy.size_max);
  }

  void too_large(const Listed& message) {
    std::string reason = too_large_reason(*input_.policy.size_max);
    if (const auto found = input_.known.find(message.uid);
        found != input_.known.end() &&
        // A limit that was set later does not take out what is here, and the same reason is not
        // told twice.
        (found->second.has_content() || found->second.reason == reason)) {
      return;
    }
    plan_.skip.push_back({message.uid, message.octets, std::move(reason)});
  }

  void came_back(const Listed& message, const KnownUid& entry) {
    // A server that never deletes would have it fetched and deleted in every run for ever.
    if (same_size(message, entry) && entry.attempts >= kComeBackMax) {
      ++plan_.come_back;
      return;
    }
    fetch(message, Why::kBack);
  }

  void returned(const Listed& message, const KnownUid& entry) {
    if (!entry.has_content()) return fetch(message, Why::kNew);
    if (entry.lost) return fetch(message, Why::kLost);
    if (!same_size(message, entry)) return fetch(message, Why::kChanged);
    plan_.returned.push_back(message.uid);
  }

  /// Once a week, without a word meanwhile.
  void refused(const Listed& message, const KnownUid& entry) {
    if (entry.retry_after <= input_.now || input_.retry_now) failed(message, entry);
  }

  void failed(const Listed& message, const KnownUid& entry) {
    if (entry.retry_after > input_.now && !input_.retry_now) {
      ++plan_.waiting;
      return;
    }
    const auto size_max = input_.policy.size_max;
    if (size_max && message.octets.value_or(0) > *size_max) return too_large(message);
    plan_.retry.push_back({message.number, message.uid, message.octets, Why::kAgain});
  }

  const PlanInput& input_;
  Plan& plan_;
};

/// Messages that are known and not listed. In doubt nothing is concluded from an absence; only
/// after renumbering, when all that is listed is looked at by content anyway.
void judge_absent(const PlanInput& input, const std::unordered_set<std::string_view>& present,
                  Plan& plan) {
  if (!input.listing.has_uids) return;
  if (plan.doubt != Doubt::kNone && plan.doubt != Doubt::kRenumbered) return;
  for (const auto& [uid, entry] : input.known) {
    // Ids of our own making stand for messages that no listing names.
    if (!is_server_uid(uid) || present.contains(uid)) continue;
    // A deletion whose QUIT was not answered: its absence is the answer.
    if (entry.state == UidState::kDeleteSent) plan.gone.push_back(uid);
    if (entry.expected()) plan.vanished.push_back(uid);
  }
}

}  // namespace

std::string_view to_string(Doubt doubt) {
  switch (doubt) {
    case Doubt::kNone: return "none";
    case Doubt::kContradiction: return "the listing contradicts itself";
    case Doubt::kShrunken: return "most of what was on the server is missing from the listing";
    case Doubt::kRenumbered: return "the server has given its messages new unique ids";
  }
  return "none";
}

std::uint64_t Plan::octets() const {
  std::uint64_t sum = 0;
  for (const Fetch& message : fetch) sum += message.octets.value_or(0);
  return sum;
}

Plan make_plan(const PlanInput& input) {
  Plan plan;
  std::unordered_set<std::string_view> present;
  for (const Listed& message : input.listing.messages)
    if (message.identified()) present.insert(message.uid);
  Presence presence;
  for (const auto& [uid, entry] : input.known) {
    if (!entry.expected() || !is_server_uid(uid)) continue;
    ++presence.expected;
    if (present.contains(uid)) ++presence.present;
  }
  plan.doubt = judge(input, presence);
  Judge messages(input, plan);
  for (const Listed& message : input.listing.messages) messages.judge(message);
  judge_absent(input, present, plan);
  return plan;
}

}  // namespace restante::fetch
