#include "fetch/run/receiver.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/ascii.h"
#include "fetch/plan/backoff.h"
#include "fetch/run/message_sinks.h"

namespace restante::fetch {
namespace {

// A group shares its syncs. It is small enough that a crash costs little, and that the server does
// not wait for us.
constexpr std::size_t kGroupMessages = 100;
constexpr std::uint64_t kGroupOctets = 32ULL << 20;
// A quarter of a second: slow mail is durable soon, fast mail shares its syncs.
constexpr auto kGroupTime = std::chrono::milliseconds(250);

// After this many messages that could not be told from others, TOP is not asked any more.
constexpr std::size_t kAgainMax = 20;
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
  // In octets, too: a slow line with large messages under way looks like a silent server.
  Window window(run_.options.account.window);
  Status status = ok();
  while (status) {
    // Nothing is under way now: one more request tells a quota from a row of broken messages.
    if (had_enough_ && !doubted_ && under_way_.empty() && !is_patient_ &&
        asked_ < messages.size()) {
      status = probe(messages.back());
      messages = messages.first(messages.size() - 1);
    }
    if (status) status = ask(messages, window);
    if (!status || under_way_.empty()) break;
    status = receive_next(window);
    if (status && group_is_due()) status = keep_group();
  }
  // Judged after each message: what is durable is not fetched again after a crash.
  twins_.give_up();
  status = fetch_alone_again(std::move(status));
  // A message that came whole is good, also when the one after it failed.
  Status kept = local_failed_ ? ok() : keep_group();
  if (kept && !local_failed_) kept = fetch_unsure_again();
  return status ? kept : status;
}

bool Receiver::tells_twins_apart() const {
  const Capabilities& server = session_.capabilities();
  return top_tells_ && (server.top || !server.known);
}

Status Receiver::ask(std::span<const Fetch> messages, Window& window) {
  const bool ahead = run_.pipelining.is_trusted();
  // A server that is not trusted gets one command at a time.
  session_.set_window(ahead ? run_.options.account.window : 1);
  while (!doubted_ && !had_enough_ && asked_ < messages.size() &&
         window.admits(messages[asked_].octets, tells_twins_apart())) {
    const bool can_be_told = session_.asks_ahead() && messages[asked_].octets;
    if (!under_way_.empty() && !can_be_told) break;
    RESTANTE_CHECKED(ask_for(messages[asked_], window));
    ++asked_;
  }
  return doubted_ ? ok() : ask_for_headers();
}

Status Receiver::ask_for(const Fetch& message, Window& window) {
  RESTANTE_CHECKED(session_.request_retr(message.number));
  const bool is_twin = window.has(message.octets);
  for (const Asked& each : under_way_)
    if (is_twin && !each.is_top && each.message->octets == message.octets)
      twins_.add(*each.message);
  if (!under_way_.empty()) under_way_.front().alone = false;
  under_way_.push_back({&message, /*is_top=*/false, under_way_.empty()});
  window.asked(message.octets);
  // The TOPs of earlier messages go behind this RETR; this message's TOP goes behind the next one.
  RESTANTE_CHECKED(ask_for_headers());
  if (is_twin) twins_.add(message);
  return ok();
}

Status Receiver::ask_for_headers() {
  while (const Fetch* twin = twins_.next_to_ask()) {
    RESTANTE_CHECKED(session_.request_top(twin->number, 0));
    under_way_.push_back({twin, /*is_top=*/true});
  }
  return ok();
}

Status Receiver::receive_next(Window& window) {
  const Asked asked = under_way_.front();
  if (asked.is_top) {
    under_way_.pop_front();
    return receive_header(*asked.message);
  }
  const Status received = receive(*asked.message, asked.alone);
  under_way_.pop_front();
  window.arrived(asked.message->octets);
  return received;
}

Status Receiver::receive(const Fetch& message, bool alone) {
  Result<std::unique_ptr<archive::Incoming>> incoming = run_.local.begin();
  if (!incoming) return local(std::move(incoming).error());
  const auto size_max = run_.options.account.size_max;
  const bool by_size = !message.octets && size_max;
  ArchiveSink sink(**incoming, run_.observer,
                   by_size ? *size_max : message_octets_max(message.octets));
  Result<Retrieved> answer = session_.receive_message(sink, message.octets);
  if (sink.local()) return local(std::move(answer).error());
  if (!answer) {
    if (by_size && sink.is_too_long()) return give_up(message, *size_max, answer.error());
    if (!alone && blames_order(answer.error())) return lost(message, answer.error());
    if (blames_message(answer.error())) RESTANTE_CHECKED(broke(message, answer.error()));
    return std::move(answer).error();
  }
  if (!answer->ok) return refused(message, *answer, alone);
  Result<archive::Received> received = (*incoming)->finish();
  if (!received) return local(std::move(received).error());
  return take({&message, std::move(*incoming), std::move(*received), sink.header()}, alone);
}

Status Receiver::take(Came came, bool alone) {
  Pipelining& pipelining = run_.pipelining;
  alike_ = 0;  // A message came: the row of refusals is over.
  const Fetch& message = *came.message;
  const std::string sha256 = came.received.sha256;
  const auto [seen, is_first] = contents_.try_emplace(sha256, First{&message, alone});
  const First first = seen->second;
  // An answer that comes twice may be late rather than this message's, also when it is alone: LIST
  // Two messages with the same octets are usual; with different sizes one of the answers is wrong.
  // says that the two are not the same.
  const bool repeated = !is_first && first.message->octets != message.octets;
  if (alone && !repeated) return take_alone(std::move(came));
  if (repeated || came.received.octets != message.octets) {
    doubted_ = true;
    return local(pipelining.doubt(message, sha256));
  }
  // An earlier message may have come once more: then the same size proves nothing.
  if (!is_first) {
    ask_both_again(message, sha256, {first.alone ? nullptr : first.message, sha256});
    return ok();
  }
  if (twins_.has(message)) return hold(std::move(came));
  pipelining.fitted(message);
  return believe(std::move(came));
}

Status Receiver::take_alone(Came came) {
  RESTANTE_CHECKED(
      local(run_.pipelining.came_alone(*came.message, came.received.sha256, came.received.octets)));
  return only_compares_ ? ok() : believe(std::move(came));
}

Status Receiver::hold(Came came) {
  const Fetch& message = *came.message;
  const std::string sha256 = came.received.sha256;
  if (const auto first = twins_.hold(std::move(came))) ask_both_again(message, sha256, *first);
  return ok();
}

Status Receiver::receive_header(const Fetch& message) {
  HeaderSink sink;
  const Result<Retrieved> answer = session_.receive_message(sink);
  if (!answer && blames_order(answer.error())) return lost(message, answer.error());
  if (!answer) return answer.error();
  Twins::Judged judged = twins_.judge(message, answer->ok ? &sink.header() : nullptr);
  if (!judged.came) return ok();
  // The header that TOP has shown belongs to that number alone.
  const std::string& sha256 = judged.came->received.sha256;
  switch (judged.verdict) {
    case Twins::Verdict::kItself:
      run_.pipelining.fitted(message);
      return believe(std::move(*judged.came));
    case Twins::Verdict::kAnother:
      doubted_ = true;
      return local(run_.pipelining.doubt(message, sha256));
    case Twins::Verdict::kUnclear:
      top_tells_ = false;
      ask_again(message, sha256, /*is_kept=*/false);
  }
  return ok();
}

void Receiver::ask_both_again(const Fetch& message, std::string_view sha256,
                              const Twins::Earlier& first) {
  ask_again(message, sha256, /*is_kept=*/false);
  if (first.message != nullptr) ask_again(*first.message, first.sha256, /*is_kept=*/true);
}

void Receiver::ask_again(const Fetch& message, std::string_view sha256, bool is_kept) {
  const auto [place, is_new] = asked_again_.try_emplace(&message, again_.size());
  // It may have been held when it was asked for, and was not believed since.
  if (!is_new) again_[place->second].is_kept &= is_kept;
  if (!is_new) return;
  run_.pipelining.suspect(message, sha256);
  again_.push_back({&message, is_kept});
  if (again_.size() >= kAgainMax) top_tells_ = false;
}

Status Receiver::fetch_alone_again(Status status) {
  if (status && !again_.empty()) status = keep_group();
  for (const Again& each : again_) {
    const bool goes_on = status && !doubted_ && !had_enough_;
    only_compares_ = each.is_kept;
    if (goes_on) status = session_.request_retr(each.message->number);
    if (goes_on && status) status = receive(*each.message, /*alone=*/true);
    if (each.is_kept && !(goes_on && status)) distrust(*each.message);
  }
  only_compares_ = false;
  return status;
}

void Receiver::distrust(const Fetch& message) {
  run_.pipelining.distrust(message);
  unidentified_.erase(message.number);
}

Status Receiver::believe(Came came) {
  if (const auto* rule = find_rule(run_.options.account.skip, came.header.text()))
    return set_aside(*came.message, UidState::kSkipped, fmt::format("{} {}", kByRule, rule->field));
  if (group_.empty()) group_began_ = std::chrono::steady_clock::now();
  group_octets_ += came.received.octets;
  came.header = {};
  group_.push_back(std::move(came));
  return ok();
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

std::vector<Arrived> Receiver::take_group() {
  std::ranges::sort(group_, std::less(), &Came::message);
  const Fetch* const waiting = twins_.first_waiting();
  std::vector<Arrived> ready;
  std::vector<Came> rest;
  for (Came& each : group_) {
    if (waiting != nullptr && std::less()(waiting, each.message))
      rest.push_back(std::move(each));
    else
      ready.push_back({*each.message, std::move(each.incoming), std::move(each.received)});
  }
  group_ = std::move(rest);
  group_octets_ = 0;
  for (const Came& each : group_) group_octets_ += each.received.octets;
  group_began_ = std::chrono::steady_clock::now();
  return ready;
}

Status Receiver::keep_group() {
  std::vector<Arrived> arrived = take_group();
  if (arrived.empty()) return ok();
  Result<std::vector<Landed>> landed = run_.local.keep(std::move(arrived));
  if (!landed) return local(std::move(landed).error());
  Report& report = run_.report;
  for (Landed& each : *landed) {
    ++settled_;
    ++(each.is_new ? report.fetched : report.known);
    report.octets += each.octets;
    report.forget_failure(each.fetch.number, each.fetch.uid);
    run_.observer.settled(each.is_new ? Outcome::kNew : Outcome::kKnown);
    // What is held is no message of the archive yet, and is told when it is let in.
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
  // The code decides how soon it is asked for again, and a person reads the words.
  std::string reason =
      std::string(kByServer) + (answer.code.empty() ? "" : "[" + answer.code + "] ") + answer.text;
  const std::string words = without_digits(reason);
  alike_ = words == last_refusal_ ? alike_ + 1 : 1;
  last_refusal_ = words;
  if (alike_ >= kAlikeMax && !is_patient_) had_enough_ = true;
  const UidState state = is_permanent(answer) ? UidState::kSkipped : UidState::kFailed;
  run_.report.add_failure({message.number, message.uid, reason, state == UidState::kFailed});
  return set_aside(message, state, std::move(reason));
}

// A quota refuses the newest message as well; a fault of the old messages does not.
Status Receiver::probe(const Fetch& newest) {
  RESTANTE_CHECKED(session_.request_retr(newest.number));
  RESTANTE_CHECKED(receive(newest, /*alone=*/true));
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
  // Counted over runs, and from new when it was something else meanwhile.
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
