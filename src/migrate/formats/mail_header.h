// Fields of a message's header as POP3 servers of mbox files use them: their notes to themselves,
// and the fields that Dovecot makes an id of. The header is as in the file, LF or CRLF. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace restante::migrate {

/// The notes of a server in a message of its mbox.
struct MboxNotes {
  std::uint32_t uid = 0;           ///< X-UID; 0: none.
  std::uint32_t uid_validity = 0;  ///< X-IMAPbase or X-IMAP; 0: none.
  bool is_internal = false;        ///< X-IMAP: no message, but a note about the file.
  std::string uidl{};              ///< X-UIDL
  std::string md5{};               ///< As Dovecot's %m.
  std::optional<std::uint64_t> content_length{};
};

MboxNotes read_notes(std::string_view header);

/// The header without the fields that hold a server's notes; with `hides_uidl` without X-UIDL, too.
/// Appends.
void append_without_notes(std::string_view header, bool hides_uidl, std::string& out);

}  // namespace restante::migrate
