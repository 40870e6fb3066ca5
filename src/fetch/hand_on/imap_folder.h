// The folder in the address of an IMAP target, and how its name goes over the wire.
#pragma once

#include <string>
#include <string_view>

namespace restante::fetch {

/// "imap://host/Some%20Folder" -> "Some Folder"; a "%" without two hexadecimal digits is one; an
/// address without a folder means INBOX.
std::string imap_folder_of(std::string_view url);

/// UTF-8 to modified UTF-7 (RFC 3501 s.5.1.3). A name that is encoded already stays as it is;
/// octets that are no UTF-8 stay, too.
std::string modified_utf7(std::string_view name);

}  // namespace restante::fetch
