// From, To, Cc and the like: who it is from and to, for showing and for the index. Pure; without
// recursion; linear in the field's length; never fails.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace restante::mime {

/// Both are one line of well-formed UTF-8, and either may be empty, not both.
struct Mailbox {
  std::string name;     ///< Decoded; without quotes.
  std::string address;  ///< Without <>, as written.

  bool operator==(const Mailbox&) const = default;
};

/// More of one field are left out.
inline constexpr std::size_t kMailboxesMax = 10'000;

/// The field's mailboxes in their order; groups by their members, however deep. A name without an
/// address counts only beside mailboxes that have one: a field that holds no address at all gives
/// none. `charset` is the body's, for raw octets. RFC 5322 s.3.4 and s.4.4, RFC 2047 s.5 (3).
std::vector<Mailbox> parse_addresses(std::string_view raw, std::string_view charset = {});

/// "Name <address>, …" on one line; names with characters that would be taken apart are quoted. The
/// field as decode_text() has it when it holds no addresses.
std::string addresses_text(std::string_view raw, std::string_view charset = {});

}  // namespace restante::mime
