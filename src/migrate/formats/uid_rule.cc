#include "migrate/formats/uid_rule.h"

#include <algorithm>

#include "base/limits.h"
#include "migrate/formats/digests.h"

namespace restante::migrate {

std::string storable_uid(std::string_view uid) {
  // RFC 1939 s.7 allows these characters in a unique-id.
  const bool fits = std::ranges::all_of(uid, [](char c) { return c >= '\x21' && c <= '\x7E'; });
  if (fits && uid.size() <= limits::kUidBytesMax) return std::string(uid);
  // A sum, and not a number: the next run must find the same id without a memory of this one.
  return sha256_of(uid);
}

std::string repeated_uid(std::string_view uid, std::size_t number) {
  return storable_uid(std::string(uid) + "-" + std::to_string(number));
}

}  // namespace restante::migrate
