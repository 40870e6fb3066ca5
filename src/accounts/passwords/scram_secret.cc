#include "accounts/passwords/scram_secret.h"

#include "base/ascii.h"
#include "base/numbers.h"
#include "sasl/base64.h"

namespace restante::accounts {
namespace {

/// Cuts the part before the next comma from the front of `rest`.
std::string_view take(std::string_view& rest) {
  const std::size_t comma = rest.find(',');
  const std::string_view part = rest.substr(0, comma);
  rest.remove_prefix(comma == rest.npos ? rest.size() : comma + 1);
  return part;
}

}  // namespace

Result<sasl::ScramKeys> parse_scram_data(sasl::Hash hash, std::string_view data) {
  const auto iterations = parse_decimal<std::uint32_t>(take(data));
  const auto salt = sasl::decode_base64(take(data));
  const auto stored_key = sasl::decode_base64(take(data));
  const auto server_key = sasl::decode_base64(data);
  // Bounded here as well as where secrets are made: they also come from other programs.
  if (!iterations || *iterations == 0 || *iterations > sasl::kScramIterationsMax)
    return Error(Errc::kSyntax, "SCRAM iterations");
  if (!salt || salt->empty()) return Error(Errc::kSyntax, "SCRAM salt");
  const std::size_t bytes = sasl::digest_bytes(hash);
  if (!stored_key || stored_key->size() != bytes || !server_key || server_key->size() != bytes)
    return Error(Errc::kSyntax, "SCRAM keys");
  sasl::ScramKeys keys;
  keys.iterations = *iterations;
  keys.salt = *salt;
  keys.stored_key = *stored_key;
  keys.server_key = *server_key;
  return keys;
}

std::string format_scram_secret(sasl::Hash hash, const sasl::ScramKeys& keys) {
  std::string out = "{" + std::string(sasl::scram_name(hash)) + "}";
  out += std::to_string(keys.iterations);
  for (const std::string* part : {&keys.salt, &keys.stored_key, &keys.server_key}) {
    out += ',';
    sasl::append_base64(*part, out);
  }
  return out;
}

std::optional<sasl::ScramKeys> scram_keys_of(sasl::Hash hash, std::string_view secret) {
  const std::string scheme = "{" + std::string(sasl::scram_name(hash)) + "}";
  if (!starts_with_ignore_case(secret, scheme)) return std::nullopt;
  auto keys = parse_scram_data(hash, secret.substr(scheme.size()));
  if (!keys) return std::nullopt;
  return *std::move(keys);
}

}  // namespace restante::accounts
