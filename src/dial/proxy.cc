#include "dial/proxy.h"

#include <arpa/inet.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/ascii.h"

namespace restante::net {
namespace {

constexpr std::size_t kHeadBytesMax = 8192;
constexpr std::string_view kVersion("\x05", 1);
constexpr char kNoLogin = 0;
constexpr char kNameAndPassword = 2;

/// RFC 1928 s.6.
std::string_view reason_of(unsigned char reply) {
  constexpr std::array<std::string_view, 9> kReasons = {
      "",
      "general failure",
      "its rules do not allow it",
      "network unreachable",
      "host unreachable",
      "connection refused",
      "time to live expired",
      "it cannot connect",
      "it does not know this kind of address",
  };
  return reply < kReasons.size() ? kReasons[reply] : "unknown reason";
}

Result<std::string> receive_text(int socket, std::size_t size, const Patience& patience) {
  std::string out(size, '\0');
  RESTANTE_CHECKED(
      receive_exactly(socket, std::as_writable_bytes(std::span(out.data(), size)), patience));
  return out;
}

/// An octet with the length, then the text.
Status append_counted(std::string_view text, std::string_view what, std::string& out) {
  if (text.empty() || text.size() > 255)
    return Error(Errc::kSyntax, std::string(what) + " has to be 1 to 255 octets for SOCKS5");
  out += static_cast<char>(text.size());
  append_secret(out, text);
  return ok();
}

/// RFC 1929 s.2.
Status log_in(int socket, const ClientProxy& proxy, const Patience& patience) {
  std::string request(1, '\x01');
  RESTANTE_CHECKED(append_counted(proxy.user, "the proxy's user name", request));
  // A login that is too long must not be cut: it would be another user's.
  RESTANTE_CHECKED(append_counted(proxy.password, "the proxy's password", request));
  const Status sent = send_all(socket, request, patience);
  wipe(request);
  RESTANTE_CHECKED(sent);
  RESTANTE_TRY(const std::string answer, receive_text(socket, 2, patience));
  if (answer[1] != 0) return Error(Errc::kAuth, "the proxy refuses its user name or password");
  return ok();
}

/// RFC 1928 s.3.
Status agree_on_login(int socket, const ClientProxy& proxy, const Patience& patience) {
  const bool has_login = !proxy.user.empty();
  std::string hello(kVersion);
  hello += has_login ? '\x02' : '\x01';
  hello += kNoLogin;
  // Only what we can do is offered: a proxy that takes the other would wait for it.
  if (has_login) hello += kNameAndPassword;
  RESTANTE_CHECKED(send_all(socket, hello, patience));
  RESTANTE_TRY(const std::string answer, receive_text(socket, 2, patience));
  if (!answer.starts_with(kVersion)) return Error(Errc::kIo, "the proxy does not speak SOCKS5");
  // The proxy chooses, and may need no login though we have one.
  if (answer[1] == kNoLogin) return ok();
  if (answer[1] == kNameAndPassword && has_login) return log_in(socket, proxy, patience);
  return Error(Errc::kAuth, has_login ? "the proxy takes no login by name and password"
                                      : "the proxy wants a user name and a password");
}

/// RFC 1928 s.5: an address as it is, a name for the proxy to look up.
Status append_address(const std::string& host, std::string& out) {
  // A name goes to the proxy as it is: behind some proxies our resolver knows other hosts, or none,
  // and a look-up here would tell whom we visit.
  std::array<char, sizeof(in6_addr)> address{};
  if (::inet_pton(AF_INET, host.c_str(), address.data()) == 1) {
    out.append(1, '\x01').append(address.data(), sizeof(in_addr));
    return ok();
  }
  if (::inet_pton(AF_INET6, host.c_str(), address.data()) == 1) {
    out.append(1, '\x04').append(address.data(), address.size());
    return ok();
  }
  out += '\x03';
  return append_counted(host, "the server's name", out);
}

/// RFC 1928 s.4.
Status pass_socks5(int socket, const ClientProxy& proxy, const ClientTarget& target,
                   const Patience& patience) {
  RESTANTE_CHECKED(agree_on_login(socket, proxy, patience));
  std::string request(kVersion);
  request.append("\x01", 1).append(1, '\0');
  RESTANTE_CHECKED(append_address(target.host, request));
  request += static_cast<char>(target.port >> 8U);
  request += static_cast<char>(target.port & 0xffU);
  RESTANTE_CHECKED(send_all(socket, request, patience));
  RESTANTE_TRY(const std::string answer, receive_text(socket, 4, patience));
  if (!answer.starts_with(kVersion)) return Error(Errc::kIo, "the proxy does not speak SOCKS5");
  const auto reply = static_cast<unsigned char>(answer[1]);
  // Its words are the proxy's, not the server's: an owner would look for the fault in the wrong
  // place.
  if (reply != 0)
    return Error(Errc::kIo, "the proxy: " + std::string(reason_of(reply)) + " (" + target.host +
                                ":" + std::to_string(target.port) + ")");
  // The address that the proxy has bound is of no interest, but it has to be read.
  std::size_t left = 0;
  switch (answer[3]) {
    case 1: left = 4 + 2; break;
    case 4: left = 16 + 2; break;
    case 3: {
      RESTANTE_TRY(const std::string length, receive_text(socket, 1, patience));
      left = static_cast<unsigned char>(length[0]) + std::size_t{2};
      break;
    }
    default: return Error(Errc::kIo, "the proxy answers with an address of no known kind");
  }
  RESTANTE_TRY(const std::string rest, receive_text(socket, left, patience));
  return ok();
}

/// RFC 7617 s.2.
void append_basic(const ClientProxy& proxy, std::string& out) {
  std::string login = proxy.user + ":";
  append_secret(login, proxy.password);
  // One block: EVP_EncodeBlock puts no line break into it, as a header must not have any, and ends
  // with a zero.
  std::string coded(4 * (login.size() / 3 + 1) + 1, '\0');
  const int size = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(coded.data()),
                                     reinterpret_cast<const unsigned char*>(login.data()),
                                     static_cast<int>(login.size()));
  append_secret(out, "Proxy-Authorization: Basic ");
  append_secret(out, std::string_view(coded).substr(0, static_cast<std::size_t>(size)));
  append_secret(out, "\r\n");
  wipe(coded);
  wipe(login);
}

/// Octet by octet: what comes behind the head is the server's.
Result<std::string> receive_head(int socket, const Patience& patience) {
  std::string head;
  while (!head.ends_with("\r\n\r\n")) {
    // A server that never ends its head must not take memory for ever.
    if (head.size() == kHeadBytesMax) return Error(Errc::kIo, "the proxy's answer is too long");
    RESTANTE_TRY(const std::string octet, receive_text(socket, 1, patience));
    head += octet;
  }
  return head;
}

Status pass_http(int socket, const ClientProxy& proxy, const ClientTarget& target,
                 const Patience& patience) {
  // A name with these could bring a header line of its own, or name another host than was checked.
  if (target.host.empty() || std::any_of(target.host.begin(), target.host.end(), [](char c) {
        return is_control(c) || c == ' ' || c == '/' || c == '@';
      }))
    return Error(Errc::kSyntax, "the server's name cannot be said to a proxy");
  const bool is_v6 = target.host.find(':') != target.host.npos;
  const std::string authority =
      (is_v6 ? "[" + target.host + "]" : target.host) + ":" + std::to_string(target.port);
  std::string request = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n";
  if (!proxy.user.empty()) append_basic(proxy, request);
  append_secret(request, "\r\n");
  const Status sent = send_all(socket, request, patience);
  wipe(request);
  RESTANTE_CHECKED(sent);
  RESTANTE_TRY(const std::string head, receive_head(socket, patience));
  if (!head.starts_with("HTTP/1.") || head.size() < 12 || head[8] != ' ')
    return Error(Errc::kIo, "the proxy does not speak HTTP");
  const std::string_view status = std::string_view(head).substr(9, 3);
  // Any 2xx means that the connection stands (RFC 9110 s.9.3.6).
  if (status.starts_with('2')) return ok();
  if (status == "407" || status == "401")  // tinyproxy says 401 to a wrong password.
    return Error(Errc::kAuth, proxy.user.empty() ? "the proxy wants a user name and a password"
                                                 : "the proxy refuses its user name or password");
  return Error(Errc::kIo, "the proxy does not connect to " + authority + ": HTTP status " +
                              std::string(status));
}

}  // namespace

Status pass_proxy(int socket, const ClientProxy& proxy, const ClientTarget& target,
                  const Patience& patience) {
  if (proxy.kind == ClientProxy::Kind::kHttp) return pass_http(socket, proxy, target, patience);
  return pass_socks5(socket, proxy, target, patience);
}

}  // namespace restante::net
