#include "pop3/far_login.h"

#include <algorithm>

#include "base/ascii.h"
#include "pop3/client_command.h"
#include "sasl/base64.h"

namespace restante::pop3 {
namespace {

// RFC 2449 s.4, with the line's end.
constexpr std::size_t kCommandBytesMax = 255;
// A server that never ends its list must not hold a client's login.
constexpr std::uint32_t kCapabilityLinesMax = 100;

bool has_word(std::string_view words, std::string_view wanted) {
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find(' '));
    if (equals_ignore_case(word, wanted)) return true;
    words.remove_prefix(std::min(word.size() + 1, words.size()));
  }
  return false;
}

}  // namespace

LoginFailure meaning_of(const ClientReply& reply, const Capabilities& capabilities) {
  if (reply.kind == ClientReply::Kind::kContinue) return LoginFailure::kTemporary;
  // Codes first: a text that says "wrong" may be about anything.
  if (code_is(reply.code, "AUTH")) return LoginFailure::kWrong;
  if (code_is(reply.code, "IN-USE")) return LoginFailure::kInUse;
  if (code_is(reply.code, "LOGIN-DELAY")) return LoginFailure::kTooSoon;
  if (code_is(reply.code, "SYS/PERM")) return LoginFailure::kPermanent;
  // A server with codes for its refusals would have said AUTH: what it left without one is no
  // verdict over the password, and the client must not ask its user for another.
  if (!reply.code.empty() || capabilities.auth_response_code || is_temporary(reply))
    return LoginFailure::kTemporary;
  return LoginFailure::kWrong;
}

FarLogin::Step FarLogin::advance(std::string_view& input) {
  for (;;) {
    if (state_ == State::kOver) return Step::kFailed;
    const auto line = reader_.next(input);
    // What a server sends without a line's end would be kept for ever.
    if (!line) return fail(LoginFailure::kTemporary, "its line has no end");
    if (!line->complete) return Step::kNeedInput;
    const Step step = take(line->text);
    if (step != Step::kNeedInput) return step;
  }
}

FarLogin::Step FarLogin::take(std::string_view line) {
  if (state_ == State::kCapabilities) {
    if (line == ".") return have_capabilities();
    if (++capability_lines_ > kCapabilityLinesMax)
      return fail(LoginFailure::kTemporary, "its CAPA has no end");
    // Dovecot names it in CAPA, too.
    if (equals_ignore_case(line.substr(0, line.find(' ')), "XCLIENT")) xclient_offered_ = true;
    capabilities_.add(line);
    return Step::kNeedInput;
  }
  const auto reply = parse_reply(line);
  if (!reply) return fail(LoginFailure::kTemporary, "its answer is none of POP3");
  return take_reply(*reply);
}

FarLogin::Step FarLogin::take_reply(const ClientReply& reply) {
  const bool is_ok = reply.kind == ClientReply::Kind::kOk;
  switch (state_) {
    case State::kGreeting:
      if (!is_ok)
        return fail(LoginFailure::kTemporary, "its greeting: " + to_printable(reply.text));
      // Dovecot announces it there, to whom it believes.
      xclient_offered_ = code_is(reply.code, "XCLIENT");
      return say(State::kCapa, "CAPA");
    case State::kCapa:
      capabilities_ = Capabilities();
      capability_lines_ = 0;
      // CAPA is an extension: a server without it is logged in to by what RFC 1939 has.
      if (!is_ok) return have_capabilities();
      capabilities_.known = true;
      state_ = State::kCapabilities;
      return Step::kNeedInput;
    case State::kStls:
      if (!is_ok) return fail(LoginFailure::kTemporary, "STLS: " + to_printable(reply.text));
      return Step::kStartTls;
    case State::kXclient:  // Refused: it does without.
    case State::kUtf8: return log_in();
    case State::kUser:
      if (!is_ok) return refused(reply);
      return say(State::kAnswer, "PASS", request_.password);
    case State::kInitialResponse:
      if (reply.kind != ClientReply::Kind::kContinue) return refused(reply);
      append_secret(output_, plain_message());
      append_secret(output_, "\r\n");
      state_ = State::kAnswer;
      return Step::kNeedInput;
    case State::kAnswer:
      if (!is_ok) return refused(reply);
      state_ = State::kOver;
      logged_in_ = true;
      return Step::kLoggedIn;
    case State::kCapabilities:
    case State::kOver: break;
  }
  return fail(LoginFailure::kTemporary, "an answer to nothing");
}

FarLogin::Step FarLogin::have_capabilities() {
  // Said before the handshake it could have been another's, so all of it is asked again inside.
  if (request_.has_tls) return log_in();
  if (capabilities_.stls) return say(State::kStls, "STLS");
  if (!request_.may_be_clear)
    return fail(LoginFailure::kTemporary, "it offers no STLS, and nothing goes there in the clear");
  // A password that the client gave us under TLS must not leave in the clear.
  return log_in();
}

void FarLogin::tls_started() {
  request_.has_tls = true;
  reader_ = ReplyLineReader();
  static_cast<void>(say(State::kCapa, "CAPA"));  // What came before does not count.
}

/// The commands before the login, one after the other, then the login itself.
FarLogin::Step FarLogin::log_in() {
  // First, so that all that follows is done in the client's name and by the limits of its address.
  if (xclient_offered_ && !request_.xclient.empty() && !std::exchange(xclient_said_, true))
    return say(State::kXclient, "XCLIENT", request_.xclient);
  // Only where the client has said it to us: the octets behind the login are between those two.
  if (request_.utf8 && capabilities_.utf8 && !std::exchange(utf8_said_, true))
    return say(State::kUtf8, "UTF8");
  if (has_word(capabilities_.sasl, "PLAIN")) {
    const SecretString argument = plain_argument();
    const std::size_t bytes = std::string_view("AUTH \r\n").size() + argument.size();
    // The whole in one line saves a round trip, but RFC 2449 s.4 bounds a command: a long password
    // goes behind a "+".
    if (bytes > kCommandBytesMax) return say(State::kInitialResponse, "AUTH", "PLAIN");
    return say(State::kAnswer, "AUTH", argument);
  }
  // A server without CAPA is not asked to name USER: RFC 1939 servers have it.
  if (capabilities_.known && !capabilities_.user)
    return fail(LoginFailure::kTemporary, "it takes neither AUTH PLAIN nor USER");
  return say(State::kUser, "USER", request_.name);
}

FarLogin::Step FarLogin::say(State next, std::string_view verb, std::string_view argument) {
  const auto command = format_command(verb, argument);
  if (!command) return fail(LoginFailure::kTemporary, command.error().detail);
  append_secret(output_, command->view());
  state_ = next;
  return Step::kNeedInput;
}

FarLogin::Step FarLogin::fail(LoginFailure failure, std::string reason) {
  state_ = State::kOver;
  failure_ = failure;
  reason_ = std::move(reason);
  return Step::kFailed;
}

FarLogin::Step FarLogin::refused(const ClientReply& reply) {
  std::string said = to_printable(reply.text);
  // A server's own words: they go to a log.
  if (!reply.code.empty()) said = "[" + to_printable(reply.code) + "] " + said;
  return fail(meaning_of(reply, capabilities_), "it says: " + said);
}

SecretString FarLogin::plain_argument() const {
  const SecretString message = plain_message();
  std::string out;
  out.reserve(std::string_view("PLAIN ").size() + message.size());
  out.append("PLAIN ").append(message.view());
  SecretString argument(out);
  wipe(out);
  return argument;
}

/// RFC 4616, in base64.
SecretString FarLogin::plain_message() const {
  std::string message;
  append_secret(message, std::string_view("\0", 1));
  append_secret(message, request_.name);
  append_secret(message, std::string_view("\0", 1));
  append_secret(message, request_.password);
  std::string out;
  out.reserve((message.size() + 2) / 3 * 4);
  sasl::append_base64(message, out);
  wipe(message);
  SecretString encoded(out);
  wipe(out);
  return encoded;
}

}  // namespace restante::pop3
