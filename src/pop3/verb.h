// The vocabulary of POP3: every command word, for the server and the client alike, and the whole of
// "which command when". No texts, no state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace restante::pop3 {

enum class Verb : std::uint8_t {
  kApop,
  kAuth,
  kCapa,
  kDele,
  kLang,
  kLast,
  kList,
  kNoop,
  kPass,
  kQuit,
  kRetr,
  kRset,
  kStat,
  kStls,
  kTop,
  kUidl,
  kUser,
  kUtf8,
  kXclient,
};
inline constexpr std::size_t kVerbs = 19;

/// The states of RFC 1939 s.3.
enum class SessionState : std::uint8_t { kAuthorization, kTransaction, kUpdate };

/// "RETR".
std::string_view to_string(Verb verb);
/// Without regard to case (RFC 1939 s.3); std::nullopt: no such command.
std::optional<Verb> find_verb(std::string_view word);

/// Which command is valid in which state: RFC 1939 s.4-7, RFC 2449 s.5 (CAPA), RFC 2595 s.4 (STLS),
/// RFC 5034 s.4 (AUTH), RFC 6856 s.2-3 (UTF8, LANG), RFC 1460 (LAST); and XCLIENT, which a proxy
/// says before a login. In UPDATE the session is over.
constexpr bool allowed(Verb verb, SessionState state) {
  switch (verb) {  // No default: a new verb must be placed here to compile.
    case Verb::kApop:
    case Verb::kAuth:
    case Verb::kPass:
    case Verb::kStls:
    case Verb::kUser:
    case Verb::kUtf8:
    case Verb::kXclient: return state == SessionState::kAuthorization;
    case Verb::kDele:
    case Verb::kLast:
    case Verb::kList:
    case Verb::kNoop:
    case Verb::kRetr:
    case Verb::kRset:
    case Verb::kStat:
    case Verb::kTop:
    case Verb::kUidl: return state == SessionState::kTransaction;
    case Verb::kCapa:
    case Verb::kLang:
    case Verb::kQuit: return state != SessionState::kUpdate;
  }
  return false;
}

}  // namespace restante::pop3
