// Numbers that must not be mixed up: a message number is not a uid is not an offset.
#pragma once

#include <compare>
#include <cstdint>

namespace restante {

/// A message's place in the current session's listing: 1..n, fixed at login, never reused within
/// the session even after DELE (RFC 1939 s.5). Means nothing in the next session.
enum class MessageNumber : std::uint32_t {};

/// A message's sequence number in its maildrop: 1.., 64 bit, never used again. Not shown to peers.
enum class Sequence : std::uint64_t {};

constexpr std::uint32_t to_index(MessageNumber number) {
  return static_cast<std::uint32_t>(number) - 1;
}
constexpr std::uint64_t to_number(Sequence sequence) {
  return static_cast<std::uint64_t>(sequence);
}

}  // namespace restante
