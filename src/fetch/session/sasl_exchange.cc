#include "fetch/session/sasl_exchange.h"

#include "sasl/base64.h"

namespace restante::fetch {
namespace {

using Kind = pop3::ClientReply::Kind;

constexpr int kChallengesMax = 10;

bool is_bearer(sasl::MechanismId id) {
  return sasl::info_of(id).takes == sasl::CredentialKind::kToken;
}

/// Its first message tells a name, and nothing else.
bool is_scram(sasl::MechanismId id) { return sasl::info_of(id).scram.has_value(); }

// RFC 5034 s.4: a command line has 255 octets at most.
constexpr std::size_t kCommandLineMax = 255;
// Names of mechanisms have at most 20 letters.
constexpr std::size_t kLongestVerb = 32;

bool fits_with_command(std::string_view initial) {
  return 4 * ((initial.size() + 2) / 3) + kLongestVerb <= kCommandLineMax;
}

}  // namespace

std::string SaslExchange::name_with_reason() const {
  return reason_.empty() ? name_ : name_ + " (" + reason_ + ")";
}

Status SaslExchange::send_response(std::string_view prefix, std::string_view response) {
  std::string coded;
  coded.reserve(4 * (response.size() / 3 + 1));
  sasl::append_base64(response, coded);
  std::string line;
  line.reserve(prefix.size() + coded.size() + 3);
  // An empty response with the command is "=" (RFC 5034 s.4), by itself an empty line.
  line.append(prefix).append(coded.empty() && !prefix.empty() ? "=" : coded).append("\r\n");
  const Status sent = dialogue_.send_secret(line, std::string(prefix) + "…");
  wipe(line);
  wipe(coded);
  return sent;
}

/// Tells the server that we do not go on, and says why.
Error SaslExchange::cancelled(const Error& error) {
  // RFC 5034 s.4: so the exchange ends in order, and the connection may be used for another one.
  if (dialogue_.send("*\r\n")) static_cast<void>(dialogue_.receive());
  return dialogue_.error(Errc::kAuth, name_ + ": " + error.detail);
}

Result<std::optional<pop3::ClientReply>> SaslExchange::run(
    std::unique_ptr<sasl::ClientMechanism> mechanism) {
  mechanism_ = std::move(mechanism);
  auto initial = mechanism_->start();
  if (!initial) return dialogue_.error(Errc::kAuth, name_ + ": " + initial.error().detail);
  if (initial_ == InitialResponse::kWithCommand && *initial && fits_with_command(**initial)) {
    RESTANTE_CHECKED(send_response("AUTH " + name_ + " ", **initial));
    RESTANTE_TRY(auto next, dialogue_.receive());
    // Without a reason, that is a server that does not take an initial response, or not this
    // mechanism.
    const bool is_plain_refusal =
        next.kind == Kind::kErr && next.code.empty() && !pop3::is_temporary(next);
    if (is_plain_refusal && is_scram(id_)) return std::optional<pop3::ClientReply>();
    // A secret is said already: after a refusal now no other way is tried.
    RESTANTE_TRY(pop3::ClientReply last, answer_challenges(std::move(next)));
    return std::optional(std::move(last));
  }
  RESTANTE_CHECKED(dialogue_.send("AUTH " + name_ + "\r\n"));
  RESTANTE_TRY(pop3::ClientReply reply, dialogue_.receive());
  if (reply.kind == Kind::kErr)
    return end_early(reply, *initial ? (*initial)->view() : std::string_view());
  // We have said nothing yet, so "+OK" cannot mean that we are in: some servers say it for "+ "
  // (F-27), and some say words where nothing belongs.
  reply.kind = Kind::kContinue;
  if (*initial) {
    RESTANTE_CHECKED(send_response("", **initial));
    RESTANTE_TRY(auto next, dialogue_.receive());
    reply = std::move(next);
  }
  RESTANTE_TRY(pop3::ClientReply last, answer_challenges(std::move(reply)));
  return std::optional(std::move(last));
}

/// -ERR to the bare command: for a token once more in one step (F-45), else it is not this
/// mechanism.
Result<std::optional<pop3::ClientReply>> SaslExchange::end_early(const pop3::ClientReply& reply,
                                                                 std::string_view initial) {
  // With a reason: that is an answer to the login, and no other form of it is tried.
  if (pop3::is_temporary(reply) || !reply.code.empty()) return std::optional(reply);
  if (!is_bearer(id_)) return std::optional<pop3::ClientReply>();
  RESTANTE_CHECKED(send_response("AUTH " + name_ + " ", initial));
  RESTANTE_TRY(pop3::ClientReply next, dialogue_.receive());
  RESTANTE_TRY(pop3::ClientReply last, answer_challenges(std::move(next)));
  return std::optional(std::move(last));
}

Result<pop3::ClientReply> SaslExchange::answer_challenges(pop3::ClientReply reply) {
  for (int count = 0; reply.kind == Kind::kContinue; ++count) {
    // No mechanism needs more than three; a server could keep a run going for ever.
    if (count == kChallengesMax)
      return cancelled(Error(Errc::kSyntax, "the server asks on and on"));
    auto answer = answer_to(reply.text);
    if (!answer) return cancelled(answer.error());
    RESTANTE_CHECKED(send_response("", *answer));
    RESTANTE_TRY(auto next, dialogue_.receive());
    reply = std::move(next);
  }
  if (reply.kind == Kind::kOk && !mechanism_->finished() && is_bearer(id_))
    // A server that says yes to a refused token may be another's.
    return dialogue_.error(Errc::kAuth,
                           name_with_reason() +
                               ": the server says why it refuses the token, and then +OK; "
                               "that is not believed");
  if (reply.kind == Kind::kOk && !mechanism_->finished())
    return dialogue_.error(Errc::kAuth,
                           name_ +
                               ": the server says +OK without having proved that it knows "
                               "the password: it may be another's");
  return reply;
}

Result<SecretString> SaslExchange::answer_to(std::string_view challenge) {
  RESTANTE_TRY(const std::string decoded, decode(challenge));
  if (is_bearer(id_)) reason_ = pop3::to_printable(decoded);
  return mechanism_->respond(decoded);
}

Result<std::string> SaslExchange::decode(std::string_view challenge) {
  auto decoded = sasl::decode_base64(challenge);
  if (decoded) return decoded;
  // LOGIN's challenges are prompts and nothing more: not every server codes them.
  if (id_ == sasl::MechanismId::kLogin) return std::string(challenge);
  return Error(Errc::kSyntax, "the server's challenge is no base64");
}

}  // namespace restante::fetch
