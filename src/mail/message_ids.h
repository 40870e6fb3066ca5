// By which names others know a message: its Message-ID, and the id that the last server before us
// gave it. They come from strangers: for the log, quoted. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace restante::mail {

/// They are looked for in this first part of a message.
inline constexpr std::size_t kIdsWithinBytes = 8192;

/// Empty: there is none.
struct MessageIds {
  std::string message_id;   ///< With its angle brackets, as it stands.
  std::string received_id;  ///< Behind "id" in the topmost Received (RFC 5321 s.4.4).
};

/// `beginning`: the first bytes of a message in wire form, as it came in.
MessageIds find_message_ids(std::string_view beginning);

}  // namespace restante::mail
