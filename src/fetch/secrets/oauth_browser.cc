#include "fetch/secrets/oauth_browser.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <openssl/sha.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <span>

#include "base/ascii.h"
#include "base/check.h"
#include "fetch/secrets/oauth_grant.h"
#include "fetch/secrets/oauth_token.h"
#include "files/descriptor.h"
#include "files/errors.h"

namespace restante::fetch {
namespace {

using Clock = std::chrono::steady_clock;
// A person has to find a phone, perhaps, for a second factor.
constexpr std::chrono::minutes kPatience{10};
constexpr std::chrono::seconds kRequestTime{10};
constexpr std::size_t kRequestMax = 16U << 10;

std::string base64url(std::span<const unsigned char> bytes) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const unsigned char byte : bytes) {
    bits = (bits << 8U) | byte;
    for (held += 8; held >= 6; held -= 6) out += kLetters[(bits >> (held - 6)) & 63U];
  }
  if (held > 0) out += kLetters[(bits << (6 - held)) & 63U];
  return out;
}

std::string random_text() {
  std::array<unsigned char, 32> bytes{};
  RESTANTE_CHECK(::getrandom(bytes.data(), bytes.size(), 0) == 32);
  return base64url(bytes);
}

std::string unescaped(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool pair =
        text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0;
    if (pair) {
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
    // As browsers encode a form.
  }
  return out;
}

struct Listener {
  files::Descriptor socket;
  std::uint16_t port = 0;
};

Result<Listener> listen_here() {
  Listener made;
  made.socket.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  // By its number and on a port of the system's choice, as RFC 8252 s.7.3 wants it; "localhost" may
  // lead elsewhere.
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  if (!made.socket.is_open() || ::bind(made.socket.number(), plain, size) != 0 ||
      ::listen(made.socket.number(), 4) != 0 ||
      ::getsockname(made.socket.number(), plain, &size) != 0)
    return files::io_error("cannot listen on 127.0.0.1");
  made.port = ntohs(address.sin_port);
  return made;
}

/// Until the descriptor is readable. Errors: kTimeout, kState.
Status await(int fd, const net::StopSignal& stop, Clock::time_point end) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    if (left <= 0) return Error(Errc::kTimeout, "no login came in time");
    std::array<pollfd, 2> waits{{{fd, POLLIN, 0}, {stop.descriptor(), POLLIN, 0}}};
    const int ready = ::poll(waits.data(), waits.size(), static_cast<int>(left));
    // A stop goes before an answer that comes at the same moment.
    if (stop.raised()) return Error(Errc::kState, "interrupted");
    if (ready > 0 && waits[0].revents != 0) return ok();
  }
}

/// The first line of one request; empty when there is none.
std::string read_request_line(int fd, const net::StopSignal& stop) {
  std::string head;
  const auto end = Clock::now() + kRequestTime;
  // Bounded: any program of this machine can connect to the port.
  while (head.find("\r\n\r\n") == std::string::npos && head.size() < kRequestMax) {
    if (!await(fd, stop, end)) return {};
    std::array<char, 2048> piece{};
    const ssize_t count = ::read(fd, piece.data(), piece.size());
    if (count <= 0) return {};
    head.append(piece.data(), static_cast<std::size_t>(count));
  }
  return head.substr(0, head.find("\r\n"));
}

void answer(int fd, bool good) {
  const std::string_view body = good ? "<p>restante has what it needs; you can close this page.</p>"
                                     : "<p>This is not the answer that restante waits for.</p>";
  const std::string text = fmt::format(
      "HTTP/1.1 {}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n"
      "Connection: close\r\nReferrer-Policy: no-referrer\r\n\r\n{}",
      good ? "200 OK" : "400 Bad Request", body.size(), body);
  static_cast<void>(::send(fd, text.data(), text.size(), MSG_NOSIGNAL));
}

/// Any other request to the port (a favicon, a scanner) is answered and forgotten.
Result<Callback> await_callback(const Listener& listener, const std::string& state,
                                const net::StopSignal& stop) {
  const auto end = Clock::now() + kPatience;
  for (;;) {
    RESTANTE_CHECKED(await(listener.socket.number(), stop, end));
    const files::Descriptor client(
        ::accept4(listener.socket.number(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!client.is_open()) continue;
    Callback callback = parse_callback(read_request_line(client.number(), stop));
    // Another login's answer, or a program's guess: the state is known to the issuer and to us.
    const bool ours =
        callback.state == state && (!callback.code.empty() || !callback.error.empty());
    answer(client.number(), ours);
    if (ours) return callback;
  }
}

/// No program listens there: the browser shows an error, and the address is what we want.
constexpr std::string_view kNowhere = "http://127.0.0.1:47813/";

/// One login, from the address that is shown to the tokens (RFC 7636).
struct Question {
  explicit Question(std::string back) : redirect(std::move(back)) {}

  const std::string redirect;
  const std::string state = random_text();
  const std::string verifier = random_text();

  [[nodiscard]] std::string address(const profile::Issuer& issuer, const std::string& hint) const {
    const std::string challenge = pkce_challenge(verifier);
    const bool has_query = issuer.authorization_url.find('?') != std::string::npos;
    // Google gives a refresh token only to who asks for "offline", and only when it asks the
    // person.
    Form form{{"response_type", "code"},
              {"client_id", issuer.client_id},
              {"redirect_uri", redirect},
              {"scope", issuer.scope},
              {"state", state},
              {"code_challenge", challenge},
              {"code_challenge_method", "S256"},
              {"login_hint", hint},
              {"access_type", "offline"},
              {"prompt", "consent"}};
    if (hint.empty())
      std::erase_if(form, [](const auto& field) { return field.first == "login_hint"; });
    return issuer.authorization_url + (has_query ? "&" : "?") + encode_form(form);
  }

  [[nodiscard]] Result<Tokens> exchange(const profile::Issuer& issuer, const Callback& callback,
                                        const net::StopSignal& stop) const {
    if (!callback.error.empty()) return Error(Errc::kAuth, "the issuer refuses: " + callback.error);
    const Form form{{"grant_type", "authorization_code"},
                    {"code", callback.code},
                    {"redirect_uri", redirect},
                    {"code_verifier", verifier}};
    RESTANTE_TRY(Grant grant, ask_for_tokens(issuer, form, seconds_now(), stop));
    if (grant.granted()) return std::move(grant.tokens);
    return Error(Errc::kAuth, fmt::format("the issuer refuses: {} {}", grant.refusal.error,
                                          grant.refusal.description));
  }
};

/// One line that the user pastes. Errors: kClosed, kTimeout, kState.
Result<std::string> read_line(int input, const net::StopSignal& stop) {
  std::string line;
  const auto end = Clock::now() + kPatience;
  while (line.find('\n') == std::string::npos && line.size() < kRequestMax) {
    RESTANTE_CHECKED(await(input, stop, end));
    std::array<char, 2048> piece{};
    const ssize_t count = ::read(input, piece.data(), piece.size());
    // A terminal that closes is no line.
    if (count <= 0 && line.empty()) return Error(Errc::kClosed, "nothing was pasted");
    if (count <= 0) break;
    line.append(piece.data(), static_cast<std::size_t>(count));
  }
  return line.substr(0, line.find('\n'));
}

}  // namespace

std::string pkce_challenge(std::string_view verifier) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  ::SHA256(reinterpret_cast<const unsigned char*>(verifier.data()), verifier.size(), digest.data());
  return base64url(digest);
}

Callback parse_callback(std::string_view line) {
  Callback out;
  if (!line.starts_with("GET /?")) return out;
  line.remove_prefix(6);
  line = line.substr(0, line.find(' '));
  while (!line.empty()) {
    const std::string_view pair = line.substr(0, line.find('&'));
    line.remove_prefix(std::min(line.size(), pair.size() + 1));
    const std::string_view name = pair.substr(0, pair.find('='));
    const std::string value = unescaped(pair.substr(std::min(pair.size(), name.size() + 1)));
    if (name == "code") out.code = value;
    if (name == "state") out.state = value;
    if (name == "error") out.error = value;
  }
  return out;
}

Callback parse_pasted(std::string_view text) {
  constexpr std::string_view kAround = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(kAround), text.size()));
  text = text.substr(0, text.find_last_not_of(kAround) + 1);
  // People copy the whole address, or only the code.
  const std::size_t query = text.find("/?");
  if (query != std::string_view::npos)
    return parse_callback("GET " + std::string(text.substr(query)));
  Callback out;
  out.code = unescaped(text);
  return out;
}

Result<Tokens> log_in_by_browser(const profile::Issuer& issuer, const std::string& hint,
                                 const std::function<void(const std::string& address)>& show,
                                 const net::StopSignal& stop) {
  RESTANTE_TRY(const Listener listener, listen_here());
  const Question question(fmt::format("http://127.0.0.1:{}/", listener.port));
  show(question.address(issuer, hint));
  RESTANTE_TRY(const Callback callback, await_callback(listener, question.state, stop));
  return question.exchange(issuer, callback, stop);
}

Result<Tokens> log_in_by_paste(const profile::Issuer& issuer, const std::string& hint,
                               const std::function<void(const std::string& address)>& show,
                               int input, const net::StopSignal& stop) {
  const Question question{std::string(kNowhere)};
  show(question.address(issuer, hint));
  RESTANTE_TRY(const std::string line, read_line(input, stop));
  const Callback callback = parse_pasted(line);
  // A bare code has no state; that it answers this question, the issuer sees by the challenge.
  if (!callback.state.empty() && callback.state != question.state)
    return Error(Errc::kAuth, "this address belongs to another login");
  if (callback.code.empty() && callback.error.empty())
    return Error(Errc::kSyntax, "there is no code in what was pasted");
  return question.exchange(issuer, callback, stop);
}

}  // namespace restante::fetch
