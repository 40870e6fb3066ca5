#include "fetch/run/receiver.h"

#include <fmt/format.h>

#include "base/ascii.h"
#include "fetch/plan/backoff.h"
#include "fetch/run/message_sinks.h"

namespace restante::fetch {
namespace {

// A group shares its syncs. It is small enough that a crash costs little, and that the server does
// not wait for us.
constexpr std::size_t kGroupMessages = 100;
constexpr std::uint64_t kGroupOctets = 32ULL << 20;
constexpr auto kGroupTime = std::chrono::milliseconds(250);

// This many messages refused one after the other in the same words: the next would be, too.
constexpr std::size_t kAlikeMax = 10;
// A permanent refusal passes only when its cause is mended on the server: ask again in a week.
constexpr std::chrono::hours kPermanentDelay{7 * 24};

/// Asking again soon would not help (RFC 3206 s.4).
bool is_permanent(const Retrieved& answer) {
  return answer.code == "SYS/PERM" || answer.code == "AUTH";
}

/// What stands for the message in the fetch state.
std::string row_uid(const Fetch& message) {
  return message.uid.empty() ? place_uid(message.number, message.octets) : message.uid;
}

/// The session, rather than we ourselves, went wrong.
bool blames_message(const Error& error) {
  return error.code == Errc::kTimeout || error.code == Errc::kClosed || error.code == Errc::kIo ||
         error.code == Errc::kSyntax || error.code == Errc::kLimit;
}

/// Sizes and numbers of messages are no other words.
std::string without_digits(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (!is_digit(c)) out += c;
  return out;
}

/// The session may have gone wrong because several commands were under way. A server that hangs up
/// may have had enough of us.
bool blames_order(const Error& error) {
  return error.code == Errc::kTimeout || error.code == Errc::kSyntax || error.code == Errc::kLimit;
}

}  // namespace

Status Receiver::fetch(std::span<const Fetch> messages, std::size_t messages_max) {
  messages = messages.first(std::min(messages.size(), messages_max));
  Window window(run_.options.account.window);
  Status status = ok();
  for (std::size_t next = 0; next < messages.size(); ++next) {
    const Fetch& message = messages[next];
    // Nothing is under way now: one more request tells a quota from a row of broken messages.
    if (had_enough_ && !doubted_ && alone_.empty() && !is_patient_) {
      status = probe(messages.back());
      messages = messages.first(messages.size() - 1);
      if (next == messages.size()) break;
    }
    // Answers that are under way are read to their end: they may be whole.
    if (!status || ((doubted_ || had_enough_) && alone_.empty())) break;
    status = ask(messages, window);
    if (status) status = receive(message);
    if (!status) break;
    window.arrived(message.octets);
    if (group_is_due()) status = keep_group();
    if (!status) break;
  }
  // A message that came whole is good, also when the one after it failed.
  Status kept = local_failed_ ? ok() : keep_group();
  if (kept && !local_failed_) kept = fetch_unsure_again();
  return status ? kept : status;
}

Status Receiver::ask(std::span<const Fetch> messages, Window& window) {
  const bool ahead = run_.pipelining.is_trusted();
  session_.set_window(ahead ? run_.options.account.window : 1);
  while (!doubted_ && !had_enough_ && asked_ < messages.size() &&
         window.admits(messages[asked_].octets)) {
    // An answer is surely this message's only when no other request was open.
    const bool alone = window.under_way() == 0;
    if (!alone && !session_.asks_ahead()) break;
    RESTANTE_CHECKED(session_.request_retr(messages[asked_].number));
    if (!alone) alone_.front() = false;
    alone_.push_back(alone);
    window.asked(messages[asked_].octets);
    ++asked_;
  }
  return ok();
}

Status Receiver::receive(const Fetch& message) {
  Result<std::unique_ptr<archive::Incoming>> incoming = run_.local.begin();
  if (!incoming) return local(std::move(incoming).error());
  const auto size_max = run_.options.account.size_max;
  const bool by_size = !message.octets && size_max;
  ArchiveSink sink(**incoming, run_.observer,
                   by_size ? *size_max : message_octets_max(message.octets));
  Result<Retrieved> answer = session_.receive_message(sink, message.octets);
  const bool alone = alone_.front();
  alone_.pop_front();
  if (sink.local()) return local(std::move(answer).error());
  if (!answer) {
    // The rest of the message would have to be read to go on: cheaper is another session.
    if (by_size && sink.is_too_long()) return give_up(message, *size_max, answer.error());
    // Not this message's fault but that of several requests together, perhaps.
    if (!alone && blames_order(answer.error())) return lost(message, answer.error());
    if (blames_message(answer.error())) RESTANTE_CHECKED(broke(message, answer.error()));
    return std::move(answer).error();
  }
  if (!answer->ok) return refused(message, *answer, alone);
  return take(message, std::move(*incoming), sink.header(), alone);
}

Status Receiver::take(const Fetch& message, std::unique_ptr<archive::Incoming> incoming,
                      const HeaderBlock& header, bool alone) {
  Result<archive::Received> received = incoming->finish();
  if (!received) return local(std::move(received).error());
  RESTANTE_TRY(const bool believed, is_believed(message, *received, alone));
  if (!believed) return ok();
  if (const auto* rule = find_rule(run_.options.account.skip, header.text()))
    return set_aside(message, UidState::kSkipped, fmt::format("{} {}", kByRule, rule->field));
  if (group_.empty()) group_began_ = std::chrono::steady_clock::now();
  group_octets_ += received->octets;
  group_.push_back({message, std::move(incoming), std::move(*received)});
  return ok();
}

Result<bool> Receiver::is_believed(const Fetch& message, const archive::Received& received,
                                   bool alone) {
  Pipelining& pipelining = run_.pipelining;
  // A message came: the row of refusals is over.
  alike_ = 0;
  const auto [seen, is_first] = contents_.try_emplace(received.sha256, message.octets);
  // An answer that comes twice may be late rather than this message's, also when it is alone: LIST
  // says that the two are not the same.
  const bool repeated = !is_first && seen->second != message.octets;
  if (alone && !repeated) {
    RESTANTE_CHECKED(local(pipelining.came_alone(message, received.sha256, received.octets)));
    return true;
  }
  // An earlier message may have come once more: then the same size proves nothing.
  if (received.octets == message.octets && is_first) {
    pipelining.fitted(message);
    return true;
  }
  doubted_ = true;
  RESTANTE_CHECKED(local(pipelining.doubt(message, received.sha256)));
  return false;
}

Status Receiver::lost(const Fetch& message, const Error& error) {
  doubted_ = true;
  // Octets in place of a reply are the answer to another command; a missing reply may be the
  // network's fault.
  const bool is_shifted = error.code == Errc::kSyntax;
  RESTANTE_CHECKED(local(is_shifted ? run_.pipelining.break_off(error.detail)
                                    : run_.pipelining.doubt(message, {})));
  return error;
}

Status Receiver::give_up(const Fetch& message, std::uint64_t size_max, const Error& error) {
  left_too_large_ = true;
  RESTANTE_CHECKED(set_aside(message, UidState::kSkipped, too_large_reason(size_max)));
  return error;
}

Status Receiver::fetch_unsure_again() {
  std::vector<Change> changes;
  for (const std::string& uid : run_.pipelining.take_unsure()) {
    Change change{uid, run_.local.entry_of(uid)};
    if (change.entry.state != UidState::kStored) continue;
    change.entry.state = UidState::kSeen;
    changes.push_back(std::move(change));
  }
  found_unsure_ = found_unsure_ || !changes.empty();
  return local(run_.local.store(changes));
}

bool Receiver::group_is_due() const {
  if (group_.empty()) return false;
  return group_.size() >= kGroupMessages || group_octets_ >= kGroupOctets ||
         std::chrono::steady_clock::now() - group_began_ >= kGroupTime;
}

Status Receiver::keep_group() {
  if (group_.empty()) return ok();
  group_octets_ = 0;
  // The group is taken out first: after an error it must not be kept a second time.
  Result<std::vector<Landed>> landed = run_.local.keep(std::exchange(group_, {}));
  if (!landed) return local(std::move(landed).error());
  Report& report = run_.report;
  for (Landed& each : *landed) {
    ++settled_;
    ++(each.is_new ? report.fetched : report.known);
    report.octets += each.octets;
    report.forget_failure(each.fetch.number, each.fetch.uid);
    run_.observer.settled(each.is_new ? Outcome::kNew : Outcome::kKnown);
    if (each.is_new && !each.is_held && run_.options.lists_messages() &&
        report.messages.size() < kNewMessagesMax) {
      report.messages.push_back({each.sha256, each.octets, each.fetch.uid});
    }
    if (each.fetch.uid.empty()) unidentified_[each.fetch.number] = std::move(each.sha256);
  }
  return ok();
}

Status Receiver::refused(const Fetch& message, const Retrieved& answer, bool alone) {
  if (alone) RESTANTE_CHECKED(local(run_.pipelining.failed_alone(message)));
  std::string reason =
      std::string(kByServer) + (answer.code.empty() ? "" : "[" + answer.code + "] ") + answer.text;
  const std::string words = without_digits(reason);
  alike_ = words == last_refusal_ ? alike_ + 1 : 1;
  last_refusal_ = words;
  // Thousands of refusals may make a provider lock the account.
  if (alike_ >= kAlikeMax && !is_patient_) had_enough_ = true;
  const UidState state = is_permanent(answer) ? UidState::kSkipped : UidState::kFailed;
  run_.report.add_failure({message.number, message.uid, reason, state == UidState::kFailed});
  return set_aside(message, state, std::move(reason));
}

// A quota refuses the newest message as well; a fault of the old messages does not.
Status Receiver::probe(const Fetch& newest) {
  RESTANTE_CHECKED(session_.request_retr(newest.number));
  alone_.push_back(true);
  RESTANTE_CHECKED(receive(newest));
  had_enough_ = alike_ > kAlikeMax;
  is_patient_ = true;
  if (had_enough_ && !run_.report.failures.empty())
    run_.note("the server refuses one message after the other, in words like these: " +
              run_.report.failures.back().reason + "; the rest is left to the next run");
  return ok();
}

Status Receiver::broke(const Fetch& message, const Error& error) {
  RESTANTE_CHECKED(local(run_.pipelining.failed_alone(message)));
  run_.report.add_failure({message.number, message.uid, error.detail, /*again=*/true});
  broke_ = true;
  return set_aside(message, UidState::kFailed, error.detail);
}

Status Receiver::set_aside(const Fetch& message, UidState state, std::string reason) {
  ++settled_;
  const bool failed = state == UidState::kFailed;
  if (!failed) ++run_.report.skipped;
  run_.observer.settled(failed ? Outcome::kFailed : Outcome::kSkipped);
  Change change{row_uid(message), {}};
  KnownUid& entry = change.entry = run_.local.entry_of(change.uid);
  // Only failures in a row make the wait longer.
  entry.attempts = entry.state == UidState::kFailed ? entry.attempts + 1 : 1;
  // The first time that a session broke it may have been the network's fault: the message is tried
  // again in this very run, at the end.
  const std::uint32_t counted = broke_ ? entry.attempts - 1 : entry.attempts;
  const bool is_lasting = state == UidState::kSkipped && reason.starts_with(kByServer);
  entry.retry_after = run_.local.now() +
                      (is_lasting ? kPermanentDelay : std::chrono::seconds(retry_delay(counted)));
  entry.state = state;
  entry.octets = message.octets;
  entry.reason = std::move(reason);
  return local(run_.local.store({&change, 1}));
}

Status Receiver::local(Status status) {
  if (!status) local_failed_ = true;
  return status;
}

}  // namespace restante::fetch
