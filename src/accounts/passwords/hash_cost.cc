#include "accounts/passwords/hash_cost.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

namespace restante::accounts {
namespace {

constexpr std::string_view kCryptDigits =
    "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
// crypt(5): a larger value takes a second character, and is far over every limit.
constexpr std::size_t kOneDigitMax = 47;

/// The number that begins `text`, or std::nullopt; too large for 64 bits is the largest.
std::optional<std::uint64_t> number_at(std::string_view text) {
  // A number that does not fit asks for more than any limit.
  std::uint64_t number = 0;
  const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure == std::errc::result_out_of_range) return UINT64_MAX;
  if (failure != std::errc{}) return std::nullopt;
  return number;
}

/// The number behind "name=".
std::optional<std::uint64_t> value_of(std::string_view text, std::string_view name) {
  const std::size_t at = text.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  return number_at(text.substr(at + name.size()));
}

Status bounded(std::optional<std::uint64_t> asked, std::uint64_t most, std::string_view unit) {
  // No number: the method has one of its own.
  if (!asked || *asked <= most) return ok();
  return Error(Errc::kSyntax,
               "it asks for more than " + std::to_string(most) + " " + std::string(unit));
}

/// yescrypt's and scrypt's: 128 * r * 2^n bytes; the powers are one character each.
Status check_memory_powers(char blocks, std::optional<char> size) {
  const std::size_t power = kCryptDigits.find(blocks);
  std::size_t lanes = size ? kCryptDigits.find(*size) : 0;
  if (power == std::string_view::npos || lanes == std::string_view::npos) return ok();
  // Shifted by more, the product would be zero.
  if (power >= 30 || lanes > kOneDigitMax)
    return bounded(UINT64_MAX, kHashBytesMax, "bytes of memory");
  const std::uint64_t bytes = std::uint64_t{128} * (lanes + 1) << (power + 1);
  return bounded(bytes, kHashBytesMax, "bytes of memory");
}

}  // namespace

Status check_crypt_cost(std::string_view data) {
  // Behind these octets stands the salt, which may look like a setting.
  if (data.starts_with("$5$") || data.starts_with("$6$"))
    return bounded(value_of(data.substr(0, 32), "rounds="), kCryptRoundsMax, "rounds");
  if (data.starts_with("$2") && data.size() > 6)
    return bounded(number_at(data.substr(4, 2)), kBcryptCostMax, "as bcrypt's cost");
  if (data.starts_with("$sha1$"))
    return bounded(number_at(data.substr(6)), kCryptRoundsMax, "rounds");
  if (data.starts_with("$md5"))
    return bounded(value_of(data.substr(0, 32), "rounds="), kCryptRoundsMax, "rounds");
  // "$y$" flags, N, r …: crypt(5). "$7$" N, r (5), p (5) ….
  const bool yescrypt = data.starts_with("$y$") || data.starts_with("$gy$");
  if (yescrypt) {
    const std::size_t start = data.find('$', 1) + 1;
    if (data.size() > start + 3) return check_memory_powers(data[start + 1], data[start + 2]);
  }
  if (data.starts_with("$7$") && data.size() > 5) {
    // r is a number of 30 bits, its lowest digit first; more than one digit is refused.
    const bool small = data.substr(5, 4) == "....";
    return check_memory_powers(data[3], small ? data[4] : 'z');
  }
  return ok();
}

Status check_argon2_cost(std::string_view data) {
  const auto kibibytes = value_of(data, "$m=");
  RESTANTE_CHECKED(bounded(kibibytes, kHashBytesMax / 1024, "KiB of memory"));
  return bounded(value_of(data, ",t="), kArgon2PassesMax, "passes");
}

}  // namespace restante::accounts
