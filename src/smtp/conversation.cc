#include "smtp/conversation.h"

#include <algorithm>

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
  return text(reply).starts_with("50") || text(reply).starts_with("555");
}

/// What says who is not there.
bool is_mistake(Recipient verdict) {
  return verdict == Recipient::kUnknown || verdict == Recipient::kNotLocal ||
         verdict == Recipient::kDisabled;
}

/// Brings no mail on by itself. MAIL does if a delivery follows, which forgets what was counted.
bool is_empty(Verb verb) {
  switch (verb) {
    case Verb::kHelo:
    case Verb::kEhlo:
    case Verb::kLhlo:
    case Verb::kMail:
    case Verb::kRset:
    case Verb::kNoop:
    case Verb::kHelp:
    case Verb::kVrfy: return true;
    case Verb::kRcpt:
    case Verb::kData:
    case Verb::kBdat:
    case Verb::kStarttls:
    case Verb::kQuit:
    case Verb::kExpn:
    case Verb::kAuth:
    case Verb::kUnknown: break;
  }
  return false;
}

/// Refusals that are no mistakes, and of which a session could be full all the same.
bool is_empty(Reply reply) {
  return reply == Reply::kMailFirst || reply == Reply::kRecipientFirst ||
         reply == Reply::kNoValidRecipients || reply == Reply::kNonAsciiAddress;
}

bool takes_no_argument(Verb verb) {
  return verb == Verb::kData || verb == Verb::kRset || verb == Verb::kQuit ||
         verb == Verb::kStarttls;
}

}  // namespace

Conversation::Conversation(const ServerSettings& settings, Channel channel)
    : settings_(settings), channel_(channel), output_(greeting(settings)) {}

Action Conversation::handle(const LineReader::Line& line) {
  slow_ = channel_.stranger && mistakes_ >= settings_.mistakes_max / 2;
  if (line.kind == LineReader::Kind::kTooLong) return reply(Reply::kLineTooLong);
  if (line.kind == LineReader::Kind::kForbidden) return reply(Reply::kForbiddenCharacter);
  const Command command = parse_command(line.text);
  if (command.verb == Verb::kBdat) return take_chunk(command.argument);
  if (const auto refused = refusal(command.verb, phase(), settings_.dialect))
    return reply(*refused);
  if (takes_no_argument(command.verb) && !command.argument.empty())
    return reply(Reply::kNoArgument);
  return dispatch(command);
}

Action Conversation::dispatch(const Command& command) {
  if (is_empty(command.verb) && !one_more_empty()) return close(Reply::kTooManyBadCommands);
  switch (command.verb) {
    case Verb::kHelo:
    case Verb::kEhlo:
    case Verb::kLhlo: return hello(command);
    case Verb::kMail: return take_mail(command.argument);
    case Verb::kRcpt: return take_rcpt(command.argument);
    case Verb::kData: return take_data();
    case Verb::kBdat: return take_chunk(command.argument);
    case Verb::kStarttls: return start_tls();
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
  if (transaction_.accepted() >= settings_.recipients_max) {
    const bool too_many = ++postponed_ > limits::kPostponedRecipientsMax && !one_more_empty();
    return too_many ? close(Reply::kTooManyBadCommands) : reply(Reply::kTooManyRecipients);
  }
  candidate_ = recipient->plain();
  Action action(Kind::kCheckRecipient);
  action.recipient = candidate_;
  return action;
}

// Not in LMTP, and not of trusted networks: their envelopes hold many. What is to come again (4xx)
// or is full is not the peer's mistake, but of no use without end.
bool Conversation::recipient_checked(Recipient verdict) {
  bool goes_on = true;
  if (verdict == Recipient::kAccepted)
    transaction_.add(std::exchange(candidate_, {}));
  else if (!is_mistake(verdict))
    goes_on = ++postponed_ <= limits::kPostponedRecipientsMax || one_more_empty();
  else if (channel_.stranger && settings_.dialect == Dialect::kSmtp)
    goes_on = one_more_mistake();
  if (!goes_on) slow_ = false;
  output_ += text(goes_on ? to_reply(verdict) : Reply::kTooManyBadCommands);
  return goes_on;
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
  const bool is_small = chunk->chunk_bytes < limits::kSmallChunkBytes;
  if (is_small && (refused || !chunk->last) && !one_more_empty())
    return close(Reply::kTooManyBadCommands);
  if (!refused) slow_ = false;  // Chunks are many, and those of one mail belong together.
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
  if (std::find(verdicts.begin(), verdicts.end(), Delivery::kDone) != verdicts.end())
    mistakes_ = empty_ = postponed_ = 0;
  output_ += transaction_.answers(settings_.dialect, verdicts);
  reset();
}

Action Conversation::start_tls() {
  if (channel_.tls) return reply(Reply::kTlsActive);
  if (!channel_.starttls_available) return reply(Reply::kNotOffered);
  output_ += text(Reply::kReadyForTls);
  return Action(Kind::kStartTls);
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
  const bool goes_on =
      is_mistake(reply) ? one_more_mistake() : !is_empty(reply) || one_more_empty();
  if (!goes_on) return close(Reply::kTooManyBadCommands);
  output_ += text(reply);
  return Action(Kind::kNothing);
}

/// False: too many.
bool Conversation::one_more_mistake() {
  const std::uint32_t most = channel_.stranger ? settings_.mistakes_max : limits::kBadCommandsMax;
  return ++mistakes_ <= most;
}

/// False: so many that they are mistakes, and too many of these.
bool Conversation::one_more_empty() {
  if (!channel_.stranger || ++empty_ <= limits::kEmptyCommandsMax) return true;
  return one_more_mistake();
}

Action Conversation::close(Reply reply) {
  slow_ = false;
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
