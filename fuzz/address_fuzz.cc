// Addresses: what the parsers take keeps the limits, has no control characters, and survives being
// written and read again; the tolerant one takes what the strict one takes, as the same address.
#include <algorithm>
#include <cstdint>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/limits.h"
#include "mail/address.h"

namespace {

namespace mail = restante::mail;

void check(const mail::Mailbox& mailbox) {
  RESTANTE_CHECK(mailbox.domain.size() <= restante::limits::kDomainBytesMax);
  const std::string plain = mailbox.plain();
  RESTANTE_CHECK(std::none_of(plain.begin(), plain.end(), restante::is_control));
  RESTANTE_CHECK(restante::is_utf8(plain));
}

template <typename Take>
void check_path(std::string_view text, Take take) {
  std::string_view strict_rest = text;
  std::string_view rest = text;
  const auto strict = take(strict_rest, mail::Grammar::kStrict);
  const auto tolerant = take(rest, mail::Grammar::kTolerant);
  RESTANTE_CHECK(tolerant || (!strict && rest == text));
  if (strict) RESTANTE_CHECK(rest == strict_rest && tolerant->plain() == strict->plain());
  if (!tolerant) return;
  RESTANTE_CHECK(text.ends_with(rest));
  check(*tolerant);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = restante::as_text(std::as_bytes(std::span(data, size)));
  check_path(text, mail::take_forward_path);
  check_path(text, mail::take_reverse_path);
  const auto mailbox = mail::parse_mailbox(text);
  if (!mailbox) return 0;
  check(*mailbox);
  const std::string plain = mailbox->plain();
  const auto again = mail::parse_mailbox(mail::to_wire(plain));
  RESTANTE_CHECK(again && again->plain() == plain && again->non_ascii == mailbox->non_ascii);
  return 0;
}
