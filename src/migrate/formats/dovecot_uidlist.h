// Dovecot's dovecot-uidlist of a Maildir: the number (UID) that each file has, and what else it has
// kept for POP3. Versions 1 and 3 are those that Dovecot itself reads; by any other header it
// numbers anew, and so nothing of such a file counts here. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::migrate {

struct UidlistEntry {
  std::uint32_t uid = 0;
  std::optional<std::string> pop3_uidl{};     ///< P; empty: the file's name.
  std::optional<std::uint32_t> pop3_order{};  ///< O
  std::string guid{};                         ///< G; empty: the file's name.
  std::optional<std::uint64_t> octets{};      ///< W: with CRLF line ends.
};

struct Uidlist {
  std::uint32_t uid_validity = 0;
  std::map<std::string, UidlistEntry, std::less<>> entries;  ///< By file name, before ":".
  std::size_t unreadable = 0;  ///< Lines that say nothing, which Dovecot passes over, too.
};

/// The part of a Maildir file's name that stays when flags change.
std::string_view base_name(std::string_view file_name);

/// Errors: kSyntax (its header is none of Dovecot's), kLimit (too many lines).
Result<Uidlist> parse_uidlist(std::string_view text);

}  // namespace restante::migrate
