// What the fuzz targets of a whole session share: bytes arrive in pieces that the input itself
// chooses, nearly every recipient exists, and the driver in memory checks what
// the session owes it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "smtp/memory_driver.h"

namespace restante::smtp {

namespace fuzz_detail {

constexpr unsigned kOtherNewlines = 1;  // Kept, or with a small spool refused; else repaired.
constexpr unsigned kOfferTls = 2;
constexpr unsigned kSmallSpool = 4;
constexpr unsigned kStranger = 128;        // Of the second octet.
constexpr unsigned kMayGiveUid = 64;       // Of the second octet.
constexpr unsigned char kProxyFrom = 192;  // Of the second octet: the peer may say XCLIENT.

/// What the peer has said before the input begins.
inline std::string beginning(Dialect dialect, unsigned choice) {
  const std::string hello = dialect == Dialect::kLmtp ? "LHLO c\r\n" : "EHLO c\r\n";
  const std::string sender = hello + "MAIL FROM:<s@example.org>\r\n";
  const std::string recipients =
      sender + "RCPT TO:<a@example.test>\r\nRCPT TO:<full@example.test>\r\n";
  switch (choice % 6U) {
    case 1: return hello;
    case 2: return sender;
    case 3: return recipients;
    case 4: return recipients + "DATA\r\n";
    case 5: return recipients + "BDAT 40\r\n";
    default: return {};
  }
}

// Feeds the input in pieces that live no longer than the call.
inline void run(MemoryDriver& driver, unsigned choice, std::string_view input, std::size_t piece) {
  driver.other_recipients = Recipient::kAccepted;
  driver.recipients["x@example.test"] = Recipient::kUnknown;
  driver.deliveries["full@example.test"] = Delivery::kOverQuota;
  if ((choice & kSmallSpool) != 0) driver.spool_bytes_max = 50;
  while (!input.empty()) {
    const std::string_view next = input.substr(0, piece);
    const std::vector<char> copy(next.begin(), next.end());
    driver.feed(std::string_view(copy.data(), copy.size()));
    if (driver.tls_wanted()) driver.handshake();
    input.remove_prefix(next.size());
  }
}

}  // namespace fuzz_detail

/// The first octet sets the session up (its low bits) and says how large the pieces are (the rest),
/// the second how far the dialogue has come and what the peer may do; what follows is
/// what the peer sends. Answers and mails must not depend on the pieces, except for what is thrown
/// away at STARTTLS.
inline void fuzz_session(Dialect dialect, std::string_view input) {
  if (input.size() < 2) return;
  const auto choice = static_cast<unsigned char>(input[0]);
  const auto place = static_cast<unsigned char>(input[1]);
  const bool may_name = place >= fuzz_detail::kProxyFrom;
  const std::string said = fuzz_detail::beginning(dialect, place).append(input, 2);
  input = said;
  ServerSettings settings;
  settings.dialect = dialect;
  settings.hostname = "mail.example.test";
  settings.message_bytes_max = 200;
  settings.recipients_max = 4;
  const bool small_spool = (choice & fuzz_detail::kSmallSpool) != 0;
  if ((choice & fuzz_detail::kOtherNewlines) != 0)
    settings.bare_newlines = small_spool ? BareNewlines::kRefuse : BareNewlines::kKeep;
  if (small_spool) settings.addresses = mail::Grammar::kStrict;
  settings.mistakes_max = 4;
  Channel channel;
  channel.starttls_available = (choice & fuzz_detail::kOfferTls) != 0;
  channel.stranger = (place & fuzz_detail::kStranger) != 0;
  channel.may_name_client = may_name;
  channel.may_give_uid = (place & fuzz_detail::kMayGiveUid) != 0;
  MemoryDriver whole(settings, channel);
  MemoryDriver pieces(settings, channel);
  fuzz_detail::run(whole, choice, input, input.size() + 1);
  fuzz_detail::run(pieces, choice, input, 1 + (choice >> 3U));
  if (channel.starttls_available) return;
  RESTANTE_CHECK(whole.sent() == pieces.sent());
  RESTANTE_CHECK(whole.mails().size() == pieces.mails().size());
  for (std::size_t i = 0; i < whole.mails().size(); ++i)
    RESTANTE_CHECK(whole.mails()[i].wire == pieces.mails()[i].wire);
}

}  // namespace restante::smtp
