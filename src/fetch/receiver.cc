#include "fetch/receiver.h"

#include <fmt/format.h>

#include "fetch/backoff.h"
#include "fetch/message_sinks.h"

namespace restante::fetch {
namespace {

// A group shares its syncs. It is small enough that a crash costs little, and that the server does
// not wait for us.
constexpr std::size_t kGroupMessages = 100;
constexpr std::uint64_t kGroupOctets = 32ULL << 20;
constexpr auto kGroupTime = std::chrono::milliseconds(250);

/// Asking again would not help (RFC 3206 s.4).
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

}  // namespace

Status Receiver::fetch(std::span<const Fetch> messages, std::size_t messages_max) {
  messages = messages.first(std::min(messages.size(), messages_max));
  Window window(run_.options.account.window);
  Status status = ok();
  for (const Fetch& message : messages) {
    status = ask(messages, window);
    if (status) status = receive(message);
    if (!status) break;
    window.arrived(message.octets);
    if (group_is_due()) status = keep_group();
    if (!status) break;
  }
  // What has come whole is good, whatever happened to the one after it.
  Status kept = local_failed_ ? ok() : keep_group();
  return status ? kept : status;
}

Status Receiver::ask(std::span<const Fetch> messages, Window& window) {
  while (asked_ < messages.size() && window.admits(messages[asked_].octets)) {
    RESTANTE_CHECKED(session_.request_retr(messages[asked_].number));
    window.asked(messages[asked_].octets);
    ++asked_;
  }
  return ok();
}

Status Receiver::receive(const Fetch& message) {
  Result<std::unique_ptr<archive::Incoming>> incoming = run_.local.begin();
  if (!incoming) return local(std::move(incoming).error());
  ArchiveSink sink(**incoming, run_.observer, message_octets_max(message.octets));
  Result<Retrieved> answer = session_.receive_message(sink);
  if (sink.local()) return local(std::move(answer).error());
  if (!answer) {
    if (blames_message(answer.error())) RESTANTE_CHECKED(broke(message, answer.error()));
    return std::move(answer).error();
  }
  if (!answer->ok) return refused(message, *answer);
  return take(message, std::move(*incoming), sink.header());
}

Status Receiver::take(const Fetch& message, std::unique_ptr<archive::Incoming> incoming,
                      const HeaderBlock& header) {
  if (const auto* rule = find_rule(run_.options.account.skip, header.text()))
    return set_aside(message, UidState::kSkipped, fmt::format("{} {}", kByRule, rule->field));
  Result<archive::Received> received = incoming->finish();
  if (!received) return local(std::move(received).error());
  if (group_.empty()) group_began_ = std::chrono::steady_clock::now();
  group_octets_ += received->octets;
  group_.push_back({message, std::move(incoming), std::move(*received)});
  return ok();
}

bool Receiver::group_is_due() const {
  if (group_.empty()) return false;
  return group_.size() >= kGroupMessages || group_octets_ >= kGroupOctets ||
         std::chrono::steady_clock::now() - group_began_ >= kGroupTime;
}

Status Receiver::keep_group() {
  if (group_.empty()) return ok();
  group_octets_ = 0;
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

Status Receiver::refused(const Fetch& message, const Retrieved& answer) {
  std::string reason =
      "the server says: " + (answer.code.empty() ? "" : "[" + answer.code + "] ") + answer.text;
  const UidState state = is_permanent(answer) ? UidState::kSkipped : UidState::kFailed;
  run_.report.add_failure({message.number, message.uid, reason, state == UidState::kFailed});
  return set_aside(message, state, std::move(reason));
}

Status Receiver::broke(const Fetch& message, const Error& error) {
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
  entry.attempts = entry.state == UidState::kFailed ? entry.attempts + 1 : 1;
  // The first time that a session broke it may have been the network's fault: the message is tried
  // again in this very run, at the end.
  const std::uint32_t counted = broke_ ? entry.attempts - 1 : entry.attempts;
  entry.retry_after = run_.local.now() + retry_delay(counted);
  entry.state = state;
  entry.octets = message.octets;
  entry.reason = std::move(reason);
  return local(run_.local.record({&change, 1}));
}

Status Receiver::local(Status status) {
  if (!status) local_failed_ = true;
  return status;
}

}  // namespace restante::fetch
