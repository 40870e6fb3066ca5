// What a server keeps of a password for SCRAM (RFC 5802 s.3): enough to check a client's proof and
// to prove itself, too little to log in with. StoredKey and a recorded exchange together are
// enough, though: it is a secret like a password hash.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sasl/crypto.h"

namespace restante::sasl {

/// Fewer iterations than this no client should accept (RFC 5802 s.5.1, RFC 7677 s.4).
inline constexpr std::uint32_t kScramIterationsMin = 4096;
/// More than this is a mistake, or an attempt to keep the other side busy.
inline constexpr std::uint32_t kScramIterationsMax = 2'000'000;
/// What a client does for a server that wants more: some seconds of work.
inline constexpr std::uint32_t kScramClientIterationsMax = 10'000'000;

struct ScramKeys {
  std::uint32_t iterations = 0;
  std::string salt;
  std::string stored_key;
  std::string server_key;
};

/// `password` is prepared already (prepare.h).
ScramKeys derive_scram_keys(Hash hash, std::string_view password, std::string_view salt,
                            std::uint32_t iterations);

/// "SCRAM-SHA-256" or "SCRAM-SHA-1".
std::string_view scram_name(Hash hash);

}  // namespace restante::sasl
