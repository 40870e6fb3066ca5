#include "sasl/bearer.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"
#include "sasl/credential_limits.h"
#include "sasl/scram_messages.h"

namespace restante::sasl {
namespace {

constexpr char kSeparator = '\x01';
constexpr std::string_view kScheme = "Bearer ";

Error bad_token(const char* what) { return Error(Errc::kSyntax, what); }

/// b64token of RFC 6750 s.2.1.
bool is_token(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  const auto fits = [](char c) {
    return is_alpha(c) || is_digit(c) ||
           std::string_view("-._~+/").find(c) != std::string_view::npos;
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), fits);
}

/// value of RFC 7628 s.3.1.
bool is_value(std::string_view text) {
  const auto fits = [](char c) {
    // It may be a line of an HTTP header that the client passes on, blanks and line ends included.
    return (is_ascii(c) && !is_control(c)) || c == '\t' || c == '\r' || c == '\n';
  };
  return std::all_of(text.begin(), text.end(), fits);
}

Result<SecretString> token_of(std::string_view value) {
  // As in HTTP the scheme's case does not matter; the token's does.
  if (!starts_with_ignore_case(value, kScheme)) return bad_token("auth is not Bearer");
  value.remove_prefix(kScheme.size());
  // One space is in the grammar, and some clients send more.
  while (value.starts_with(' ')) value.remove_prefix(1);
  if (!is_token(value)) return bad_token("malformed token");
  return SecretString(value);
}

/// The pairs up to the ^A that ends them all, which is the message's last.
Result<SecretString> token_in_pairs(std::string_view rest) {
  std::optional<SecretString> token;
  // A pair that we do not know is passed over, as RFC 7628 s.3.1 has it, but a malformed one is
  // not: what follows it could be read in two ways.
  while (rest.size() > 1) {
    const std::size_t end = rest.find(kSeparator);
    const std::string_view pair = rest.substr(0, end);
    const std::size_t equals = pair.find('=');
    if (end == rest.npos || equals == pair.npos || equals == 0) return bad_token("bearer pair");
    const std::string_view key = pair.substr(0, equals);
    const std::string_view value = pair.substr(equals + 1);
    if (!std::all_of(key.begin(), key.end(), is_alpha) || !is_value(value))
      return bad_token("bearer pair");
    if (key == "auth") {
      // Which of the two counts would be for each program to decide: one could check the first,
      // another use the second.
      if (token) return bad_token("two tokens");
      RESTANTE_TRY(SecretString found, token_of(value));
      token = std::move(found);
    }
    rest.remove_prefix(end + 1);
  }
  if (rest != std::string_view(&kSeparator, 1)) return bad_token("bearer message is cut off");
  if (!token) return bad_token("no token");
  return *std::move(token);
}

constexpr std::size_t kRefusalBytesMax = 1024;

}  // namespace

Result<BearerMessage> parse_oauth_bearer(std::string_view message) {
  RESTANTE_TRY(Gs2Header header, parse_gs2_header(message));
  // The mechanism has no -PLUS form: a client that asks for one was misled.
  if (header.flag == 'p') return bad_token("OAUTHBEARER with channel binding");
  std::string_view rest = message.substr(header.text.size());
  if (!rest.starts_with(kSeparator)) return bad_token("bearer pairs");
  rest.remove_prefix(1);
  BearerMessage out;
  RESTANTE_TRY(SecretString token, token_in_pairs(rest));
  out.name = std::move(header.authorization);
  out.token = std::move(token);
  return out;
}

Result<BearerMessage> parse_xoauth2(std::string_view message) {
  constexpr std::string_view kUser = "user=";
  const std::size_t end = message.find(kSeparator);
  if (!message.starts_with(kUser) || end == message.npos)
    return bad_token("XOAUTH2 without a user");
  const std::string_view name = message.substr(kUser.size(), end - kUser.size());
  // A name goes to the directory and to the log; OAUTHBEARER's is checked with its header.
  if (!is_utf8(name)) return bad_token("XOAUTH2 name is not UTF-8");
  RESTANTE_CHECKED(check_name(name));
  RESTANTE_TRY(SecretString token, token_in_pairs(message.substr(end + 1)));
  return BearerMessage{std::string(name), std::move(token)};
}

std::string format_oauth_bearer(const BearerMessage& message, const BearerService& service) {
  std::string out = "n,";
  // Without a name the token says who it is for.
  if (!message.name.empty()) out += "a=" + escape_name(message.name);
  out += ",\x01host=" + service.host + "\x01port=" + std::to_string(service.port) + "\x01";
  append_secret(out, "auth=Bearer ");
  append_secret(out, message.token);
  append_secret(out, "\x01\x01");
  return out;
}

std::string format_xoauth2(const BearerMessage& message) {
  std::string out = "user=" + message.name + "\x01";
  append_secret(out, "auth=Bearer ");
  append_secret(out, message.token);
  append_secret(out, "\x01\x01");
  return out;
}

Step BearerServer::start(std::optional<std::string_view> initial) {
  // An empty challenge: the client speaks first, in a message of its own where it had no room
  // behind AUTH.
  if (!initial) return Challenge{};
  return respond(*initial);
}

Step BearerServer::respond(std::string_view response) {
  // RFC 7628 s.3.2.3: ^A, or nothing in XOAUTH2; it is not read, for the exchange has failed.
  if (told_why_) return Error(Errc::kAuth, "token refused");
  auto message =
      dialect_ == BearerDialect::kXoauth2 ? parse_xoauth2(response) : parse_oauth_bearer(response);
  if (!message) return std::move(message).error();
  return Token{std::move(message->name), std::move(message->token)};
}

Step BearerServer::refused() {
  // The client answers the reason with one more message before the end, which respond() waits for.
  told_why_ = true;
  // RFC 7628 s.3.2.2 and RFC 6750 s.3.1; XOAUTH2 carries an HTTP status instead.
  if (dialect_ == BearerDialect::kXoauth2)
    return Challenge{R"({"status":"401","schemes":"bearer"})"};
  return Challenge{R"({"status":"invalid_token"})"};
}

Result<std::optional<SecretString>> BearerClient::start() {
  // XOAUTH2 and most token services have no second name, so the request is refused here instead of
  // by a server in words of its own.
  if (!credentials_.authorization.empty() && credentials_.authorization != credentials_.name)
    return Error(Errc::kSyntax, "a token cannot act as another user");
  // The name is of the configuration, but a control character in it could end a pair and begin
  // another.
  if (std::any_of(service_.host.begin(), service_.host.end(), is_control))
    return Error(Errc::kSyntax, "control character in the server's name");
  const BearerMessage message{credentials_.name, std::move(credentials_.secret)};
  const bool old = dialect_ == BearerDialect::kXoauth2;
  std::string text = old ? format_xoauth2(message) : format_oauth_bearer(message, service_);
  SecretString out(text);
  wipe(text);
  // What a server could not take apart is not sent: a token with a line break at its end.
  const auto understood = old ? parse_xoauth2(out) : parse_oauth_bearer(out);
  if (!understood) return understood.error();
  state_ = State::kSent;
  return std::optional<SecretString>(std::move(out));
}

Result<SecretString> BearerClient::respond(std::string_view challenge) {
  if (state_ == State::kRefused) return Error(Errc::kAuth, "the server refused the token");
  if (state_ == State::kNew) return Error(Errc::kState, "bearer exchange is not begun");
  state_ = State::kRefused;
  // A server that never stops telling why must not fill our memory.
  refusal_ = challenge.substr(0, kRefusalBytesMax);
  return SecretString(dialect_ == BearerDialect::kXoauth2 ? "" : "\x01");
}

}  // namespace restante::sasl
