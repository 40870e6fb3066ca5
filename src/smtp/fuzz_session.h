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

constexpr unsigned kKeepBareNewlines = 1;
constexpr unsigned kOfferTls = 2;
constexpr unsigned kSmallSpool = 4;

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

/// The first octet sets the session up (its low bits) and says how large the pieces are (the rest);
/// what follows is what the peer sends. Answers and mails must not depend on the pieces, except for
/// what is thrown away at STARTTLS.
inline void fuzz_session(Dialect dialect, std::string_view input) {
  if (input.empty()) return;
  const auto choice = static_cast<unsigned char>(input.front());
  input.remove_prefix(1);
  ServerSettings settings;
  settings.dialect = dialect;
  settings.hostname = "mail.example.test";
  settings.message_bytes_max = 200;
  settings.recipients_max = 4;
  if ((choice & fuzz_detail::kKeepBareNewlines) != 0) settings.bare_newlines = BareNewlines::kKeep;
  Channel channel;
  channel.starttls_available = (choice & fuzz_detail::kOfferTls) != 0;
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
