// The whole of "which command when" (RFC 5321 s.4.1.4, RFC 2033 s.4, RFC 3030 s.2) in one pure
// function, so that the handlers may assume their state.
#pragma once

#include <cstdint>
#include <optional>

#include "smtp/command.h"
#include "smtp/replies.h"
#include "smtp/server_session.h"

namespace restante::smtp {

/// Where a session stands between two commands.
enum class Phase : std::uint8_t {
  kStart,         ///< No hello yet, or TLS has just begun.
  kReady,         ///< Hello said, no mail under way.
  kSender,        ///< MAIL taken, no recipient accepted.
  kRecipients,    ///< At least one recipient accepted.
  kChunks,        ///< BDAT chunks have come in.
  kChunksFailed,  ///< One of them could not be taken.
};

/// The reply that refuses `verb` in this phase, or std::nullopt when it may go on.
std::optional<Reply> refusal(Verb verb, Phase phase, Dialect dialect);

}  // namespace restante::smtp
