#include "mime/uuencode_decoder.h"

#include <algorithm>

#include "base/ascii.h"

namespace restante::mime {
namespace {

constexpr std::size_t kUuLineBytesMax = 1000;

unsigned uu_value_of(char c) { return (static_cast<unsigned char>(c) - 0x20U) & 0x3FU; }

std::string_view without_end(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

std::string_view uuencode_name(std::string_view line) {
  line = without_end(line);
  if (!line.starts_with("begin ")) return {};
  line.remove_prefix(6);
  const std::size_t digits = line.find_first_not_of("01234567");
  if (digits != 3 && digits != 4) return {};
  if (line[digits] != ' ') return {};
  return trim(line.substr(digits));
}

bool is_uuencode_end(std::string_view line) {
  return line.starts_with("end") && trim(line) == "end";
}

bool is_uuencode_line(std::string_view line) {
  line = without_end(line);
  if (line.empty()) return false;
  if (!std::all_of(line.begin(), line.end(), [](char c) { return c >= 0x20 && c <= 0x60; }))
    return false;
  const std::size_t octets = uu_value_of(line.front());
  // It may be shorter: blanks at the end are values of 0 that programs cut off.
  return line.size() <= 1 + ((octets + 2) / 3) * 4 + 1;
}

void UuencodeDecoder::feed(std::string_view octets, std::string& out) {
  while (!octets.empty()) {
    const std::size_t end = octets.find('\n');
    const std::size_t bytes = end == std::string_view::npos ? octets.size() : end + 1;
    if (line_.size() < kUuLineBytesMax) line_.append(octets.substr(0, bytes));
    octets.remove_prefix(bytes);
    if (end == std::string_view::npos) return;
    take(without_end(line_), out);
    line_.clear();
  }
}

void UuencodeDecoder::finish(std::string& out) {
  take(without_end(line_), out);
  line_.clear();
}

void UuencodeDecoder::take(std::string_view line, std::string& out) {
  if (has_ended_ || line.empty()) return;
  if (!has_begun_) {
    has_begun_ = !uuencode_name(line).empty();
    return;
  }
  if (is_uuencode_end(line)) {
    has_ended_ = true;
    return;
  }
  if (!is_uuencode_line(line)) return;
  std::size_t left = uu_value_of(line.front());
  line.remove_prefix(1);
  while (left > 0) {
    unsigned group = 0;
    for (std::size_t i = 0; i < 4; ++i)
      group = (group << 6U) | (i < line.size() ? uu_value_of(line[i]) : 0U);
    line.remove_prefix(std::min<std::size_t>(line.size(), 4));
    for (int shift = 16; shift >= 0 && left > 0; shift -= 8, --left)
      out += static_cast<char>((group >> static_cast<unsigned>(shift)) & 0xFFU);
  }
}

}  // namespace restante::mime
