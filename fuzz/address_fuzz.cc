// Addresses: what the parser takes keeps the limits, has no control characters, and survives being
// written and read again.
#include <algorithm>
#include <cstdint>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/limits.h"
#include "mail/address.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace mail = restante::mail;
  std::string_view text = restante::as_text(std::as_bytes(std::span(data, size)));
  const auto mailbox =
      text.starts_with('<') ? mail::take_forward_path(text) : mail::parse_mailbox(text);
  if (!mailbox) return 0;
  RESTANTE_CHECK(mailbox->local.size() <= restante::limits::kLocalPartBytesMax);
  RESTANTE_CHECK(mailbox->domain.size() <= restante::limits::kDomainBytesMax);
  const std::string plain = mailbox->plain();
  RESTANTE_CHECK(std::none_of(plain.begin(), plain.end(), restante::is_control));
  RESTANTE_CHECK(restante::is_utf8(plain));
  if (mailbox->domain.empty()) return 0;
  const auto again = mail::parse_mailbox(mail::to_wire(plain));
  RESTANTE_CHECK(again && again->plain() == plain && again->non_ascii == mailbox->non_ascii);
  return 0;
}
