// Logs a user in at another POP3 server with the password that the user gave us: the greeting,
// CAPA, STLS, who the client is (XCLIENT), AUTH PLAIN or USER and PASS. Sans-IO; from the login on,
// what comes from there is the user's. It knows no socket, no clock and no TLS.
//
// Used as pop3::ServerSession is: advance() until it asks for something.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret_string.h"
#include "pop3/client_capabilities.h"
#include "pop3/client_reply.h"
#include "pop3/server_session.h"

namespace restante::pop3 {

struct FarLoginRequest {
  std::string name;
  SecretString password;
  bool utf8 = false;          ///< The user has said UTF8 (RFC 6856), and it has to hold there.
  bool has_tls = false;       ///< From the first octet on.
  bool may_be_clear = false;  ///< The server is on this machine: without STLS there, go on.
  /// XCLIENT's arguments, said where the server announces it; empty: no client is named.
  std::string xclient{};
};

/// Used by one thread at a time.
class FarLogin {
 public:
  enum class Step : std::uint8_t {
    kNeedInput,  ///< Send output(), read more, advance() with it.
    kStartTls,   ///< Send output(), do the handshake (nothing unread may be there), tls_started().
    kLoggedIn,   ///< What is left of the input, and all that comes, is for the user.
    kFailed,     ///< See failure() and reason().
  };

  explicit FarLogin(FarLoginRequest request) : request_(std::move(request)) {}
  ~FarLogin() { wipe(output_); }
  FarLogin(const FarLogin&) = delete;
  FarLogin& operator=(const FarLogin&) = delete;

  /// Takes octets off the front of `input`, and none behind the answer to the login.
  Step advance(std::string_view& input);
  /// Octets that must be sent; the driver clears it. It may hold a password: wipe() it.
  std::string& output() { return output_; }
  void tls_started();
  [[nodiscard]] bool is_logged_in() const { return logged_in_; }

  /// kWrong: the server has refused the name or the password, as far as it says so. What is not
  /// known is kTemporary.
  [[nodiscard]] LoginFailure failure() const { return failure_; }
  /// For the log; what the server said is in it, printable.
  [[nodiscard]] const std::string& reason() const { return reason_; }

 private:
  enum class State : std::uint8_t {
    kGreeting,
    kCapa,
    kCapabilities,
    kStls,
    kXclient,
    kUtf8,
    kUser,
    kAnswer,
    kInitialResponse,
    kOver
  };

  Step take(std::string_view line);
  Step take_reply(const ClientReply& reply);
  Step have_capabilities();
  Step log_in();
  Step say(State next, std::string_view verb, std::string_view argument = {});
  Step fail(LoginFailure failure, std::string reason);
  Step refused(const ClientReply& reply);
  [[nodiscard]] SecretString plain_argument() const;
  [[nodiscard]] SecretString plain_message() const;

  FarLoginRequest request_;
  State state_ = State::kGreeting;
  ReplyLineReader reader_;
  Capabilities capabilities_;
  bool logged_in_ = false;
  bool xclient_offered_ = false;
  bool xclient_said_ = false;
  bool utf8_said_ = false;
  std::uint32_t capability_lines_ = 0;
  std::string output_;
  LoginFailure failure_ = LoginFailure::kTemporary;
  std::string reason_;
};

/// What a server's -ERR to a login means: its code says (RFC 2449 s.8, RFC 3206); where it has none
/// and does not promise to have one for wrong passwords, its words.
LoginFailure meaning_of(const ClientReply& reply, const Capabilities& capabilities);

}  // namespace restante::pop3
