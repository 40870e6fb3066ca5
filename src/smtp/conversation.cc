#include "smtp/conversation.h"

#include <algorithm>

#include "base/limits.h"

namespace restante::smtp {
namespace {

using Kind = Action::Kind;
constexpr auto kStrict = mail::Grammar::kStrict;

// Refusals that an honest client meets when it pipelines behind a command that failed do not count
// as its mistakes.
bool is_mistake(Reply reply) {
  if (reply == Reply::kMailFirst || reply == Reply::kRecipientFirst ||
      reply == Reply::kChunksFailed)
    return false;
  return text(reply).starts_with("50") || text(reply).starts_with("555") ||
         reply == Reply::kNotAProxy;
}

/// A verdict that tells which accounts exist.
bool is_mistake(Recipient verdict) {
  return verdict == Recipient::kUnknown || verdict == Recipient::kNotLocal ||
         verdict == Recipient::kDisabled;
}

/// A command that brings no mail on by itself. MAIL is counted, too; a delivery after it sets the
/// count to zero.
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
    case Verb::kXforward:
    case Verb::kXclient:
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
  if (line.kind == LineReader::Kind::kLfOnly) return close(Reply::kLinesEndInLf);
  line_ = line.text;
  Action action = handle_command(line.text);
  line_ = {};
  return action;
}

Action Conversation::handle_command(std::string_view line) {
  const Command command = parse_command(line);
  if (channel_.counts != nullptr) channel_.counts->note(command.verb);
  if (command.verb == Verb::kBdat) return take_chunk(command.argument);
  // A peer that may not say it at all hears that first, in every phase.
  if (command.verb == Verb::kXclient && !channel_.may_name_client) return refuse_client();
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
    case Verb::kXforward: return take_forward(command.argument);
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
  auto name = parse_hello(command.argument, settings_.addresses);
  if (!name) return reply(name.error());
  reset();
  helo_ = std::move(*name);
  greeted_ = true;
  extended_ = command.verb != Verb::kHelo;
  output_ += extended_ ? extensions_reply(settings_, channel_) : helo_reply(settings_);
  return Action(Kind::kNothing);
}

Action Conversation::take_mail(std::string_view argument) {
  // What the strict grammar takes, the tolerant one reads alike.
  auto mail = parse_mail(argument, kStrict);
  const bool untidy = !mail && settings_.addresses == mail::Grammar::kTolerant;
  if (untidy) mail = parse_mail(argument, mail::Grammar::kTolerant);
  if (!mail) return reply(mail.error());
  if (mail->declared_bytes > settings_.message_bytes_max) return reply(Reply::kTooLarge);
  auto forwarded = std::move(forwarded_);  // Said before MAIL, for this mail.
  reset();
  forwarded_ = std::move(forwarded);
  transaction_.begin(*mail);
  // Taken by tolerance: told as it came, because headers show it tidied.
  if (untidy) notes_.note(Reply::kSenderOk, line_, {});
  return reply(Reply::kSenderOk);
}

Action Conversation::take_rcpt(std::string_view argument) {
  auto said = parse_rcpt(argument, transaction_.smtputf8(), settings_.addresses);
  const bool says_uid = said ? !said->uid.empty() : said.error() == Reply::kBadParameter;
  if (says_uid && !channel_.may_give_uid) return reply(Reply::kUnknownParameter);
  if (!said) return reply(said.error());
  // An id is one message's in one mailbox.
  if (transaction_.accepted() != 0 && (says_uid || !transaction_.uid().empty()))
    return reply(Reply::kUidForOne);
  if (transaction_.accepted() >= settings_.recipients_max) {
    const bool too_many = ++postponed_ > limits::kPostponedRecipientsMax && !one_more_empty();
    return too_many ? close(Reply::kTooManyBadCommands) : reply(Reply::kTooManyRecipients);
  }
  candidate_ = said->recipient.plain();
  candidate_uid_ = std::move(said->uid);
  Action action(Kind::kCheckRecipient);
  action.recipient = candidate_;
  return action;
}

// Not in LMTP, and not of trusted networks: their envelopes hold many. A recipient that may come
// again (4xx) or is full is not the peer's mistake, but an endless row of them is of no use.
bool Conversation::recipient_checked(Recipient verdict, std::size_t copies) {
  Reply answer = as_configured(to_reply(verdict), settings_);
  if (verdict == Recipient::kAccepted) {
    const EnvelopeSize size = transaction_.size().with(copies);
    if (!size.is_too_large(transaction_.declared_bytes(), settings_)) {
      transaction_.add(std::exchange(candidate_, {}), copies);
      if (!candidate_uid_.empty()) transaction_.set_uid(std::exchange(candidate_uid_, {}));
      output_ += text(answer);
      return true;
    }
    answer = Reply::kEnvelopeTooLarge;
    note(answer, "RCPT");
  }
  notes_.recipient_refused();
  bool goes_on = true;
  if (!is_mistake(verdict))
    goes_on = ++postponed_ <= limits::kPostponedRecipientsMax || one_more_empty();
  else if (channel_.stranger && settings_.dialect == Dialect::kSmtp)
    goes_on = one_more_mistake();
  if (!goes_on) {
    slow_ = false;
    answer = Reply::kTooManyBadCommands;
    note(answer, "RCPT");
  }
  output_ += text(answer);
  return goes_on;
}

Action Conversation::take_forward(std::string_view argument) {
  if (!channel_.trusted) return reply(Reply::kNotOffered);
  Forwarded forwarded = forwarded_.value_or(Forwarded());
  if (!read_forwarded(argument, forwarded)) return reply(Reply::kBadParameter);
  forwarded_ = std::move(forwarded);
  return reply(Reply::kOk);
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
  note(chunk_refusal_, "BDAT");
  if (chunk.last && chunks_ == Chunks::kFailed)
    output_ += transaction_.answers(settings_.dialect, chunk_refusal_);
  else
    output_ += text(chunk_refusal_);
}

void Conversation::chunk_taken(Failure failure) {
  if (failure != Failure::kNone) {
    chunks_ = Chunks::kFailed;
    note(to_reply(failure), "BDAT");
  }
  output_ += text(failure == Failure::kNone ? Reply::kChunkOk : to_reply(failure));
}

void Conversation::message_failed(Failure failure) {
  note(to_reply(failure), chunks_ == Chunks::kNone ? "DATA" : "BDAT");
  output_ += transaction_.answers(settings_.dialect, to_reply(failure));
  reset();
}

bool Conversation::delivered(const std::vector<Outcome>& next) {
  const auto is_done = [](const Outcome& outcome) { return outcome.verdict == Delivery::kDone; };
  if (std::any_of(next.begin(), next.end(), is_done)) mistakes_ = empty_ = postponed_ = 0;
  output_ += transaction_.answer(settings_, next);
  if (!transaction_.answered()) return false;
  reset();
  return true;
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
  channel.trusted = false;  // The client is there by the proxy's word alone.
  channel.may_give_uid = false;
  channel.stranger = true;
  tls_started(channel);  // Earlier commands were the proxy's, and not the client's.
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
  greeted_ = false;
  extended_ = false;
  reset();
}

Envelope Conversation::envelope() const {
  Envelope envelope = transaction_.envelope();
  envelope.helo = helo_;
  envelope.forwarded = forwarded_;
  envelope.protocol =
      protocol_name(settings_.dialect, extended_, channel_.tls, transaction_.smtputf8());
  return envelope;
}

Action Conversation::reply(Reply reply) {
  const bool goes_on =
      is_mistake(reply) ? one_more_mistake() : !is_empty(reply) || one_more_empty();
  if (!goes_on) return close(Reply::kTooManyBadCommands);
  note(reply, line_);
  output_ += text(reply);
  return Action(Kind::kNothing);
}

void Conversation::note(Reply reply, std::string_view line) {
  if (is_refusal(reply)) notes_.note(reply, line, transaction_.sender());
}

/// False: too many.
bool Conversation::one_more_mistake() {
  const std::uint32_t most = channel_.stranger ? settings_.mistakes_max : limits::kBadCommandsMax;
  return ++mistakes_ <= most;
}

/// False: there were enough of them to count as mistakes, and too many mistakes.
bool Conversation::one_more_empty() {
  if (!channel_.stranger || ++empty_ <= limits::kEmptyCommandsMax) return true;
  return one_more_mistake();
}

Action Conversation::close(Reply reply) {
  slow_ = false;
  note(reply, line_);
  output_ += text(reply);
  return Action(Kind::kClose);
}

void Conversation::reset() {
  transaction_.reset();
  forwarded_.reset();
  chunks_ = Chunks::kNone;
  notes_.begin();
}

Phase Conversation::phase() const {
  if (!greeted_) return Phase::kStart;
  if (!transaction_.begun()) return Phase::kReady;
  if (chunks_ == Chunks::kBegun) return Phase::kChunks;
  if (chunks_ == Chunks::kFailed) return Phase::kChunksFailed;
  return transaction_.accepted() == 0 ? Phase::kSender : Phase::kRecipients;
}

}  // namespace restante::smtp
