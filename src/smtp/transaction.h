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
enum class Failure : std::uint8_t {
  kNone,
  kTooLarge,
  kBareNewline,
  kLoop,
  kEnvelopeTooLarge,
  kSpool
};

/// How many copies a mail makes. The first recipient is always taken: without it the mail would
/// have none.
struct EnvelopeSize {
  std::size_t recipients = 0;
  std::uint64_t copies = 0;

  [[nodiscard]] EnvelopeSize with(std::size_t more) const {
    return {recipients + 1, copies + more};
  }
  [[nodiscard]] bool is_too_large(std::uint64_t octets, const ServerSettings& settings) const {
    return settings.envelope_bytes_max != 0 && recipients > 1 &&
           octets > settings.envelope_bytes_max / copies;
  }
};

Reply to_reply(Recipient verdict);
Reply to_reply(Delivery verdict);
Reply to_reply(Failure failure);
/// A full mailbox's reply may be a temporary one.
Reply as_configured(Reply reply, const ServerSettings& settings);

/// SMTP's one answer for all recipients. 250 promises that every one of them has the mail, so the
/// worst verdict speaks: temporary before permanent before done. After a temporary one the sender
/// tries all again: a recipient who had it gets it twice, none loses it. When only full mailboxes
/// failed, the sender is told 552 and reports to its user, although some have it: a mail reported
/// as failed by mistake is a nuisance, one lost in silence is not acceptable, and a retry could not
/// help.
Reply to_single_reply(const std::vector<Outcome>& outcomes);

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
  void add(std::string address, std::size_t copies);
  /// As Envelope::uid.
  void set_uid(std::string uid) { uid_ = std::move(uid); }
  [[nodiscard]] const std::string& uid() const { return uid_; }
  [[nodiscard]] EnvelopeSize size() const { return {recipients_.size(), copies_}; }

  /// Sender and recipients, each once. The other fields are the caller's.
  [[nodiscard]] Envelope envelope() const;

  /// The answers to the message: one in SMTP, one for each accepted RCPT in LMTP.
  [[nodiscard]] std::string answers(Dialect dialect, Reply reply) const;
  /// Takes the outcomes of the next of envelope().recipients, and gives back the answers that can
  /// be told now: LMTP's up to the first RCPT whose outcome is not known, SMTP's when all are.
  [[nodiscard]] std::string answer(const ServerSettings& settings,
                                   const std::vector<Outcome>& next);
  [[nodiscard]] bool answered() const { return outcomes_.size() == recipients_.size(); }

 private:
  [[nodiscard]] Reply as_asked(Reply reply, const ServerSettings& settings) const;

  bool begun_ = false;
  bool smtputf8_ = false;
  std::uint64_t declared_bytes_ = 0;
  std::string sender_;
  std::string uid_;
  std::vector<std::string> recipients_;
  std::vector<std::size_t> places_;  // For each accepted RCPT its place in recipients_.
  std::uint64_t copies_ = 0;
  std::vector<Outcome> outcomes_;  // Of the first of recipients_.
  std::size_t told_ = 0;           // Of places_.
};

}  // namespace restante::smtp
