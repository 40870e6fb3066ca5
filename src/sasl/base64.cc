#include "sasl/base64.h"

#include <array>
#include <cstdint>

namespace restante::sasl {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoDigit = 0xff;

constexpr std::array<std::uint8_t, 256> make_digits() {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    digits[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  return digits;
}
constexpr std::array<std::uint8_t, 256> kDigits = make_digits();

char digit(std::uint32_t group, int shift) { return kAlphabet[(group >> shift) & 0x3FU]; }

std::size_t padding_of(std::string_view text) {
  if (text.ends_with("==")) return 2;
  return text.ends_with('=') ? 1 : 0;
}

}  // namespace

void append_base64(std::string_view bytes, std::string& out) {
  for (; !bytes.empty(); bytes.remove_prefix(bytes.size() < 3 ? bytes.size() : 3)) {
    const std::size_t count = bytes.size() < 3 ? bytes.size() : 3;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = (group << 8U) | (i < count ? static_cast<unsigned char>(bytes[i]) : 0U);
    out += digit(group, 18);
    out += digit(group, 12);
    out += count > 1 ? digit(group, 6) : '=';
    out += count > 2 ? digit(group, 0) : '=';
  }
}

Result<std::string> decode_base64(std::string_view text) {
  // Padding is not optional, and no line break is passed over: what is decoded
  // leniently has several forms, and a proxy before us may check another one.
  if (text.size() % 4 != 0) return Error(Errc::kSyntax, "base64 length");
  const std::size_t digits = text.size() - padding_of(text);
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  unsigned bit_count = 0;
  for (const char c : text.substr(0, digits)) {
    const std::uint8_t value = kDigits[static_cast<unsigned char>(c)];
    if (value == kNoDigit) return Error(Errc::kSyntax, "base64 character");
    bits = (bits << 6U) | value;
    bit_count += 6;
    if (bit_count < 8) continue;
    bit_count -= 8;
    bytes += static_cast<char>((bits >> bit_count) & 0xFFU);
    bits &= (1U << bit_count) - 1U;
  }
  // RFC 4648 s.3.5: pad bits that are not zero would give two texts the same meaning.
  if (bits != 0) return Error(Errc::kSyntax, "base64 pad bits");
  return bytes;
}

}  // namespace restante::sasl
