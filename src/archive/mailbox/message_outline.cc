#include "archive/mailbox/message_outline.h"

#include <algorithm>

#include "base/ascii.h"

namespace restante::archive {
namespace {

// Quoting and line ends change the size by less; a list's footer is longer.
constexpr std::uint64_t kSlackOctets = 64;
constexpr std::uint64_t kSlackShare = 128;

std::string without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

bool is_near(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t difference = a > b ? a - b : b - a;
  return difference <= kSlackOctets + std::min(a, b) / kSlackShare;
}

}  // namespace

void OutlineReader::feed_header(char c) {
  if (c == '\n' && last_ == '\r' && !header_.empty()) header_.pop_back();
  last_ = c;
  if (c == '\n' && (header_.empty() || header_.back() == '\n')) {
    in_body_ = true;
    last_ = '\0';
    return;
  }
  // A header beyond the bound still ends in the empty line.
  if (header_.size() >= kHeaderBytesMax) header_.pop_back();
  header_ += c;
}

void OutlineReader::feed(std::string_view octets) {
  while (!in_body_ && !octets.empty()) {
    feed_header(octets.front());
    octets.remove_prefix(1);
  }
  for (const char c : octets) {
    ++body_octets_;
    if (c == '\n') {
      ++body_lines_;
      if (last_ != '\r') ++body_octets_;
    }
    last_ = c;
  }
}

Outline OutlineReader::finish() const {
  return {field_of(header_, "Message-ID"), field_of(header_, "Date"), body_octets_, body_lines_};
}

std::string field_of(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    std::size_t end = header.find('\n');
    while (end != std::string_view::npos && end + 1 < header.size() &&
           (header[end + 1] == ' ' || header[end + 1] == '\t'))
      end = header.find('\n', end + 1);
    const std::string_view field = header.substr(0, end);
    header.remove_prefix(end == std::string_view::npos ? header.size() : end + 1);
    const std::size_t colon = field.find(':');
    if (colon == std::string_view::npos) continue;
    if (!equals_ignore_case(without_blanks(field.substr(0, colon)), name)) continue;
    std::string text;
    for (const char c : field.substr(colon + 1))
      if (c != '\n') text += c == '\t' ? ' ' : c;
    return without_blanks(text);
  }
  return {};
}

bool is_plausible(std::uint64_t body_on_server, const Outline& outline) {
  return is_near(body_on_server, outline.body_octets) ||
         is_near(body_on_server, outline.body_octets - outline.body_lines);
}

}  // namespace restante::archive
