#include "accounts/pbkdf2_secret.h"

#include <optional>

#include "accounts/hash_cost.h"
#include "base/ascii.h"
#include "base/numbers.h"
#include "base/secret_string.h"
#include "sasl/crypto.h"

namespace restante::accounts {
namespace {

struct Parts {
  std::string_view salt;
  std::uint32_t rounds = 0;
  std::string hash;  // Raw.
};

std::optional<unsigned> hex_value(char c) {
  if (is_digit(c)) return static_cast<unsigned>(c - '0');
  const char lower = to_lower(c);
  if (lower >= 'a' && lower <= 'f') return static_cast<unsigned>(lower - 'a' + 10);
  return std::nullopt;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() != 2 * sasl::digest_bytes(sasl::Hash::kSha1)) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = hex_value(text[i]);
    const auto low = hex_value(text[i + 1]);
    if (!high || !low) return std::nullopt;
    out += static_cast<char>(*high * 16 + *low);
  }
  return out;
}

Result<Parts> parse(std::string_view data) {
  const Error malformed(Errc::kSyntax, "malformed hash for scheme PBKDF2");
  constexpr std::string_view kVersion = "$1$";
  if (!data.starts_with(kVersion)) return malformed;
  data.remove_prefix(kVersion.size());
  const std::size_t salt_end = data.find('$');
  const std::size_t rounds_end = data.rfind('$');
  if (salt_end == std::string_view::npos || rounds_end <= salt_end) return malformed;
  Parts parts;
  parts.salt = data.substr(0, salt_end);
  const auto rounds =
      parse_decimal<std::uint32_t>(data.substr(salt_end + 1, rounds_end - salt_end - 1));
  auto hash = from_hex(data.substr(rounds_end + 1));
  if (!rounds || *rounds == 0 || !hash) return malformed;
  if (*rounds > kPbkdf2RoundsMax)
    return Error(Errc::kSyntax, "scheme PBKDF2 cannot be verified: it asks for more than " +
                                    std::to_string(kPbkdf2RoundsMax) + " rounds");
  parts.rounds = *rounds;
  parts.hash = *std::move(hash);
  return parts;
}

}  // namespace

Status check_pbkdf2(std::string_view data) {
  RESTANTE_CHECKED(parse(data));
  return ok();
}

Status verify_pbkdf2(std::string_view data, std::string_view password) {
  RESTANTE_TRY(const Parts parts, parse(data));
  std::string given = sasl::pbkdf2(sasl::Hash::kSha1, password, parts.salt, parts.rounds);
  const bool same = sasl::same_bytes(given, parts.hash);
  wipe(given);
  return same ? ok() : Error(Errc::kAuth, "wrong password");
}

}  // namespace restante::accounts
