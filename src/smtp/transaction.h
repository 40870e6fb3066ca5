// One mail transaction: sender and recipients, from MAIL to the final answer. It knows how many
// answers a message gets and what they are; it does not know commands or the message's octets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "smtp/parameters.h"
#include "smtp/server_session.h"

namespace restante::smtp {

/// Why a message that came in whole is not delivered.
enum class Failure : std::uint8_t { kNone, kTooLarge, kBareNewline, kLoop, kSpool };

Reply to_reply(Recipient verdict);
Reply to_reply(Delivery verdict);
Reply to_reply(Failure failure);

/// SMTP's one answer for all recipients. 250 promises that every one of them has the mail, so the
/// worst verdict speaks: temporary before permanent before done. After a temporary one the sender
/// tries all again: who had it gets it twice, nobody loses it. When only full mailboxes failed, the
/// sender is told 552 and reports to its user, although some have it: a mail reported as failed by
/// mistake is a nuisance, one lost in silence is not acceptable, and a retry could not help.
Reply to_single_reply(const std::vector<Delivery>& verdicts);

/// The name for "with" in Received: RFC 3848, RFC 6531 s.4.3. `extended` is false after HELO.
std::string protocol_name(Dialect dialect, bool extended, bool tls, bool smtputf8);

class Transaction {
 public:
  void begin(const MailArgument& mail);
  void reset() { *this = Transaction(); }

  [[nodiscard]] bool begun() const { return begun_; }
  [[nodiscard]] bool smtputf8() const { return smtputf8_; }
  /// As Envelope::sender.
  [[nodiscard]] const std::string& sender() const { return sender_; }
  [[nodiscard]] std::uint64_t declared_bytes() const { return declared_bytes_; }
  /// RCPT commands accepted; the same address twice counts twice.
  [[nodiscard]] std::size_t accepted() const { return places_.size(); }

  /// An accepted recipient. One named twice is delivered to once, but answered twice (RFC 2033
  /// s.4.2).
  void add(std::string address);

  /// Sender and recipients, each once. The other fields are the caller's.
  [[nodiscard]] Envelope envelope() const;

  /// The answers to the message: one in SMTP, one for each accepted RCPT in LMTP.
  [[nodiscard]] std::string answers(Dialect dialect, Reply reply) const;
  /// The same for verdicts in the order of envelope().recipients.
  [[nodiscard]] std::string answers(Dialect dialect, const std::vector<Delivery>& verdicts) const;

 private:
  bool begun_ = false;
  bool smtputf8_ = false;
  std::uint64_t declared_bytes_ = 0;
  std::string sender_;
  std::vector<std::string> recipients_;
  std::vector<std::size_t> places_;  // For each accepted RCPT its place in recipients_.
};

}  // namespace restante::smtp
