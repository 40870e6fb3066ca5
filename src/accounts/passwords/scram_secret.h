// The stored secret of an account that can do SCRAM, in Dovecot's form:
// "{SCRAM-SHA-256}iterations,salt,StoredKey,ServerKey", the last three in base64.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sasl/scram_keys.h"

namespace restante::accounts {

/// `data` is what follows the scheme. Errors: kSyntax, saying what is wrong.
Result<sasl::ScramKeys> parse_scram_data(sasl::Hash hash, std::string_view data);
std::string format_scram_secret(sasl::Hash hash, const sasl::ScramKeys& keys);

/// The keys of a whole secret; std::nullopt: it is none of this hash, or malformed.
std::optional<sasl::ScramKeys> scram_keys_of(sasl::Hash hash, std::string_view secret);

}  // namespace restante::accounts
