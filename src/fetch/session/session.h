// A POP3 session from the client's side, blocking: open() leaves it logged in, quit() ends it.
// Requests for messages are queued and answered in their order; with PIPELINING several go in one
// packet, without it each waits for the answer before. It keeps no state between sessions and knows
// no archive.
//
// Errors are the end of the session, but where it is said otherwise: kAuth (login or certificate
// refused, or no login that is safe), kBusy (temporary: [IN-USE], [LOGIN-DELAY], [SYS/TEMP]),
// kNotFound (no such host), kTimeout, kClosed, kIo, kSyntax (the server breaks the protocol),
// kLimit (so do its lengths), kState (stop was raised, or the call is out of place). The detail is
// for the user and begins with the server's name where the server is to blame.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret_string.h"
#include "dial/stop_signal.h"
#include "fetch/session/trace.h"
#include "fetch/session/way.h"
#include "pop3/client_capabilities.h"
#include "pop3/client_listing.h"
#include "sasl/choose_mechanism.h"

namespace restante::profile {
struct Account;
}

namespace restante::fetch {

using pop3::Capabilities;
using pop3::ListedSize;
using pop3::ListedUid;
using pop3::Totals;

struct SessionOptions {
  SessionOptions(const profile::Account& a, const net::StopSignal& s) : account(a), stop(s) {}
  const profile::Account& account;  ///< Outlives the session.
  const net::StopSignal& stop;      ///< Outlives the session.
  SecretString secret;              ///< Password or token.
  sasl::CredentialKind kind = sasl::CredentialKind::kPassword;
  Trace trace;
  bool asks_capa = true;  ///< False: a server that dies of CAPA is not asked what it can do.
  Way way{};
};

/// Where a message goes while it comes in.
class MessageSink {
 public:
  virtual ~MessageSink() = default;
  /// The next octets, un-stuffed, lines ending in CRLF. An Error ends the session's use.
  virtual Status write(std::string_view octets) = 0;
};

/// What the server answered to one command; -ERR is no Error.
struct SimpleReply {
  bool ok = false;
  std::string code;  ///< Of RFC 2449 s.8, in capitals, without brackets: "SYS/TEMP".
  std::string text;  ///< Behind the code; for the user, control characters replaced.
};

struct Retrieved {
  bool ok = false;  ///< The final dot has come: the sink has had the whole message.
  std::string code;
  std::string text;
  std::uint64_t octets = 0;  ///< That the sink was given.
};

/// Used by one thread at a time.
class Session {
 public:
  /// Connects, greets, CAPA, STLS where the account wants it (and never without it then), CAPA
  /// anew, login, CAPA anew.
  static Result<std::unique_ptr<Session>> open(const SessionOptions& options);
  /// The Error of open() came of CAPA: the server has ended the connection there, or is silent.
  [[nodiscard]] static bool is_of_capa(const Error& error);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// As of after the login.
  [[nodiscard]] const Capabilities& capabilities() const;
  /// "SCRAM-SHA-256-PLUS", "USER", "APOP" ….
  [[nodiscard]] std::string_view login_method() const;
  /// "TLSv1.3"; empty without TLS.
  [[nodiscard]] std::string tls_version() const;

  /// Listings are to be asked for when no request is open (kState, which ends nothing). kBusy: the
  /// server cannot say now; the session goes on.
  Result<Totals> stat();
  Result<std::vector<ListedSize>> list();
  /// nullopt: the server has no unique ids.
  Result<std::optional<std::vector<ListedUid>>> uidl();

  /// Queued; written with flush(), when the window is full, or when an answer is waited for.
  Status request_retr(std::uint32_t number);
  Status request_top(std::uint32_t number, std::uint32_t lines);
  Status request_dele(std::uint32_t number);
  Status flush();

  /// Answer to the next request, which was RETR or TOP (else kState). `listed`: what LIST says of
  /// the message, a witness of where it ends when its lines end in bare LF.
  Result<Retrieved> receive_message(MessageSink& sink,
                                    std::optional<std::uint64_t> listed = std::nullopt);
  /// The most commands that are under way at a time from now on, at least 1.
  void set_window(std::uint32_t commands);
  /// Several commands are under way at a time, where there are several.
  [[nodiscard]] bool asks_ahead() const;
  [[nodiscard]] bool is_over() const;
  /// Answer to the next request, which was DELE (else kState).
  Result<SimpleReply> receive_reply();

  /// Resets the server's idle clock; only when no request is open.
  Status noop();
  /// ok() only when the server has said +OK: then its deletions are in force (RFC 1939 s.6). Only
  /// when no request is open. The session is over in any case.
  Status quit();

 private:
  struct Parts;
  explicit Session(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace restante::fetch
