#include "fetch/hand_on/hand_on_target.h"

#include <fcntl.h>
#include <sysexits.h>

#include <fmt/format.h>

#include "archive/mailbox/files.h"
#include "fetch/outside/program.h"
#include "fetch/secrets/secret_command.h"

namespace restante::fetch {
namespace {

constexpr std::chrono::seconds kLocalTime{60};    // Of programs, and for files.
constexpr std::chrono::seconds kAnswerTime{600};  // RFC 5321 s.4.5.3.2.6.

/// sysexits(3), as mail delivery agents use them. A failure that is not known to be for ever may
/// pass.
HandOnVerdict judge(const ProgramEnd& end) {
  if (end.code == EX_OK) return taken();
  std::string reason = fmt::format("the program ended with {}: {}", end.code, end.said);
  switch (end.code) {
    case EX_DATAERR:
    case EX_NOUSER:
    case EX_NOHOST:
    case EX_UNAVAILABLE:
    case EX_NOPERM: return refused(std::move(reason));
    default: return later(std::move(reason));
  }
}

/// Programs and files: there is nothing that lasts from one message to the next.
class LocalSession : public HandOnSession {
 public:
  explicit LocalSession(const HandOnTask& task) : task_(task) {}
  HandOnVerdict give(const HandOnMessage& message) override {
    HandOnCall call(task_.target, message, task_.stop);
    call.account = task_.account;
    call.database = task_.database;
    return task_.target.kind == profile::HandOn::Kind::kMbox ? hand_on_to_mbox(call)
                                                             : hand_on_to_program(call);
  }

 private:
  const HandOnTask& task_;
};

}  // namespace

HandOnVerdict verdict_of(const Error& error) {
  if (error.code == Errc::kState) return {HandOnVerdict::Kind::kStopped, error.detail};
  return later(error.detail);
}

HandOnVerdict unanswered(std::string_view why) {
  return {HandOnVerdict::Kind::kUnanswered,
          fmt::format("it was offered and not answered ({}), so it may have arrived", why)};
}

HandOnVerdict hand_on_to_program(const HandOnCall& call) {
  const Result<archive::Descriptor> file = archive::open_file(call.message.file(), O_RDONLY);
  if (!file) return verdict_of(file.error());
  Program program;
  program.words = shell_words(call.target.target, call.target.command);
  program.environment = {{"RESTANTE_ACCOUNT", call.account},
                         {"RESTANTE_SHA256", call.message.sha256()}};
  program.input = file->number();
  program.timeout = patience_with(call.target);
  const Result<ProgramEnd> end = run_program(program, call.stop);
  return end ? judge(*end) : verdict_of(end.error());
}

std::unique_ptr<HandOnSession> hand_on_session(const HandOnTask& task) {
  switch (task.target.kind) {
    case profile::HandOn::Kind::kLmtp:
    case profile::HandOn::Kind::kSmtp: return smtp_session(task);
    case profile::HandOn::Kind::kImap: return imap_session(task);
    case profile::HandOn::Kind::kGmail: return gmail_session(task);
    case profile::HandOn::Kind::kCommand:
    case profile::HandOn::Kind::kMbox: break;
  }
  return std::make_unique<LocalSession>(task);
}

std::chrono::seconds patience_with(const profile::HandOn& target) {
  const bool local =
      target.kind == profile::HandOn::Kind::kCommand || target.kind == profile::HandOn::Kind::kMbox;
  if (local) return target.timeout.count() > 0 ? target.timeout : kLocalTime;
  // A shorter time is not obeyed here: a server that has taken the message and answers late would
  // get it twice.
  return std::max(target.timeout, kAnswerTime);
}

}  // namespace restante::fetch
