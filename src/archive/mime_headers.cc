#include "archive/mime_headers.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "text/charset.h"

namespace restante::archive {
namespace {

constexpr std::size_t kValueBytesMax = 64U << 10;  // Of one decoded field.
constexpr int kReferencesMax = 100;

/// "Name <address>, …" with the names decoded; the field as it is when it holds no addresses.
std::string addresses(GMimeParserOptions* options, GMimeMessage* message, GMimeAddressType type,
                      const char* name) {
  InternetAddressList* const list = g_mime_message_get_addresses(message, type);
  if (list == nullptr || internet_address_list_length(list) == 0)
    return header(options, message, name);
  const OwnedText text(internet_address_list_to_string(list, nullptr, FALSE));
  return text_or_empty(text.get());
}

void add_references(const char* field, std::vector<std::string>& ids) {
  if (field == nullptr) return;
  GMimeReferences* const list = g_mime_references_parse(nullptr, field);
  const int count = std::min(g_mime_references_length(list), kReferencesMax);
  for (int i = 0; i < count; ++i) {
    const std::string id = text_or_empty(g_mime_references_get_message_id(list, i));
    if (!id.empty() && std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  }
  g_mime_references_free(list);
}

}  // namespace

std::string text_or_empty(const char* text) {
  return text == nullptr ? std::string()
                         : text::mend_utf8(text::cut_utf8(std::string_view(text), kValueBytesMax));
}

std::string decoded(GMimeParserOptions* options, const char* raw) {
  if (raw == nullptr) return {};
  const OwnedText value(g_mime_utils_header_decode_text(options, raw));
  std::string line;
  for (const char c : std::string_view(value ? value.get() : "")) {
    const bool blank = c == '\r' || c == '\n' || c == '\t' || c == ' ';
    if (!blank) line += c;
    if (blank && !line.empty() && line.back() != ' ') line += ' ';
  }
  if (line.ends_with(' ')) line.pop_back();
  return text::mend_utf8(text::cut_utf8(line, kValueBytesMax));
}

std::string header(GMimeParserOptions* options, GMimeMessage* message, const char* name) {
  GMimeHeaderList* const list = g_mime_object_get_header_list(GMIME_OBJECT(message));
  GMimeHeader* const found = g_mime_header_list_get_header(list, name);
  return found == nullptr ? std::string() : decoded(options, g_mime_header_get_raw_value(found));
}

Headers read_headers(GMimeParserOptions* options, GMimeMessage* message) {
  Headers headers;
  headers.subject = header(options, message, "Subject");
  headers.from = addresses(options, message, GMIME_ADDRESS_TYPE_FROM, "From");
  headers.to = addresses(options, message, GMIME_ADDRESS_TYPE_TO, "To");
  headers.cc = addresses(options, message, GMIME_ADDRESS_TYPE_CC, "Cc");
  const std::string bcc = addresses(options, message, GMIME_ADDRESS_TYPE_BCC, "Bcc");
  if (!bcc.empty()) headers.cc += (headers.cc.empty() ? "" : ", ") + bcc;
  headers.message_id = text_or_empty(g_mime_message_get_message_id(message));
  GMimeObject* const object = GMIME_OBJECT(message);
  std::vector<std::string> replied;
  add_references(g_mime_object_get_header(object, "In-Reply-To"), replied);
  if (!replied.empty()) headers.in_reply_to = replied.front();
  add_references(g_mime_object_get_header(object, "References"), headers.references);
  add_references(g_mime_object_get_header(object, "In-Reply-To"), headers.references);
  if (GDateTime* const date = g_mime_message_get_date(message); date != nullptr)
    headers.date = g_date_time_to_unix(date);
  return headers;
}

}  // namespace restante::archive
