// Drives a session: bytes to lines or to a message, commands to effects. It decides nothing itself;
// conversation.h does for commands, message_receiver.h for messages. Invariant: no Deliver without
// the end of the message, and no effect while the answer to one is outstanding.
#include "smtp/server_session.h"

#include <optional>

#include "base/check.h"
#include "base/limits.h"
#include "smtp/conversation.h"
#include "smtp/message_receiver.h"

namespace restante::smtp {
namespace {

enum class Mode : std::uint8_t { kCommands, kMessage, kChunk, kMessageEnded, kSkipChunk, kClosed };
enum class Awaiting : std::uint8_t { kNothing, kTls, kRecipient, kPiece, kDelivery };

}  // namespace

struct ServerSession::State {
  State(const ServerSettings& settings, Channel channel) : conversation(settings, channel) {}

  std::optional<Effect> step(std::string_view& input);
  std::optional<Effect> converse(std::string_view& input);
  std::optional<Effect> receive(std::string_view& input);
  std::optional<Effect> skip(std::string_view& input);
  std::optional<Effect> end_message();
  Effect store(std::string_view bytes);
  void take_message(const Action& action);
  void answered(Awaiting expected);

  Conversation conversation;
  LineReader lines{limits::kSmtpLineBytesMax};
  Mode mode = Mode::kCommands;
  Awaiting awaiting = Awaiting::kNothing;
  std::optional<MessageReceiver> receiver;
  bool spool_begun = false;
  ChunkArgument chunk;
  std::optional<Farewell> farewell;  // Said when the delivery under way has been answered.
};

std::optional<Effect> ServerSession::State::step(std::string_view& input) {
  switch (mode) {
    case Mode::kCommands: return converse(input);
    case Mode::kMessage:
    case Mode::kChunk: return receive(input);
    case Mode::kMessageEnded: return end_message();
    case Mode::kSkipChunk: return skip(input);
    case Mode::kClosed: break;
  }
  return Close{};
}

std::optional<Effect> ServerSession::State::converse(std::string_view& input) {
  const LineReader::Line line = lines.take(input);
  if (line.kind == LineReader::Kind::kNeedInput) return NeedInput{};
  Action action = conversation.handle(line);
  switch (action.kind) {
    case Action::Kind::kNothing: break;
    case Action::Kind::kClose: mode = Mode::kClosed; break;
    case Action::Kind::kStartTls:
      input = {};
      lines.reset();
      awaiting = Awaiting::kTls;
      return StartTls{};
    case Action::Kind::kNameClient: return NameClient{std::move(action.client)};
    case Action::Kind::kCheckRecipient:
      awaiting = Awaiting::kRecipient;
      return CheckRecipient{std::move(action.recipient), conversation.declared_bytes(),
                            conversation.size().recipients == 0};
    case Action::Kind::kTakeMessage:
    case Action::Kind::kTakeChunk: take_message(action); break;
    case Action::Kind::kSkipChunk:
      chunk = action.chunk;
      mode = Mode::kSkipChunk;
      break;
  }
  return std::nullopt;
}

void ServerSession::State::take_message(const Action& action) {
  if (action.begins) {
    receiver.emplace(conversation.settings(), conversation.size());
    spool_begun = false;
  }
  if (action.kind == Action::Kind::kTakeMessage) {
    receiver->begin_data();
    mode = Mode::kMessage;
    return;
  }
  chunk = action.chunk;
  receiver->begin_chunk(chunk);
  mode = Mode::kChunk;
}

std::optional<Effect> ServerSession::State::receive(std::string_view& input) {
  const WireStep next = receiver->next(input);
  if (next.kind == WireStep::Kind::kNeedInput) return NeedInput{};
  if (next.kind == WireStep::Kind::kPiece) return store(next.bytes);
  const bool is_whole = mode == Mode::kMessage || chunk.last;
  mode = is_whole ? Mode::kMessageEnded : Mode::kCommands;
  if (!is_whole) conversation.chunk_taken(receiver->failure());
  return std::nullopt;
}

std::optional<Effect> ServerSession::State::end_message() {
  if (const Failure failure = receiver->failure(); failure != Failure::kNone) {
    mode = Mode::kCommands;
    receiver.reset();
    conversation.message_failed(failure);
    return std::nullopt;
  }
  if (!spool_begun) return store({});  // A message without octets has a spool, too.
  awaiting = Awaiting::kDelivery;
  return Deliver{conversation.envelope(), receiver->octets(), receiver->utf8_header()};
}

Effect ServerSession::State::store(std::string_view bytes) {
  awaiting = Awaiting::kPiece;
  return StorePiece{bytes, !std::exchange(spool_begun, true)};
}

std::optional<Effect> ServerSession::State::skip(std::string_view& input) {
  const std::uint64_t skipped = std::min<std::uint64_t>(chunk.chunk_bytes, input.size());
  input.remove_prefix(static_cast<std::size_t>(skipped));
  chunk.chunk_bytes -= skipped;
  if (chunk.chunk_bytes != 0) return NeedInput{};
  mode = Mode::kCommands;
  conversation.chunk_skipped(chunk);
  return std::nullopt;
}

void ServerSession::State::answered(Awaiting expected) {
  RESTANTE_CHECK(awaiting == expected);
  awaiting = Awaiting::kNothing;
}

ServerSession::ServerSession(const ServerSettings& settings, Channel channel)
    : state_(std::make_unique<State>(settings, channel)) {}
ServerSession::~ServerSession() = default;
ServerSession::ServerSession(ServerSession&&) noexcept = default;
ServerSession& ServerSession::operator=(ServerSession&&) noexcept = default;

Effect ServerSession::advance(std::string_view& input) {
  RESTANTE_CHECK(state_->awaiting == Awaiting::kNothing || state_->mode == Mode::kClosed);
  for (;;) {
    if (state_->conversation.take_delay()) return SlowDown{};
    if (output().size() >= limits::kOutputBytesMax) return Flush{};
    if (auto effect = state_->step(input)) return std::move(*effect);
  }
}

std::string& ServerSession::output() { return state_->conversation.output(); }
std::vector<Refusal>& ServerSession::refusals() { return state_->conversation.refusals(); }
void ServerSession::client_named(Channel channel) { state_->conversation.client_named(channel); }
bool ServerSession::receiving() const {
  const bool at_rest = state_->mode == Mode::kCommands || state_->mode == Mode::kClosed;
  return !at_rest || state_->conversation.in_chunks();
}

void ServerSession::tls_started(Channel channel) {
  if (state_->mode == Mode::kClosed) return;
  state_->answered(Awaiting::kTls);
  state_->conversation.tls_started(channel);
}

void ServerSession::recipient_checked(Recipient verdict, std::size_t copies) {
  if (state_->mode == Mode::kClosed) return;
  state_->answered(Awaiting::kRecipient);
  if (!state_->conversation.recipient_checked(verdict, copies)) state_->mode = Mode::kClosed;
}

void ServerSession::piece_stored(const Status& status) {
  if (state_->mode == Mode::kClosed) return;
  state_->answered(Awaiting::kPiece);
  if (!status) state_->receiver->spool_failed();
}

void ServerSession::delivered(const std::vector<Outcome>& next) {
  RESTANTE_CHECK(state_->awaiting == Awaiting::kDelivery);
  if (!state_->conversation.delivered(next)) return;
  state_->answered(Awaiting::kDelivery);
  state_->mode = Mode::kCommands;
  state_->receiver.reset();
  if (state_->farewell) shut_down(*std::exchange(state_->farewell, std::nullopt));
}

void ServerSession::shut_down(Farewell farewell) {
  if (state_->mode == Mode::kClosed) return;
  if (state_->awaiting == Awaiting::kDelivery) {
    state_->farewell = farewell;  // First what became of the mail, then goodbye.
    return;
  }
  state_->mode = Mode::kClosed;
  state_->receiver.reset();
  output() += closing(state_->conversation.settings(), farewell);
}

}  // namespace restante::smtp
