// The client's side of LMTP (RFC 2033) and SMTP (RFC 5321): greeting, hello, STARTTLS, and then one
// mail after the other, with an answer for each recipient. Sans-IO: it knows no socket, no clock,
// no TLS, and not the message's octets.
//
// Used as smtp::ServerSession is: advance() until it asks for something. Where the connection
// breaks, lost() says so, and what came of the mail is known all the same.
// Weak: a body with 8-bit octets goes as it is to a server that does not offer 8BITMIME.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "smtp/client/reply_reader.h"
#include "smtp/server_session.h"

namespace restante::smtp {

/// What holds for a connection.
struct MailHost {
  enum class Tls : std::uint8_t {
    kNeeded,     ///< Without STARTTLS nothing goes there.
    kIfOffered,  ///< The server is on this machine: without STARTTLS there, go on.
    kNever,      ///< Not by us: it is in the clear by order, or encrypted already.
  };
  Dialect dialect = Dialect::kLmtp;
  std::string hostname;  ///< Ours.
  Tls tls = Tls::kNeeded;
  /// Another has heard the greeting, said EHLO and logged in: mails begin at once. They use no
  /// extension but SMTPUTF8, where they need it: the server says whether it has that.
  bool is_greeted = false;
};

struct MailRequest {
  std::string sender;  ///< Plain; empty: the null sender.
  std::vector<std::string> recipients;
  std::uint64_t octets = 0;
  bool smtputf8 = false;  ///< Its sender has asked for it; an address that needs it asks, too.
  /// The unique id that the message is to have there, or to have had already (XUID); then there is
  /// one recipient. Empty: any.
  std::string keep_uid;
};

/// What became of one recipient of a mail.
struct MailAnswer {
  enum class Kind : std::uint8_t {
    kDown,        ///< The mail was not offered: the server takes nothing now.
    kTaken,       ///< 2xx: it is the server's.
    kLater,       ///< 4xx for this mail, or it could not be sent to its end.
    kRefused,     ///< 5xx for this mail.
    kUnanswered,  ///< All of it was sent, and there was no answer: it may have arrived.
  };
  Kind kind = Kind::kDown;
  std::string step{};  ///< What was answered: "MAIL FROM:<…>", "the message"; empty: no reply.
  std::string said{};  ///< "550 5.1.1 unknown", or without a reply the trouble. Without controls.
};

/// "RCPT TO:<a@example.test>: 550 5.1.1 unknown".
std::string to_text(const MailAnswer& answer);
/// For a server that stands between: what its own sender is told.
Delivery to_delivery(const MailAnswer& answer);

/// Used by one thread at a time.
class MailClient {
 public:
  enum class Step : std::uint8_t {
    kNeedInput,  ///< Send output(), read more, advance() with it.
    kStartTls,   ///< Send output(), do the handshake (nothing unread may be there), tls_started().
    kReady,      ///< No mail is under way, answers() has what came of the last: next() or quit().
    kSendMessage,  ///< Send output(), the mail in wire form and the final dot, then message_sent();
                   ///< or message_cut().
    kOver,         ///< Send output() and close. trouble() says why; empty: quit() was answered.
  };

  explicit MailClient(MailHost host);

  /// Takes octets off the front of `input`; there may be none. What is asked for stays asked for
  /// until it is done.
  Step advance(std::string_view& input);
  /// Octets that must be sent; the driver clears it.
  std::string& output() { return output_; }

  /// At kReady: the next mail. A mail that cannot be offered here has its answers at once, and
  /// advance() is kReady again. It may be given for a connection's first mail, or any later one.
  void next(MailRequest request);
  /// At kReady: QUIT. Who does not care for the answer sends output() and closes.
  void quit();

  void tls_started();
  void message_sent();
  /// It could not be sent to its end (`why`). A server that has closed may have said why: then
  /// advance() with that. kOver follows, and nothing makes such a mail a taken one.
  void message_cut(const std::string& why);
  /// The connection is of no more use (`why`): it has broken, is silent, or TLS has failed.
  void lost(std::string why) { stop(std::move(why)); }

  /// One for each recipient of the last mail, in its order; none is missing at kReady and kOver.
  /// Without a mail: empty.
  [[nodiscard]] const std::vector<MailAnswer>& answers() const { return answers_; }
  [[nodiscard]] const std::string& trouble() const { return trouble_; }
  /// What the server has to answer next: "greeting", "RCPT TO:<…>", "the end of the message" …
  [[nodiscard]] const std::string& awaited() const { return awaited_; }
  /// How long a server may take for that (RFC 5321 s.4.5.3.2).
  [[nodiscard]] std::chrono::seconds patience() const;

 private:
  enum class State : std::uint8_t {
    kGreeting,
    kHello,
    kOldHello,  ///< HELO.
    kStartTls,
    kHandshake,
    kReady,
    kReset,
    kSender,
    kRecipients,
    kData,
    kMessage,
    kAnswers,
    kCut,  ///< What the server says to half a message.
    kQuit,
    kOver
  };

  void take(const ServerReply& reply);
  void take_hello(const ServerReply& reply);
  void recipient_answered(const ServerReply& reply);
  void data_answered(const ServerReply& reply);
  void message_answered(const ServerReply& reply);
  bool refuse_here();
  void say_hello();
  void say_sender();
  void say_recipient();
  void mail_is_over(bool needs_reset);
  void say(State next, const std::string& line);
  void stop(std::string trouble);
  bool is_out_of_step(const ServerReply& reply);
  [[nodiscard]] bool offers(std::string_view extension) const;
  void note(std::size_t recipient, const ServerReply& reply);
  void note_all(const ServerReply& reply);

  MailHost host_;
  State state_ = State::kGreeting;
  ReplyReader reader_;
  std::vector<std::string> extensions_;  ///< In upper case.
  bool has_tls_ = false;
  bool needs_reset_ = false;  ///< A mail was refused before its message.
  std::string output_;
  std::string awaited_ = "greeting";
  MailRequest request_;
  std::vector<MailAnswer> answers_;
  std::vector<std::size_t> accepted_;  ///< Places of recipients.
  std::size_t at_ = 0;  ///< The recipient, or the accepted one, whose answer is next.
  std::string trouble_;
};

}  // namespace restante::smtp
