#include "fetch/run/hook.h"

#include <fmt/format.h>

#include "archive/reader/reader.h"
#include "fetch/hand_on/header_block.h"
#include "fetch/outside/program.h"
#include "fetch/secrets/secret_command.h"
#include "mail/header_fields.h"

namespace restante::fetch {
namespace {

// A program of the owner's that hangs must not hold up the mail behind it.
constexpr std::chrono::seconds kHookTimeout{60};
// Linux lets one variable have 128 KiB, and who writes to us must not decide that no hook runs.
constexpr std::size_t kVariableMax = 8U << 10;
// Of several with the same octets the newest that is there.
constexpr std::string_view kIdQuery =
    "SELECT id FROM messages WHERE account = ?1 AND sha256 = ?2 "
    "ORDER BY removed, copy DESC LIMIT 1";

/// Not within a UTF-8 sequence.
std::string bounded(std::string text) {
  if (text.size() <= kVariableMax) return text;
  std::size_t size = kVariableMax;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80) --size;
  text.resize(size);
  return text;
}

class Hook : public HandOnSession {
 public:
  explicit Hook(Run& run) : run_(run) {}

  HandOnVerdict give(const HandOnMessage& message) override {
    const profile::Account& account = run_.options.account;
    const Result<std::int64_t> id = id_of(message);
    if (!id) return verdict_of(id.error());
    Program program;
    program.words = shell_words(account.on_message, {});
    program.timeout = kHookTimeout;
    // Its words go to the report, as a failure's do.
    program.wants_stdout = true;
    program.environment = hook_variables(account.name, message, *id);
    const Result<ProgramEnd> end = run_program(program, run_.options.stop);
    if (!end) return verdict_of(end.error());
    if (end->code != 0)
      return later(fmt::format("the program ended with {}: {}", end->code, end->said));
    if (!end->said.empty()) run_.note("on_message: " + end->said);
    return taken();
  }

 private:
  Result<std::int64_t> id_of(const HandOnMessage& message) {
    RESTANTE_TRY(archive::Statement query, run_.local.database().prepare(kIdQuery));
    query.bind(1, run_.options.account.name);
    query.bind(2, message.sha256());
    RESTANTE_TRY(const bool any, query.step());
    return any ? query.number(0) : 0;
  }

  Run& run_;
};

}  // namespace

std::vector<std::pair<std::string, std::string>> hook_variables(const std::string& account,
                                                                const HandOnMessage& message,
                                                                std::int64_t id) {
  const HeaderBlock header = read_header(message.file());
  // Of its file as it is: a hook can read more of it by the path.
  const auto field = [&](std::string_view name) { return mail::header_field(header.text(), name); };
  return {{"RESTANTE_ACCOUNT", account},
          {"RESTANTE_ID", std::to_string(id)},
          {"RESTANTE_PATH", message.file().string()},
          {"RESTANTE_SHA256", message.sha256()},
          {"RESTANTE_SIZE", std::to_string(message.octets())},
          {"RESTANTE_FROM", bounded(field("From"))},
          {"RESTANTE_TO", bounded(field("To"))},
          {"RESTANTE_SUBJECT", bounded(archive::Reader().field(field("Subject")))},
          {"RESTANTE_DATE", bounded(field("Date"))},
          {"RESTANTE_MESSAGE_ID", bounded(field("Message-ID"))}};
}

std::unique_ptr<HandOnSession> hook_session(Run& run) { return std::make_unique<Hook>(run); }

}  // namespace restante::fetch
