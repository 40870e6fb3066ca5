// The keys of [smtp], and those of [limits] that a session enforces.
#include "config/keys.h"
#include "smtp/server_session.h"

namespace restante::smtp {
namespace {

using config::Count;
using config::key;
using config::OneOf;
using config::Size;

constexpr std::uint64_t kRecipientsMin = 100;         // RFC 5321 s.4.5.3.1.8.
constexpr std::uint64_t kMessageSizeMin = 64U << 10;  // RFC 5321 s.4.5.3.1.7.
// Dot-stuffing at most doubles a message on its way into a record.
constexpr std::uint64_t kMessageSizeMax = limits::kMessageStoredBytesMax / 2;
// More than a disk writes in the time that an envelope has.
constexpr std::uint64_t kEnvelopeSizeMax = 1ULL << 40;

constexpr auto kBareNewlines =
    std::to_array<config::Choice<BareNewlines>>({{"normalize", BareNewlines::kNormalize},
                                                 {"refuse", BareNewlines::kRefuse},
                                                 {"keep", BareNewlines::kKeep}});
constexpr auto kAddresses = std::to_array<config::Choice<mail::Grammar>>(
    {{"tolerant", mail::Grammar::kTolerant}, {"strict", mail::Grammar::kStrict}});

}  // namespace

const config::Keys<ServerSettings>& keys() {
  static const config::Keys<ServerSettings> keys = {
      key("bare_newlines", &ServerSettings::bare_newlines, OneOf(kBareNewlines),
          "The treatment of mail with LF or CR alone; see below."),
      key("addresses", &ServerSettings::addresses, OneOf(kAddresses),
          "The treatment of envelopes; see below."),
  };
  return keys;
}

const config::Keys<ServerSettings>& limit_keys() {
  static const config::Keys<ServerSettings> keys = {
      key("message_size", &ServerSettings::message_bytes_max,
          Size(kMessageSizeMin, kMessageSizeMax),
          "Of one message on its way in: announced by SIZE, refused with 552 5.3.4."),
      key("envelope_size", &ServerSettings::envelope_bytes_max,
          Size(kMessageSizeMin, kEnvelopeSizeMax),
          "Octets of one mail times the copies that it makes; see below."),
      key("recipients", &ServerSettings::recipients_max, Count(kRecipientsMin, 100'000),
          "In one envelope; RFC 5321 s.4.5.3.1.8 asks for at least 100."),
      key("smtp_mistakes", &ServerSettings::mistakes_max, Count(2, 100'000),
          "Of one SMTP connection that is not trusted: refused recipients, bad commands, and "
          "others beyond 100 that bring no mail on; see below."),
  };
  return keys;
}

}  // namespace restante::smtp
