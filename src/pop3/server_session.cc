#include "pop3/server_session.h"

#include "base/check.h"
#include "pop3/authorization.h"
#include "pop3/capability.h"
#include "pop3/command.h"
#include "pop3/language.h"
#include "pop3/line_reader.h"
#include "pop3/shared_state.h"
#include "pop3/transaction.h"

namespace restante::pop3 {

struct ServerSession::State {
  State(const ServerSettings& settings, Channel channel) : context(settings, std::move(channel)) {}

  Effect advance(std::string_view& input);
  Outcome take_line(const Line& line);
  Outcome run(std::string_view line);
  Outcome dispatch(const Command& command);
  Outcome quit();
  Outcome capa();

  [[nodiscard]] SessionState session_state() const {
    if (over) return SessionState::kUpdate;
    return transaction ? SessionState::kTransaction : SessionState::kAuthorization;
  }

  SharedState context;
  LineReader reader;
  Authorization authorization{context};
  std::optional<Transaction> transaction;
  bool over = false;  ///< Nothing more is read: QUIT, too many errors, or shut down.
};

Effect ServerSession::State::advance(std::string_view& input) {
  for (;;) {
    if (transaction && transaction->is_listing() && !over) transaction->continue_listing();
    // A client that does not read must not make us keep its answers: no further command until they
    // are sent.
    if (context.output_is_full()) return Flush{};
    if (over) {
      input = {};
      return Close{};
    }
    const LineKind kind = authorization.in_exchange() ? LineKind::kExchange : LineKind::kCommand;
    const Line line = reader.next(input, kind);
    if (line.status == Line::Status::kNeedInput) return NeedInput{};
    Outcome outcome = take_line(line);
    if (context.too_many_errors()) over = true;
    if (!outcome) continue;
    if (std::holds_alternative<StartTls>(*outcome))
      input = {};  // RFC 2595 s.4: not to be believed.
    return *std::move(outcome);
  }
}

Outcome ServerSession::State::take_line(const Line& line) {
  if (line.status == Line::Status::kTooLong) {
    authorization.abort_exchange();
    authorization.forget_name();
    context.refuse(Text::kLineTooLong);
    return std::nullopt;
  }
  return authorization.in_exchange() ? authorization.exchange_line(line.text) : run(line.text);
}

Outcome ServerSession::State::run(std::string_view line) {
  const auto command = parse_command(line);
  context.count(command);
  // PASS belongs right behind USER, so any other line ends the pair.
  if (!command || command->verb != Verb::kPass) authorization.forget_name();
  if (command && context.is_enabled(command->verb)) {
    if (allowed(command->verb, session_state())) return dispatch(*command);
    context.refuse(transaction ? Text::kLoggedInAlready : Text::kNotLoggedIn);
  } else {
    const bool bad_line = !command && command.error().code == Errc::kSyntax;
    context.refuse(bad_line ? Text::kBadLine : Text::kUnknownCommand);
  }
  return std::nullopt;
}

Outcome ServerSession::State::dispatch(const Command& command) {
  if ((command.verb == Verb::kQuit || command.verb == Verb::kCapa) && !parse_nothing(command)) {
    context.refuse(Text::kBadArguments);
    return std::nullopt;
  }
  if (command.verb == Verb::kQuit) return quit();
  if (command.verb == Verb::kCapa) return capa();
  if (command.verb == Verb::kLang) {
    reply_to_lang(context.replies, command.argument);
    return std::nullopt;
  }
  return transaction ? transaction->handle(command) : authorization.handle(command);
}

Outcome ServerSession::State::quit() {
  over = true;
  // UPDATE: the answer waits until the deletions are durable.
  if (transaction) return Commit{transaction->deleted()};
  context.replies.ok(Text::kGoodbye);
  return std::nullopt;
}

Outcome ServerSession::State::capa() {
  // Before a login EXPIRE depends on the accounts that there are, which the driver knows.
  if (!transaction) return FindExpire{};
  reply_capabilities(context);
  return std::nullopt;
}

ServerSession::ServerSession(const ServerSettings& settings, Channel channel)
    : state_(std::make_unique<State>(settings, std::move(channel))) {
  reply_greeting(state_->context);
}

ServerSession::~ServerSession() = default;
ServerSession::ServerSession(ServerSession&&) noexcept = default;
ServerSession& ServerSession::operator=(ServerSession&&) noexcept = default;

Effect ServerSession::advance(std::string_view& input) { return state_->advance(input); }

std::string& ServerSession::output() { return state_->context.replies.output(); }

void ServerSession::tls_started(Channel channel) {
  state_->reader.reset();
  state_->authorization.forget_name();
  state_->context.channel = std::move(channel);
  state_->context.channel.tls = true;
  // RFC 2595 s.4: all that was agreed in clear is forgotten.
  state_->context.utf8 = false;
  state_->context.replies.set_language(Language::kEnglish);
}

void ServerSession::logged_in(const Listing& listing, Expire expire) {
  state_->context.expire = expire;
  state_->context.expire.per_user = false;
  state_->authorization.abort_exchange();
  state_->transaction.emplace(state_->context, listing);
  state_->context.replies.ok(Text::kLoggedIn);
}

void ServerSession::login_failed(LoginFailure failure) {
  state_->authorization.login_failed(failure);
  state_->over = state_->over || state_->authorization.too_many_attempts();
}

void ServerSession::handed_over() {
  state_->context.replies.ok(Text::kLoggedIn);
  state_->over = true;
}

bool ServerSession::has_utf8() const { return state_->context.utf8; }

void ServerSession::keys_found(const sasl::ScramKeys& keys, std::string_view nonce) {
  state_->authorization.keys_found(keys, nonce);
}

void ServerSession::client_named(Channel channel) {
  state_->context.channel = std::move(channel);
  state_->context.replies.ok(Text::kClientNamed);
}

void ServerSession::expire_found(Expire expire) {
  state_->context.expire = expire;
  reply_capabilities(state_->context);
}

void ServerSession::message_opened(const Status& status) {
  RESTANTE_CHECK(state_->transaction.has_value());
  state_->transaction->message_opened(status);
}

void ServerSession::committed(const Status& status) {
  Replies& replies = state_->context.replies;
  if (status)
    replies.ok(Text::kGoodbye);
  else
    replies.error(ResponseCode::kSysTemp, Text::kNotRemoved);
}

void ServerSession::shut_down(std::string_view reason) {
  RESTANTE_DCHECK(reason.size() < kReplyLineBytesMax / 2 && reason.find('\n') == reason.npos);
  // Inside a listing a last word would be read as one more line of it.
  const bool may_speak =
      !state_->over && !(state_->transaction && state_->transaction->is_listing());
  state_->over = true;
  if (!may_speak) return;
  state_->context.replies.add("-ERR [SYS/TEMP] ").add(reason).end_line();
}

bool ServerSession::has_refused() const { return !state_->context.refusals.empty(); }

std::vector<Refusal> ServerSession::take_refusals() {
  return std::exchange(state_->context.refusals, {});
}

bool ServerSession::is_logged_in() const { return state_->transaction.has_value(); }

}  // namespace restante::pop3
