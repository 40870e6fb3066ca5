#include "archive/message/header_words.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "text/charsets/charset.h"
#include "text/words.h"

namespace restante::archive {
namespace {

constexpr std::size_t kValueBytesMax = 1U << 10;
constexpr std::size_t kLinesBytesMax = 16U << 10;
constexpr std::size_t kNameBytesMax = 64;

constexpr std::array<std::string_view, 46> kLeftOut = {
    "from",
    "to",
    "cc",
    "subject",
    "date",
    "received",
    "return-path",
    "message-id",
    "resent-message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "authentication-results",
    "authentication-results-original",
    "received-spf",
    "domainkey-signature",
    "autocrypt",
    "openpgp",
    "face",
    "thread-index",
    "thread-topic",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "list-subscribe",
    "list-help",
    "list-archive",
    "list-owner",
    "lines",
    "status",
    "x-status",
    "x-uid",
    "x-uidl",
    "x-face",
    "x-originalarrivaltime",
    "x-spam-report",
    "list-post",
    "errors-to",
    "precedence",
    "delivery-date",
    "x-beenthere",
    "x-mailman-version",
    "x-original-date",
    "x-mimeole",
    "x-mime-autoconverted",
    "x-priority",
    "x-msmail-priority",
};
// Whole families of them.
constexpr std::array<std::string_view, 13> kLeftOutBeginnings = {
    "content-",   "dkim-",         "arc-",         "x-received",   "x-google-",
    "x-gm-",      "x-ms-",         "x-microsoft-", "x-forefront-", "x-authentication-",
    "x-mozilla-", "x-proofpoint-", "x-ironport-",
};
constexpr std::array<std::string_view, 3> kLeftOutEndings = {"-signature", "-hash", "-uuid"};

}  // namespace

bool is_indexed_field(std::string_view name) {
  const auto begins = [&](std::string_view one) { return name.starts_with(one); };
  const auto ends = [&](std::string_view one) { return name.ends_with(one); };
  return !name.empty() && name.size() <= kNameBytesMax &&
         std::find(kLeftOut.begin(), kLeftOut.end(), name) == kLeftOut.end() &&
         std::none_of(kLeftOutBeginnings.begin(), kLeftOutBeginnings.end(), begins) &&
         std::none_of(kLeftOutEndings.begin(), kLeftOutEndings.end(), ends);
}

std::string header_lines(const MimeMessage& message) {
  std::string lines;
  for (const auto& [written, value] : message.all_headers()) {
    const std::string name = to_lower(written);
    if (!is_indexed_field(name) || lines.size() > kLinesBytesMax) continue;
    lines += "\n" + text::in_field(name, text::cut_utf8(value, kValueBytesMax));
  }
  return lines;
}

std::string file_name_lines(const MimeMessage& message) {
  std::string lines;
  for (const MimePart& part : message.parts()) {
    if (!part.is_attachment || part.name.empty() || lines.size() > kLinesBytesMax) continue;
    lines += "\n" + text::in_field(kFileNameField, text::cut_utf8(part.name, kValueBytesMax));
  }
  return lines;
}

}  // namespace restante::archive
