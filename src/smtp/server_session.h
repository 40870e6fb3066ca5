// One SMTP (RFC 5321) or LMTP (RFC 2033) session, receiving side, sans-IO: fed bytes, it returns
// bytes to send and asks for effects. LMTP is the same code with LHLO and one reply per recipient.
// It must not know of sockets, clocks, logs, accounts or the store. No relaying, no AUTH.
//
// Protocol between session and driver: as in pop3/server_session.h: advance(), perform, answer.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/xclient.h"
#include "config/keys_fwd.h"
#include "mail/address.h"
#include "smtp/forwarded.h"

namespace restante::smtp {

enum class Dialect : std::uint8_t { kSmtp, kLmtp };

/// What to do with a mail that holds a CR or LF that is not part of a CRLF. It never ends a command
/// or a message.
enum class BareNewlines : std::uint8_t {
  kNormalize,  ///< newline_normalizer.h says what each becomes.
  kRefuse,
  kKeep,  ///< They stay, and are no line ends.
};

struct ServerSettings {
  Dialect dialect = Dialect::kSmtp;
  std::string hostname;
  std::uint64_t message_bytes_max = limits::kMessageBytesMax;  ///< Announced by SIZE.
  std::size_t recipients_max = limits::kRecipientsMax;
  BareNewlines bare_newlines = BareNewlines::kNormalize;
  mail::Grammar addresses = mail::Grammar::kTolerant;
  std::uint64_t envelope_bytes_max = limits::kEnvelopeBytesMax;  ///< Octets times copies; 0: any.
  bool full_is_temporary = false;  ///< A full mailbox is answered 452, not 552.
  std::uint32_t mistakes_max = limits::kSmtpMistakesMax;  ///< Of a stranger, at least 2.
};

/// [smtp].
const config::Keys<ServerSettings>& keys();
/// Of [limits].
const config::Keys<ServerSettings>& limit_keys();

class CommandCounts;

struct Channel {
  bool tls = false;
  bool starttls_available = false;
  bool trusted = false;  ///< May say whose mail it brings (XFORWARD).
  /// Not of a trusted network: commands that bring no mail on are counted, and in SMTP refused
  /// recipients.
  bool stranger = false;
  bool may_name_client = false;     ///< A proxy that is believed: XCLIENT is announced.
  bool may_give_uid = false;        ///< A server that is believed: XUID is announced.
  CommandCounts* counts = nullptr;  ///< Not owned; null: commands are not counted.
};

/// Who sent the mail being taken in, and how: for Return-Path and Received (RFC 5321 s.4.4).
struct Envelope {
  std::string helo;      ///< What EHLO/HELO/LHLO said.
  std::string protocol;  ///< "ESMTP", "ESMTPS", "LMTP", "UTF8SMTP", … (RFC 3848, RFC 6531 s.4.3).
  std::string sender;    ///< Reverse-path, plain and without <>; empty for the null sender.
  std::vector<std::string> recipients;  ///< Accepted ones, as given: unquoted "local@domain".
  bool smtputf8 = false;
  /// The unique id that the message has at the peer and is to have here, checked for its form
  /// (XUID); there is one recipient then. Empty: none.
  std::string uid;
  /// The source of the mail as a trusted peer tells it, if it does.
  std::optional<Forwarded> forwarded;
};

/// The verdict on one RCPT, by the driver.
enum class Recipient : std::uint8_t {
  kAccepted,
  kUnknown,     ///< 550 5.1.1
  kNotLocal,    ///< 550 5.7.1: no relaying
  kDisabled,    ///< 550 5.2.1
  kOverQuota,   ///< 552 5.2.2 or 452 4.2.2
  kOtherPlace,  ///< 452 4.5.3: its mail goes elsewhere than that of those before it (SMTP)
  kTemporary,   ///< 451 4.3.0
};

/// What became of a delivery to one recipient.
enum class Delivery : std::uint8_t {
  kDone,       ///< 250 2.0.0 (or 2.1.5): durable
  kRefused,    ///< 550 5.0.0: handed on, and refused for good where the account lives
  kLoop,       ///< 554 5.4.6: handed on too often
  kOverQuota,  ///< 552 5.2.2 or 452 4.2.2
  kDiskFull,   ///< 452 4.3.1
  kTemporary,  ///< 451 4.3.0
};

/// The same, and by which names the mail can be asked for; all are ours and plain ASCII.
struct Outcome {
  Outcome(Delivery v) : verdict(v) {}

  Delivery verdict;
  std::string mail;               ///< As the log has it; empty: not told.
  std::vector<std::string> uids;  ///< In the maildrops; empty: not told.
};

/// Why we end a session.
enum class Farewell : std::uint8_t {
  kGoingDown,  ///< 421 4.3.2
  kTimeout,    ///< 421 4.4.2
};

struct Refusal;

struct NeedInput {};
struct Flush {};
/// Wait limits::kSmtpMistakeDelay before any more: this peer has made many mistakes.
struct SlowDown {};
struct StartTls {};
/// XCLIENT from a proxy that may say it (see Channel): the session is this client's from here on,
/// and has begun anew with the greeting, as Postfix has it. nullopt: from another peer, and
/// refused.
struct NameClient {
  std::optional<XClient> client;
};
/// Look it up, then recipient_checked(). `declared_bytes` is MAIL's SIZE= or 0.
struct CheckRecipient {
  std::string address;
  std::uint64_t declared_bytes = 0;
  bool first = false;  ///< None was accepted before it.
};
/// A piece of the mail, in wire form (dot-stuffed, CRLF): append it to the spool, then
/// piece_stored(). The first piece of a mail has `first` set: start a new spool. `bytes` points
/// into the session's or the caller's buffer: valid until the next advance().
struct StorePiece {
  std::string_view bytes;
  bool first = false;
};
/// The mail is whole: deliver the spooled pieces to every recipient, and say delivered() until each
/// of envelope.recipients has its outcome.
struct Deliver {
  Envelope envelope;
  std::uint64_t octets = 0;  ///< Of the pieces, as POP3 counts them (dot-stuffing not counted).
  bool utf8_header = false;  ///< The header holds 8-bit octets.
};
struct Close {};

using Effect = std::variant<NeedInput, Flush, SlowDown, StartTls, NameClient, CheckRecipient,
                            StorePiece, Deliver, Close>;

/// Used by one thread at a time.
class ServerSession {
 public:
  /// `settings` is not owned and outlives the session. The greeting is in output() at once.
  ServerSession(const ServerSettings& settings, Channel channel);
  ~ServerSession();
  ServerSession(ServerSession&&) noexcept;
  ServerSession& operator=(ServerSession&&) noexcept;

  /// Takes bytes from the front of `input` (removing them) up to the first that needs an effect.
  /// A command or a piece cut off is kept inside, within limits.
  Effect advance(std::string_view& input);
  /// The octets to send; the driver clears it.
  std::string& output();
  /// Refusals that are not told yet (smtp/refusals.h), for the log; the driver clears it. The
  /// verdicts of the driver itself are not among them.
  std::vector<Refusal>& refusals();

  /// Whether a message is coming in: it has begun, and has neither ended nor been dropped.
  [[nodiscard]] bool receiving() const;

  void tls_started(Channel channel);
  /// After NameClient with a client: what holds for it.
  void client_named(Channel channel);
  /// `copies`: how many of the mail this recipient costs.
  void recipient_checked(Recipient verdict, std::size_t copies = 1);
  /// An error means that the spool cannot hold it: the mail is read to its end and answered
  /// 452 4.3.1.
  void piece_stored(const Status& status);
  /// What became of the next recipients, in their order; all at once or in parts. LMTP's answers
  /// are in output() as soon as they can be (RFC 2033 s.4.2), SMTP's one answer with the last part.
  void delivered(const std::vector<Outcome>& next);
  /// 421 for output(): the session is over; a mail half received is not delivered.
  void shut_down(Farewell farewell);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace restante::smtp
