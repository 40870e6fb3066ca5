#include "archive/message/mime_headers.h"

#include <algorithm>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/ascii.h"
#include "mime/addresses.h"
#include "mime/date.h"
#include "mime/decoded_words.h"
#include "text/charsets/charset.h"

namespace restante::archive {
namespace {

constexpr std::size_t kIdsMax = 100;
constexpr std::size_t kIdBytesMax = 1000;
constexpr std::size_t kReceivedMax = 100;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string without_spaces(std::string_view text) {
  std::string id;
  for (const char c : text.substr(0, kIdBytesMax))
    if (!is_space(c) && !is_control(c)) id += c;
  return text::mend_utf8(id);
}

/// What stands in <>; without any, the words that have an "@" (RFC 5322 s.3.6.4, and mail that was
/// written before it).
std::vector<std::string> ids_of(std::string_view raw) {
  std::vector<std::string> ids;
  raw = raw.substr(0, mime::kFieldBytesMax);
  const bool has_brackets = raw.find('<') != std::string_view::npos;
  while (!raw.empty() && ids.size() < kIdsMax) {
    std::string id;
    if (has_brackets) {
      const std::size_t begin = raw.find('<');
      if (begin == std::string_view::npos) break;
      raw.remove_prefix(begin + 1);
      const std::size_t end = std::min(raw.find_first_of("<>"), raw.size());
      id = without_spaces(raw.substr(0, end));
      raw.remove_prefix(end < raw.size() && raw[end] == '>' ? end + 1 : end);
    } else {
      const std::size_t end = std::min(raw.find_first_of(" \t\r\n"), raw.size());
      if (raw.substr(0, end).find('@') != std::string_view::npos)
        id = without_spaces(raw.substr(0, end));
      raw.remove_prefix(std::min(end + 1, raw.size()));
    }
    if (!id.empty()) ids.push_back(std::move(id));
  }
  return ids;
}

void add_each_once(std::vector<std::string> from, std::vector<std::string>& to) {
  std::unordered_set<std::string_view> known(to.begin(), to.end());
  std::vector<std::string> added;
  for (std::string& id : from) {
    const bool is_new =
        !known.contains(id) && std::find(added.begin(), added.end(), id) == added.end();
    if (is_new) added.push_back(std::move(id));
  }
  for (std::string& id : added)
    if (to.size() < kIdsMax) to.push_back(std::move(id));
}

std::string message_id_of(std::string_view raw) {
  auto ids = ids_of(raw);
  return ids.empty() ? without_spaces(raw) : std::move(ids.front());
}

/// All fields of that name: some programs write one for each address.
std::string addresses_of(const mime::HeaderBlock& block, std::string_view name,
                         std::string_view charset) {
  std::string all;
  for (const mime::Field& field : block.fields) {
    if (!equals_ignore_case(field.name, name) || all.size() >= mime::kFieldBytesMax) continue;
    const std::string text = mime::addresses_text(field.raw, charset);
    if (!text.empty()) all += (all.empty() ? "" : ", ") + text;
  }
  return std::string(text::cut_utf8(all, mime::kFieldBytesMax));
}

/// The first Date field that can be read; of those that cannot, the first.
void read_date(const mime::HeaderBlock& block, std::string_view charset, Headers& headers) {
  std::string_view raw = block.raw("Date");
  for (const mime::Field& field : block.fields) {
    if (!equals_ignore_case(field.name, "Date")) continue;
    headers.date = mime::parse_date(field.raw);
    if (!headers.date) continue;
    raw = field.raw;
    break;
  }
  headers.date_text = mime::decode_text(raw, charset);
}

}  // namespace

Headers read_headers(const mime::HeaderBlock& block, std::string_view charset) {
  Headers headers;
  headers.subject = mime::decode_text(block.raw("Subject"), charset);
  headers.from = addresses_of(block, "From", charset);
  headers.to = addresses_of(block, "To", charset);
  headers.cc = addresses_of(block, "Cc", charset);
  const std::string bcc = addresses_of(block, "Bcc", charset);
  // Bcc stands in a sender's own copy alone, and its owner looks for it as for any recipient.
  if (!bcc.empty()) headers.cc += (headers.cc.empty() ? "" : ", ") + bcc;
  headers.message_id = message_id_of(block.raw("Message-ID"));
  std::vector<std::string> replied = ids_of(block.raw("In-Reply-To"));
  if (!replied.empty()) headers.in_reply_to = replied.front();
  std::vector<std::string> referred = ids_of(block.raw("References"));
  if (referred.size() >= kIdsMax) referred.resize(kIdsMax - 1);  // Room for what it replies to.
  add_each_once(std::move(referred), headers.references);
  add_each_once(std::move(replied), headers.references);
  read_date(block, charset, headers);
  for (const mime::Field& field : block.fields) {
    if (headers.received.size() >= kReceivedMax) break;
    if (!equals_ignore_case(field.name, "Received")) continue;
    if (const auto date = mime::received_date(field.raw)) headers.received.push_back(*date);
  }
  return headers;
}

}  // namespace restante::archive
