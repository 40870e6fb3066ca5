// What a server says it has: STAT, LIST and UIDL put together and compared. A listing that
// contradicts itself still says what may be fetched; nothing is deleted by it. It knows neither the
// network nor what was fetched before.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pop3/client_listing.h"

namespace restante::fetch {

/// One message of a session.
struct Listed {
  std::uint32_t number = 0;             ///< 1.., of this session only.
  std::optional<std::uint64_t> octets;  ///< What LIST says: a hint.
  /// The server's unique id. Empty: it has none, or more than one message has the same.
  std::string uid;

  [[nodiscard]] bool identified() const { return !uid.empty(); }
};

struct Listing {
  std::vector<Listed> messages;  ///< By number.
  bool has_uids = false;         ///< The server has UIDL.
  /// Messages whose id is another's, too, or cannot be used: only their content tells what they
  /// are.
  std::size_t without_own_uid = 0;
  /// Why the listing cannot be true as it is; empty: nothing speaks against it.
  std::vector<std::string> contradictions;

  [[nodiscard]] bool contradicts_itself() const { return !contradictions.empty(); }
};

/// All messages that any of the three named, by number; `uids` nullopt: the server has no UIDL.
/// Unreadable lines (number 0) and numbers named twice contradict. (RFC 1939 s.7: the same id for
/// two messages is allowed for copies; it cannot tell them apart, so such messages count as having
/// none, which contradicts nothing.)
Listing combine(std::uint64_t stat_messages, std::vector<pop3::ListedSize> sizes,
                std::optional<std::vector<pop3::ListedUid>> uids);

}  // namespace restante::fetch
