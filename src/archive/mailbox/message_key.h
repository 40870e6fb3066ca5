// How a message of an account is named where a text has to do: by the checksum of its octets, and,
// where the server has shown the same octets under several unique ids, by a number of the copy. The
// octets are on the disk once; each copy is a message of its own in lists and where mail is handed
// on. "<sha256>" is the first, "<sha256>-2" the second.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "archive/mailbox/sha256.h"
#include "base/numbers.h"

namespace restante::archive {

/// `copy` counts from 1.
inline std::string message_key(std::string_view sha256, std::uint32_t copy) {
  std::string key(sha256);
  if (copy > 1) key += "-" + std::to_string(copy);
  return key;
}

/// The checksum of the octets.
inline std::string_view content_of(std::string_view key) { return key.substr(0, kSha256HexBytes); }

/// 1 for what is no key.
inline std::uint32_t copy_of(std::string_view key) {
  if (key.size() <= kSha256HexBytes + 1 || key[kSha256HexBytes] != '-') return 1;
  return parse_decimal<std::uint32_t>(key.substr(kSha256HexBytes + 1)).value_or(1);
}

}  // namespace restante::archive
