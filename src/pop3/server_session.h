// One POP3 session, server side, sans-IO: fed bytes, it returns bytes to send and asks for effects.
// It must not know of sockets, clocks, logs, the store or how a password is checked.
//
// Protocol between session and driver: call advance(); perform the Effect it returns; answer with
// the one method that the effect names; call advance() again. Replies gather in output(), which the
// driver may send at any time and must send before it waits (NeedInput), hands over (StartTls) or
// closes (Close), and when Flush says that it is full: so pipelined commands share one write.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/secret_string.h"
#include "base/strong.h"
#include "base/xclient.h"
#include "config/keys_fwd.h"
#include "sasl/mechanism.h"

namespace restante::pop3 {

class CommandCounts;

/// The messages of the open maildrop, as STAT, LIST and UIDL need them. Outlives the session's
/// transaction state. `number` is 1..count().
class Listing {
 public:
  virtual ~Listing() = default;
  [[nodiscard]] virtual std::uint32_t count() const = 0;
  [[nodiscard]] virtual std::uint64_t total_octets() const = 0;
  [[nodiscard]] virtual std::uint64_t octets(MessageNumber number) const = 0;
  virtual void append_uid(MessageNumber number, std::string& out) const = 0;
  /// Its header holds 8-bit octets, so that a client without UTF8 may not be given it (RFC 6856
  /// s.4).
  [[nodiscard]] virtual bool needs_utf8(MessageNumber number) const = 0;
};

/// How a message with a UTF-8 header reaches a client that did not say UTF8 (RFC 6856 s.4).
enum class Utf8Policy : std::uint8_t { kSend, kRefuse };

/// CAPA EXPIRE (RFC 2449 s.6.7).
struct Expire {
  std::optional<std::uint32_t> days;  ///< The least that a message stays; nullopt: NEVER.
  bool per_user = false;  ///< The account's own may be longer. Only said before the login.
  bool is_said = true;    ///< False: messages may go by what others do, and nothing is promised.
};

struct ServerSettings {
  std::string hostname;
  std::string implementation = "restante";  ///< CAPA IMPLEMENTATION; empty: not announced.
  bool last_enabled = false;                ///< The LAST command of RFC 1460.
  bool apop_enabled = false;
  std::string apop_timestamp;  ///< "<unique@host>" for the greeting and for CRAM-MD5, made by the
                               ///< driver.
  /// Those that the operator lets in; the channel decides which of them are offered.
  sasl::MechanismSet mechanisms{sasl::MechanismId::kPlain, sasl::MechanismId::kLogin};
  std::uint32_t login_delay_seconds = 0;  ///< CAPA LOGIN-DELAY; 0: not announced.
  Utf8Policy utf8_policy = Utf8Policy::kSend;
};

/// [pop3], as far as sessions know it.
const config::Keys<ServerSettings>& keys();

/// What the session knows of its connection; renewed by tls_started().
struct Channel {
  bool tls = false;
  bool stls_available = false;      ///< Offer STLS (never when tls).
  bool plaintext_allowed = false;   ///< USER/PASS, PLAIN, LOGIN and tokens may be used.
  bool client_certificate = false;  ///< A verified one that names an account.
  bool may_name_client = false;     ///< A proxy that is believed: XCLIENT is announced.
  std::vector<sasl::ChannelBinding> bindings;
  CommandCounts* counts = nullptr;  ///< Not owned; null: commands are not counted.
};

/// The client's proof that it may log in.
enum class Proof : std::uint8_t {
  kPassword,
  kToken,        ///< `password` is a bearer token; `name` may be empty.
  kCertificate,  ///< The channel's.
  kApop,         ///< `password` is what APOP makes of `challenge` and the password.
  kCramMd5,      ///< The same, as CRAM-MD5 makes it.
  kProven,       ///< SCRAM: it knows the password that the keys of FetchKeys were made of.
  kDisproven,    ///< SCRAM: it does not.
};

/// A login attempt to be decided by the driver. `method` names the command or mechanism for the
/// log.
struct Credentials {
  std::string method;
  std::string name;           ///< Empty for a certificate, which names itself.
  std::string authorization;  ///< SASL authzid; empty: as `name`.
  SecretString password;      ///< Or what `proof` says.
  Proof proof = Proof::kPassword;
  std::string challenge;  ///< Of a digest.
  bool utf8 = false;      ///< UTF8 was said; the driver's to set.
  std::string view{};     ///< The label of a view that stood behind the name; the driver's to set.
};

enum class LoginFailure : std::uint8_t {
  kWrong,       ///< -ERR [AUTH]
  kInUse,       ///< -ERR [IN-USE]
  kTooSoon,     ///< -ERR [LOGIN-DELAY]
  kTemporary,   ///< -ERR [SYS/TEMP]
  kBeingMoved,  ///< The same: its mail is on its way here.
  kTooManyViews,  ///< -ERR [SYS/PERM]: no view can be made any more.
  kPermanent,   ///< -ERR [SYS/PERM]
};

/// A refusal whose reason the server's operator must hear.
struct Refusal {
  enum class Kind : std::uint8_t {
    kPlaintext,      ///< A password in the clear; `what`: the command, with a name or a mechanism.
    kMechanism,      ///< `what` is not offered.
    kTooManyErrors,  ///< The session ends for it.
  };
  Kind kind{};
  std::string what;  ///< As the client wrote it; no secret.
};

/// All input is used up: send output(), read more, advance() with it.
struct NeedInput {};
/// output() has reached limits::kOutputBytesMax: send it, then advance().
struct Flush {};
/// Send output(), throw away all unread input, do the handshake, then tls_started().
struct StartTls {};
/// Decide, then logged_in() or login_failed().
struct Authenticate {
  Credentials credentials;
};
/// Answer with the SCRAM keys of this account (made-up ones when there are none) by keys_found(),
/// or with login_failed() when they cannot be had.
struct FetchKeys {
  std::string method;
  sasl::Hash hash{};
  std::string name;
};
/// XCLIENT from a proxy that may say it (see Channel): the session is this client's from here on;
/// answer client_named(). nullopt: from another peer, refused, and no answer is wanted.
struct NameClient {
  std::optional<XClient> client;
};
/// What CAPA is to say of EXPIRE before a login: answer expire_found().
struct FindExpire {};
/// Open this message and answer message_opened(); if ok, put the message in wire form (for TOP: the
/// header and `body_lines` lines of it) and then ".\r\n" behind output(), or, when that fails half
/// way, close the connection without the final dot. Then advance().
struct SendMessage {
  MessageNumber number{};
  std::optional<std::uint64_t> body_lines;  ///< TOP's n; nullopt: RETR.
};
/// Delete these durably, then committed(). Also sent with an empty list.
struct Commit {
  std::vector<MessageNumber> deleted;
};
/// Send output(), close. Nothing that was not committed is deleted.
struct Close {};

using Effect = std::variant<NeedInput, Flush, StartTls, Authenticate, FetchKeys, NameClient,
                            FindExpire, SendMessage, Commit, Close>;

/// Used by one thread at a time.
class ServerSession {
 public:
  /// `settings` is not owned and outlives the session. The greeting is in output() at once.
  ServerSession(const ServerSettings& settings, Channel channel);
  ~ServerSession();
  ServerSession(ServerSession&&) noexcept;
  ServerSession& operator=(ServerSession&&) noexcept;

  /// Takes bytes from the front of `input` (removing them) up to the first command that needs an
  /// effect. A command cut off is kept inside, within limits. Never asks for input while some is
  /// left.
  Effect advance(std::string_view& input);

  /// The octets to send; the driver clears it (and may append to it while it performs SendMessage).
  std::string& output();

  void tls_started(Channel channel);
  /// `listing` is not owned and outlives the session. `expire` is the account's own.
  void logged_in(const Listing& listing, Expire expire);
  void login_failed(LoginFailure failure);
  /// The account lives elsewhere, and it was logged in there: the answer is in output(), and what
  /// the client sends from here on is for there. The session is over.
  void handed_over();
  /// The client has said UTF8.
  [[nodiscard]] bool has_utf8() const;
  /// `nonce` is fresh, as sasl::make_nonce() makes it.
  void keys_found(const sasl::ScramKeys& keys, std::string_view nonce);
  void client_named(Channel channel);
  void expire_found(Expire expire);
  /// Errors understood: kCorrupt ([SYS/PERM]), anything else ([SYS/TEMP]).
  void message_opened(const Status& status);
  void committed(const Status& status);
  /// The server is going away, or the time is up: the last words for output(), nothing is deleted.
  void shut_down(std::string_view reason);

  /// Something was refused since the last take_refusals().
  [[nodiscard]] bool has_refused() const;
  std::vector<Refusal> take_refusals();

  [[nodiscard]] bool is_logged_in() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace restante::pop3
