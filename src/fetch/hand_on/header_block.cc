#include "fetch/hand_on/header_block.h"

#include <fcntl.h>

#include <algorithm>
#include <optional>

#include "base/ascii.h"

namespace restante::fetch {
namespace {

constexpr std::size_t kReadBytes = 16U << 10;

/// Takes the next field with its continuation lines off the front; nullopt at the end.
std::optional<std::string_view> next_field(std::string_view& rest) {
  if (rest.empty()) return std::nullopt;
  std::size_t end = rest.find('\n');
  while (end != std::string_view::npos && end + 1 < rest.size() &&
         (rest[end + 1] == ' ' || rest[end + 1] == '\t')) {
    end = rest.find('\n', end + 1);
  }
  const std::string_view field = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return field;
}

/// What is behind the colon; nullopt: the field has another name.
std::optional<std::string_view> body_of(std::string_view field, std::string_view name) {
  const std::size_t colon = field.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view found = field.substr(0, colon);
  while (!found.empty() && (found.back() == ' ' || found.back() == '\t')) found.remove_suffix(1);
  if (!equals_ignore_case(found, name)) return std::nullopt;
  return field.substr(colon + 1);
}

/// Without line ends and blanks around.
std::string unfold(std::string_view body) {
  std::string text;
  for (const char c : body)
    if (c != '\n') text += c == '\t' ? ' ' : c;
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

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
  while (const std::optional<std::string_view> field = next_field(header)) {
    for (const profile::HeaderRule& rule : rules) {
      const std::optional<std::string_view> body = body_of(*field, rule.field);
      if (body && contains_ignoring_case(unfold(*body), rule.contains)) return &rule;
    }
  }
  return nullptr;
}

std::string header_field(std::string_view header, std::string_view name) {
  while (const std::optional<std::string_view> field = next_field(header))
    if (const auto body = body_of(*field, name)) return unfold(*body);
  return {};
}

}  // namespace restante::fetch
