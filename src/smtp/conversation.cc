#include "smtp/conversation.h"

#include "base/limits.h"

namespace restante::smtp {
namespace {

using Kind = Action::Kind;

// Refusals that an honest client meets when it pipelines behind a command that failed do not count
// as its mistakes.
bool is_mistake(Reply reply) {
  if (reply == Reply::kMailFirst || reply == Reply::kRecipientFirst ||
      reply == Reply::kChunksFailed)
    return false;
  return text(reply).starts_with("50") || text(reply).starts_with("555") ||
         reply == Reply::kNotAProxy;
}

bool takes_no_argument(Verb verb) {
  return verb == Verb::kData || verb == Verb::kRset || verb == Verb::kQuit ||
         verb == Verb::kStarttls;
}

}  // namespace

Conversation::Conversation(const ServerSettings& settings, Channel channel)
    : settings_(settings), channel_(channel), output_(greeting(settings)) {}

Action Conversation::handle(const LineReader::Line& line) {
  if (line.kind == LineReader::Kind::kTooLong) return reply(Reply::kLineTooLong);
  if (line.kind == LineReader::Kind::kForbidden) return reply(Reply::kForbiddenCharacter);
  const Command command = parse_command(line.text);
  if (command.verb == Verb::kBdat) return take_chunk(command.argument);
  // Who may not say it at all hears that, whenever it is said.
  if (command.verb == Verb::kXclient && !channel_.may_name_client) return refuse_client();
  if (const auto refused = refusal(command.verb, phase(), settings_.dialect))
    return reply(*refused);
  if (takes_no_argument(command.verb) && !command.argument.empty())
    return reply(Reply::kNoArgument);
  return dispatch(command);
}

Action Conversation::dispatch(const Command& command) {
  switch (command.verb) {
    case Verb::kHelo:
    case Verb::kEhlo:
    case Verb::kLhlo: return hello(command);
    case Verb::kMail: return take_mail(command.argument);
    case Verb::kRcpt: return take_rcpt(command.argument);
    case Verb::kData: return take_data();
    case Verb::kBdat: return take_chunk(command.argument);
    case Verb::kStarttls: return start_tls();
    case Verb::kXclient: return name_client(command.argument);
    case Verb::kRset: reset(); return reply(Reply::kOk);
    case Verb::kNoop: return reply(Reply::kOk);
    case Verb::kHelp: return reply(Reply::kHelp);
    case Verb::kQuit: return close(Reply::kBye);
    case Verb::kVrfy:
      return reply(command.argument.empty() ? Reply::kArgumentMissing : Reply::kCannotVerify);
    case Verb::kExpn:
    case Verb::kAuth:
    case Verb::kUnknown: break;
  }
  return reply(Reply::kUnknownCommand);
}

Action Conversation::hello(const Command& command) {
  auto name = parse_hello(command.argument);
  if (!name) return reply(name.error());
  reset();
  helo_ = std::move(*name);
  extended_ = command.verb != Verb::kHelo;
  output_ += extended_ ? extensions_reply(settings_, channel_) : helo_reply(settings_);
  return Action(Kind::kNothing);
}

Action Conversation::take_mail(std::string_view argument) {
  const auto mail = parse_mail(argument);
  if (!mail) return reply(mail.error());
  if (mail->declared_bytes > settings_.message_bytes_max) return reply(Reply::kTooLarge);
  reset();
  transaction_.begin(*mail);
  return reply(Reply::kSenderOk);
}

Action Conversation::take_rcpt(std::string_view argument) {
  const auto recipient = parse_rcpt(argument, transaction_.smtputf8());
  if (!recipient) return reply(recipient.error());
  if (transaction_.accepted() >= settings_.recipients_max) return reply(Reply::kTooManyRecipients);
  candidate_ = recipient->plain();
  Action action(Kind::kCheckRecipient);
  action.recipient = candidate_;
  return action;
}

void Conversation::recipient_checked(Recipient verdict) {
  if (verdict == Recipient::kAccepted) transaction_.add(std::exchange(candidate_, {}));
  output_ += text(to_reply(verdict));
}

Action Conversation::take_data() {
  output_ += text(Reply::kStartInput);
  return Action(Kind::kTakeMessage);
}

// A refused chunk is read all the same before it is answered (RFC 3030 s.2): its octets must never
// be taken for commands. When its size cannot be read, only closing keeps the two apart.
Action Conversation::take_chunk(std::string_view argument) {
  const auto chunk = parse_chunk(argument);
  if (!chunk) return close(chunk.error());
  const auto refused = refusal(Verb::kBdat, phase(), settings_.dialect);
  Action action(refused ? Kind::kSkipChunk : Kind::kTakeChunk);
  action.chunk = *chunk;
  if (refused) {
    chunk_refusal_ = *refused;
  } else {
    action.begins = std::exchange(chunks_, Chunks::kBegun) == Chunks::kNone;
  }
  return action;
}

// In LMTP the last chunk is answered once for each recipient even when one before it failed: a
// client that pipelines counts on that (RFC 2033 s.4.2).
void Conversation::chunk_skipped(const ChunkArgument& chunk) {
  if (chunk.last && chunks_ == Chunks::kFailed)
    output_ += transaction_.answers(settings_.dialect, chunk_refusal_);
  else
    output_ += text(chunk_refusal_);
}

void Conversation::chunk_taken(Failure failure) {
  if (failure != Failure::kNone) chunks_ = Chunks::kFailed;
  output_ += text(failure == Failure::kNone ? Reply::kChunkOk : to_reply(failure));
}

void Conversation::message_failed(Failure failure) {
  output_ += transaction_.answers(settings_.dialect, to_reply(failure));
  reset();
}

void Conversation::delivered(const std::vector<Delivery>& verdicts) {
  output_ += transaction_.answers(settings_.dialect, verdicts);
  reset();
}

Action Conversation::start_tls() {
  if (channel_.tls) return reply(Reply::kTlsActive);
  if (!channel_.starttls_available) return reply(Reply::kNotOffered);
  output_ += text(Reply::kReadyForTls);
  return Action(Kind::kStartTls);
}

Action Conversation::name_client(std::string_view argument) {
  auto client = parse_xclient(argument);
  if (!client) return reply(Reply::kBadParameter);
  Channel channel = channel_;
  channel.may_name_client = false;
  tls_started(channel);  // What was said before is the proxy's, and not the client's.
  output_ += greeting(settings_);
  Action action(Kind::kNameClient);
  action.client = std::move(*client);
  return action;
}

Action Conversation::refuse_client() {
  const Action refused = reply(Reply::kNotAProxy);
  return refused.kind == Kind::kClose ? refused : Action(Kind::kNameClient);
}

void Conversation::tls_started(Channel channel) {
  channel_ = channel;
  helo_.clear();
  extended_ = false;
  reset();
}

Envelope Conversation::envelope() const {
  Envelope envelope = transaction_.envelope();
  envelope.helo = helo_;
  envelope.protocol =
      protocol_name(settings_.dialect, extended_, channel_.tls, transaction_.smtputf8());
  return envelope;
}

Action Conversation::reply(Reply reply) {
  if (is_mistake(reply) && ++bad_commands_ > limits::kBadCommandsMax)
    return close(Reply::kTooManyBadCommands);
  output_ += text(reply);
  return Action(Kind::kNothing);
}

Action Conversation::close(Reply reply) {
  output_ += text(reply);
  return Action(Kind::kClose);
}

void Conversation::reset() {
  transaction_.reset();
  chunks_ = Chunks::kNone;
}

Phase Conversation::phase() const {
  if (helo_.empty()) return Phase::kStart;
  if (!transaction_.begun()) return Phase::kReady;
  if (chunks_ == Chunks::kBegun) return Phase::kChunks;
  if (chunks_ == Chunks::kFailed) return Phase::kChunksFailed;
  return transaction_.accepted() == 0 ? Phase::kSender : Phase::kRecipients;
}

}  // namespace restante::smtp
