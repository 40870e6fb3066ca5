// Bytes: spans, and little-endian integers at explicit places. Records are bytes, not structs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace restante {

using ByteView = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;

inline ByteView as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }
inline std::string_view as_text(ByteView bytes) {
  // The one sanctioned view of bytes as characters: char may alias anything.
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Writes `value` little-endian at `offset`; the span must reach that far (checked by the caller).
template <typename T>
void put_le(MutableBytes bytes, std::size_t offset, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i)
    bytes[offset + i] = static_cast<std::byte>((value >> (8 * i)) & 0xFFU);
}

/// Reads a little-endian integer at `offset`; the span must reach that far (checked by the caller).
template <typename T>
T get_le(ByteView bytes, std::size_t offset) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i)
    value = static_cast<T>(value | (static_cast<T>(bytes[offset + i]) << (8 * i)));
  return value;
}

}  // namespace restante
