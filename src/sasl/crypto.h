// The primitives that mechanisms are made of: OpenSSL's, under names that cannot be mixed up. Pure,
// but for make_nonce().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::sasl {

enum class Hash : std::uint8_t { kSha1, kSha256 };

/// 20 or 32.
std::size_t digest_bytes(Hash hash);
std::string digest(Hash hash, std::string_view text);
std::string hmac(Hash hash, std::string_view key, std::string_view text);
/// Hi() of RFC 5802 s.2.2: PBKDF2 with one block. `iterations` is at least 1; takes some 100 ns for
/// each.
std::string pbkdf2(Hash hash, std::string_view password, std::string_view salt,
                   std::uint32_t iterations);

/// 32 lower-case hexadecimal digits. Errors: kState (this OpenSSL has no MD5).
Result<std::string> md5_hex(std::string_view text);
Result<std::string> hmac_md5_hex(std::string_view key, std::string_view text);

/// In a time that depends on the lengths alone; texts of different lengths are never the same.
bool same_bytes(std::string_view a, std::string_view b);

/// `a` and `b` are of one length.
std::string exclusive_or(std::string_view a, std::string_view b);

/// 24 printable characters, fresh and never to be guessed.
std::string make_nonce();

}  // namespace restante::sasl
