#include "fetch/hand_on/header_block.h"

#include <fcntl.h>

#include <algorithm>

#include "base/ascii.h"
#include "mail/header_fields.h"

namespace restante::fetch {
namespace {

constexpr std::size_t kReadBytes = 16U << 10;

bool contains_ignoring_case(std::string_view text, std::string_view part) {
  const auto same = [](char a, char b) { return to_lower(a) == to_lower(b); };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

}  // namespace

void HeaderBlock::feed(std::string_view octets) {
  for (const char c : octets) {
    if (ended_) return;
    if (c == '\n' && !text_.empty() && text_.back() == '\r') text_.pop_back();
    if (c == '\n' && (text_.empty() || text_.back() == '\n')) {
      ended_ = true;
      return;
    }
    text_ += c;
    if (text_.size() >= kBytesMax) ended_ = true;
  }
}

HeaderBlock read_header(const archive::Path& path) {
  HeaderBlock header;
  const Result<archive::Descriptor> file = archive::open_file(path, O_RDONLY);
  if (!file) return header;
  std::string buffer(kReadBytes, '\0');
  for (std::size_t bytes = 0; bytes <= HeaderBlock::kBytesMax && !header.whole();) {
    const Result<std::string_view> piece = archive::read_some(*file, buffer, path);
    if (!piece || piece->empty()) break;
    bytes += piece->size();
    header.feed(*piece);
  }
  return header;
}

const profile::HeaderRule* find_rule(std::span<const profile::HeaderRule> rules,
                                     std::string_view header) {
  while (const auto field = mail::take_field(header)) {
    for (const profile::HeaderRule& rule : rules) {
      const auto value = mail::value_of(*field, rule.field);
      if (value && contains_ignoring_case(mail::unfolded(*value), rule.contains)) return &rule;
    }
  }
  return nullptr;
}

}  // namespace restante::fetch
