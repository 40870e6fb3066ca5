// The versions of TLS that a setting may name, oldest first. Below 1.2 they are for devices that
// know no better version (RFC 8997 says why no other peer should be offered them).
#pragma once

#include <cstdint>

namespace restante {

enum class TlsVersion : std::uint8_t { k10, k11, k12, k13 };

/// Needs ciphers and signatures that are no longer thought safe.
constexpr bool is_old(TlsVersion version) { return version < TlsVersion::k12; }

}  // namespace restante
