// How much work a stored secret may ask for. An imported secret says itself how many rounds and how
// much memory it wants; one that wants hours or all memory would stop every login.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace restante::accounts {

// Some seconds of one processor, and what a small machine can spare for a moment; the defaults of
// all programs that hash passwords are far below.
inline constexpr std::uint32_t kPbkdf2RoundsMax = 5'000'000;
inline constexpr std::uint32_t kCryptRoundsMax = 5'000'000;  // SHA-crypt, SHA-1 and Sun's MD5.
inline constexpr std::uint32_t kBcryptCostMax = 16;          // 2^16 rounds.
inline constexpr std::uint32_t kArgon2PassesMax = 64;
inline constexpr std::uint64_t kHashBytesMax = std::uint64_t{1} << 30;  // argon2, yescrypt, scrypt.

/// Of a crypt(3) string. Errors: kSyntax: "it asks for more than …".
Status check_crypt_cost(std::string_view data);
/// Of an argon2 string.
Status check_argon2_cost(std::string_view data);

}  // namespace restante::accounts
