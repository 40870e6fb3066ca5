// Hashing several texts as one: each with its length before it, so that no two different lists run
// together.
#pragma once

#include <sodium.h>

#include <array>
#include <string_view>

#include "base/bytes.h"

namespace restante::accounts {

inline void add_part(crypto_generichash_state& state, std::string_view part) {
  std::array<std::byte, 8> length{};
  put_le<std::uint64_t>(length, 0, part.size());
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(length.data()),
                            length.size());
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part.data()),
                            part.size());
}

}  // namespace restante::accounts
