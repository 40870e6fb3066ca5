// What a server lists, as a client reads it: STAT, LIST and UIDL. Tolerant in form (several blanks,
// ids of 4 KiB and of any octets but controls, text behind the numbers), and strict in meaning:
// what contradicts itself is found, and it is for the caller to trust no such listing.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace restante::pop3 {

inline constexpr std::size_t kListedUidBytesMax = 4096;

struct Totals {
  std::uint32_t messages = 0;
  std::uint64_t octets = 0;  ///< A hint; 0 also when the server says something that is no number.
};

/// `number` 0: a line that cannot be read as an entry.
struct ListedSize {
  std::uint32_t number = 0;
  std::uint64_t octets = 0;  ///< A hint; 0 also when the server says something that is no number.
  bool operator==(const ListedSize&) const = default;
};

/// `number` 0: a line that cannot be read as an entry.
struct ListedUid {
  std::uint32_t number = 0;
  std::string uid;  ///< Empty: there is none that can be used.
  bool operator==(const ListedUid&) const = default;
};

/// The text behind "+OK ". Errors: kSyntax (no count of messages).
Result<Totals> parse_totals(std::string_view text);
/// One line of LIST's answer, without its end.
ListedSize parse_listed_size(std::string_view line);
/// One line of UIDL's answer. The id is all that is behind the number: some have blanks in them.
/// One of no octets, with controls in it or of more than kListedUidBytesMax cannot be used.
ListedUid parse_listed_uid(std::string_view line);

/// The mistakes of a listing by itself; empty: it names each number from 1 to `messages` once at
/// most, every line was readable, and no id is there twice.
std::string find_fault(std::span<const ListedSize> listing, std::uint32_t messages);
std::string find_fault(std::span<const ListedUid> listing, std::uint32_t messages);

}  // namespace restante::pop3
