#include "fetch/hand_on_target.h"

#include <fcntl.h>
#include <sysexits.h>

#include <fmt/format.h>

#include "archive/files.h"
#include "fetch/program.h"
#include "fetch/secret_command.h"

namespace restante::fetch {
namespace {

std::string_view to_string(profile::HandOn::Kind kind) {
  switch (kind) {
    case profile::HandOn::Kind::kLmtp: return "lmtp";
    case profile::HandOn::Kind::kSmtp: return "smtp";
    case profile::HandOn::Kind::kImap: return "imap";
    case profile::HandOn::Kind::kCommand: return "command";
    case profile::HandOn::Kind::kMbox: return "mbox";
  }
  return "command";
}

/// sysexits(3), as mail delivery agents use them. Whatever is not known to be for ever may pass.
Verdict judge(const ProgramEnd& end) {
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

}  // namespace

Verdict verdict_of(const Error& error) {
  if (error.code == Errc::kState) return {Verdict::Kind::kStopped, error.detail};
  return later(error.detail);
}

Verdict hand_on_to_program(const HandOnCall& call) {
  const Result<archive::Descriptor> file = archive::open_file(call.message.file(), O_RDONLY);
  if (!file) return verdict_of(file.error());
  Program program;
  program.words = shell_words(call.target.target, call.target.command);
  program.environment = {{"RESTANTE_ACCOUNT", call.account},
                         {"RESTANTE_SHA256", call.message.sha256()}};
  program.input = file->number();
  program.timeout = call.target.timeout;
  const Result<ProgramEnd> end = run_program(program, call.stop);
  return end ? judge(*end) : verdict_of(end.error());
}

Verdict hand_on(const HandOnCall& call) {
  switch (call.target.kind) {
    case profile::HandOn::Kind::kLmtp: return hand_on_by_lmtp(call);
    case profile::HandOn::Kind::kSmtp:
    case profile::HandOn::Kind::kImap: return hand_on_by_curl(call);
    case profile::HandOn::Kind::kCommand: return hand_on_to_program(call);
    case profile::HandOn::Kind::kMbox: return hand_on_to_mbox(call);
  }
  return refused("no such kind of target");
}

std::string destination_of(const profile::HandOn& target) {
  std::string name = fmt::format("{} {}", to_string(target.kind), target.target);
  for (const std::string& word : target.command) name += " " + word;
  if (!target.user.empty()) name += " as " + target.user;
  if (!target.recipient.empty()) name += " to " + target.recipient;
  return name;
}

}  // namespace restante::fetch
