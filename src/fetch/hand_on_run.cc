#include "fetch/hand_on_run.h"

#include <fmt/format.h>

#include "archive/message_key.h"
#include "fetch/backoff.h"
#include "fetch/hand_on_queue.h"
#include "fetch/hand_on_target.h"
#include "fetch/header_block.h"
#include "fetch/passing.h"
#include "fetch/program.h"
#include "fetch/secret_command.h"

namespace restante::fetch {
namespace {

constexpr std::size_t kAtOnce = 100;
constexpr int kFailuresInARow = 3;
constexpr std::uint32_t kRefusedAttempts = 10;  // As if it had failed so often: once a day.
constexpr std::chrono::seconds kHookTimeout{60};

/// Where credential_of() finds what a target needs.
profile::Account account_for(const profile::Account& account, const profile::HandOn& target) {
  profile::Account login;
  login.name = account.name + " (hand_on)";
  login.host = target.target;
  login.user = target.user;
  login.secret = target.secret;
  return login;
}

/// One target's part of the queue.
class TargetRun {
 public:
  TargetRun(Run& run, HandOnQueue& queue, const profile::HandOn& target)
      : run_(run), queue_(queue), target_(target), destination_(destination_of(target)) {}

  Status perform() {
    if (Status status = get_credential(); !status) return status;
    while (failures_ < kFailuresInARow) {
      RESTANTE_TRY(const std::vector<HandOnItem> items,
                   queue_.due(destination_, run_.local.now(), kAtOnce));
      if (items.empty()) break;
      for (const HandOnItem& item : items) {
        if (failures_ >= kFailuresInARow) break;
        RESTANTE_CHECKED(give(item));
      }
    }
    RESTANTE_TRY(const std::uint64_t waiting, queue_.waiting(destination_));
    run_.report.to_hand_on += waiting;
    return ok();
  }

 private:
  /// A target without a credential waits, as one that is down.
  Status get_credential() {
    const bool needed = !target_.user.empty() && run_.options.credential;
    if (!needed) return ok();
    const profile::Account login = account_for(run_.options.account, target_);
    Result<Credential> credential = run_.options.credential(login);
    if (!credential && credential.error().code == Errc::kState) return credential.error();
    if (credential) {
      credential_ = std::move(*credential);
    } else {
      failures_ = kFailuresInARow;
      run_.note(fmt::format("{}: {}", destination_, credential.error().detail));
    }
    return ok();
  }

  Status give(const HandOnItem& item) {
    const std::string content(archive::content_of(item.sha256));
    const auto place = run_.local.mailbox().find(content);
    // Somebody has removed it: there is nothing to hand on.
    if (!place) return queue_.done(item);
    const Result<HandOnMessage> message =
        HandOnMessage::open(run_.local.mailbox().path_of(*place), content);
    const Verdict verdict = message ? ask(*message) : refused(message.error().detail);
    switch (verdict.kind) {
      case Verdict::Kind::kTaken:
        failures_ = 0;
        ++run_.report.handed_on;
        return queue_.done(item);
      case Verdict::Kind::kStopped: return Error(Errc::kState, "stopped");
      case Verdict::Kind::kLater:
        ++failures_;
        return put_off(item, item.attempts + 1, verdict.reason);
      case Verdict::Kind::kRefused:
        return put_off(item, std::max(item.attempts + 1, kRefusedAttempts), verdict.reason);
    }
    return ok();
  }

  Verdict ask(const HandOnMessage& message) {
    HandOnCall call(target_, message, run_.options.stop);
    call.credential = credential_;
    call.account = run_.options.account.name;
    call.database = &run_.local.database();
    return hand_on(call);
  }

  Status put_off(const HandOnItem& item, std::uint32_t attempts, const std::string& reason) {
    run_.note(fmt::format("not handed on yet: {}: {}", destination_, reason));
    return queue_.failed(item, run_.local.now() + retry_delay(attempts), reason);
  }

  Run& run_;
  HandOnQueue& queue_;
  const profile::HandOn& target_;
  std::string destination_;
  Credential credential_;
  int failures_ = 0;
};

Program hook_program(const Run& run, const NewMessage& message, const archive::Path& path) {
  const HeaderBlock header = read_header(path);
  Program program;
  program.words = shell_words(run.options.account.on_message, {});
  program.timeout = kHookTimeout;
  program.environment = {{"RESTANTE_ACCOUNT", run.options.account.name},
                         {"RESTANTE_PATH", path.string()},
                         {"RESTANTE_SHA256", message.sha256},
                         {"RESTANTE_SIZE", std::to_string(message.octets)}};
  for (const auto& [name, field] : {std::pair("RESTANTE_FROM", "From"),
                                    {"RESTANTE_TO", "To"},
                                    {"RESTANTE_SUBJECT", "Subject"},
                                    {"RESTANTE_DATE", "Date"},
                                    {"RESTANTE_MESSAGE_ID", "Message-ID"}}) {
    program.environment.emplace_back(name, header_field(header.text(), field));
  }
  return program;
}

}  // namespace

Status hand_on_due(Run& run) {
  const profile::Account& account = run.options.account;
  if (account.hand_on.empty()) return ok();
  run.observer.entered(Phase::kHandingOn);
  RESTANTE_TRY(HandOnQueue queue, HandOnQueue::open(run.local.database(), account.name));
  std::vector<std::string> destinations;
  for (const profile::HandOn& target : account.hand_on) {
    destinations.push_back(destination_of(target));
    RESTANTE_CHECKED(TargetRun(run, queue, target).perform());
  }
  return account.keep_in_archive ? ok() : remove_passed(run, queue, destinations);
}

Status tell_hook(Run& run) {
  if (run.options.account.on_message.empty()) return ok();
  for (const NewMessage& message : run.report.messages) {
    const auto place = run.local.mailbox().find(message.sha256);
    if (!place) continue;  // It was handed on, and did not stay.
    const Program program = hook_program(run, message, run.local.mailbox().path_of(*place));
    const Result<ProgramEnd> end = run_program(program, run.options.stop);
    if (!end && end.error().code == Errc::kState) return end.error();
    if (!end) run.note("on_message: " + end.error().detail);
    if (end && end->code != 0)
      run.note(fmt::format("on_message ended with {}: {}", end->code, end->said));
  }
  return ok();
}

}  // namespace restante::fetch
