// The client's side of LMTP for one mail: greeting, LHLO, STARTTLS, MAIL, RCPT, DATA, and one
// answer for each recipient (RFC 2033). Sans-IO: it knows no socket, no clock, no TLS, and not the
// message's octets.
//
// Used as smtp::ServerSession is: advance() until it asks for something.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "smtp/server_session.h"

namespace restante::smtp {

struct LmtpRequest {
  std::string hostname;  ///< Ours.
  std::string sender;    ///< Plain; empty: the null sender.
  std::vector<std::string> recipients;
  std::uint64_t octets = 0;
  bool smtputf8 = false;      ///< Its sender has asked for it.
  bool may_be_clear = false;  ///< The server is on this machine: without STARTTLS there, go on.
};

/// What became of one recipient. kTemporary, until the server has said otherwise.
struct LmtpAnswer {
  Delivery verdict = Delivery::kTemporary;
  std::string said{};  ///< By the server, printable, for the log.
};

/// Used by one thread at a time.
class LmtpClient {
 public:
  enum class Step : std::uint8_t {
    kNeedInput,  ///< Send output(), read more, advance() with it.
    kStartTls,   ///< Send output(), do the handshake (nothing unread may be there), tls_started().
    kSendMessage,  ///< Send output(), the mail in wire form and the final dot, then message_sent().
    kOver,         ///< Send output() and close: answers() is all there will be.
  };

  explicit LmtpClient(LmtpRequest request);

  /// Takes octets off the front of `input`.
  Step advance(std::string_view& input);
  /// Octets that must be sent; the driver clears it.
  std::string& output() { return output_; }
  void tls_started();
  void message_sent() { state_ = State::kAnswers; }

  /// One for each recipient of the request, in its order.
  [[nodiscard]] const std::vector<LmtpAnswer>& answers() const { return answers_; }
  /// Why it came to no answers; empty: it did.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

 private:
  enum class State : std::uint8_t {
    kGreeting,
    kHello,
    kStartTls,
    kSender,
    kRecipients,
    kData,
    kMessage,
    kAnswers,
    kOver
  };

  Step take(std::string_view line);
  Step take_reply(int code, std::string_view text);
  Step have_extensions(int code, std::string_view text);
  Step begin_mail();
  Step recipient_answered(int code, std::string_view text);
  Step message_answered(int code, std::string_view text);
  Step say(State next, const std::string& line);
  Step stop(std::string trouble);
  void note(std::size_t recipient, int code, std::string_view text);
  void note_all(int code, std::string_view text);

  LmtpRequest request_;
  State state_ = State::kGreeting;
  std::string line_;  ///< Of the server's, as far as it has come.
  std::string extensions_;
  bool has_tls_ = false;
  std::string output_;
  std::vector<LmtpAnswer> answers_;
  std::vector<std::size_t> accepted_;  ///< Places of recipients.
  std::size_t at_ = 0;  ///< The recipient, or the accepted one, whose answer is next.
  std::string trouble_;
};

}  // namespace restante::smtp
