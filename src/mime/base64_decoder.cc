#include "mime/base64_decoder.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace restante::mime {
namespace {

constexpr std::size_t kLineBytesMax = 1024;  // Longer ones are taken in pieces.
constexpr std::size_t kWordBytesMax = 24;    // A damaged line of base64 has longer ones.

constexpr std::array<signed char, 256> make_values() {
  std::array<signed char, 256> values{};
  values.fill(-1);
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<signed char>(i);
  return values;
}
constexpr auto kValues = make_values();

signed char value_of(char c) { return kValues[static_cast<unsigned char>(c)]; }

bool has_blank_within(std::string_view line) {
  return trim(line).find_first_of(" \t") != std::string_view::npos;
}

/// Several words, as people write them.
bool is_words(std::string_view line) {
  if (!has_blank_within(line) || line.ends_with('=')) return false;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    if (end > kWordBytesMax) return false;
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return true;
}

}  // namespace

void Base64Decoder::feed(std::string_view octets, std::string& out) {
  while (!octets.empty()) {
    const std::size_t end = octets.find('\n');
    const std::size_t bytes = end == std::string_view::npos ? octets.size() : end + 1;
    const std::string_view piece = octets.substr(0, bytes);
    octets.remove_prefix(bytes);
    if (end != std::string_view::npos && line_.empty()) {
      take(piece, true, out);
      continue;
    }
    line_.append(piece);
    if (end == std::string_view::npos && line_.size() < kLineBytesMax) continue;
    take(line_, end != std::string_view::npos, out);
    line_.clear();
  }
}

void Base64Decoder::finish(std::string& out) {
  if (!line_.empty()) take(line_, true, out);
  line_.clear();
  // Octets that were sent whole are kept, though the group has no end.
  if (!in_footer_) end_group(out);
}

void Base64Decoder::take(std::string_view line, bool is_whole, std::string& out) {
  // Mailing lists put their words behind a part without regard to its encoding.
  if (!in_footer_ && is_whole && has_octets_ && begins_footer(line)) {
    end_group(out);
    in_footer_ = true;
  }
  if (!in_footer_) {
    has_blanks_ = has_blanks_ || has_blank_within(line);
    return decode(line, out);
  }
  if (footer_ == Footer::kIsText) out.append(line);
}

/// Words behind the end. In the middle of a group, a line with some letters is junk.
bool Base64Decoder::begins_footer(std::string_view line) const {
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  line = trim(line);
  if (line.empty()) return false;
  const auto foreign = static_cast<std::size_t>(
      std::count_if(line.begin(), line.end(), [](char c) { return value_of(c) < 0 && c != '='; }));
  // Behind padding the data is over, so that one odd character is enough.
  if (after_padding_) return foreign > 0 || (line.size() % 4 == 1);
  if (!has_blanks_ && is_words(line)) return true;
  return bits_ == 0 ? 4 * foreign >= line.size() : foreign == line.size();
}

void Base64Decoder::decode(std::string_view octets, std::string& out) {
  // RFC 2045 s.6.8: characters outside of the alphabet are passed over.
  for (const char c : octets) {
    const signed char value = value_of(c);
    if (value >= 0) {
      group_ = (group_ << 6U) | static_cast<unsigned char>(value);
      bits_ += 6;
      has_octets_ = true;
      after_padding_ = false;
      if (bits_ == 24) end_group(out);
    } else if (c == '=' && has_octets_) {
      end_group(out);
      after_padding_ = true;
    }
  }
}

/// Gives out the whole octets of the group; a single character has none.
void Base64Decoder::end_group(std::string& out) {
  for (; bits_ >= 8; bits_ -= 8) out += static_cast<char>((group_ >> (bits_ - 8)) & 0xFFU);
  group_ = 0;
  bits_ = 0;
}

}  // namespace restante::mime
