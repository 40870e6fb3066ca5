// What happened to mail and accounts: an act, as the journal has it. One act is one line of JSON
// (act_line.h).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace restante::journal {

enum class Kind : std::uint8_t {
  kDelivered,     ///< A message is in the maildrop, durably.
  kNotDelivered,  ///< It was refused; the reason says why.
  kLoggedIn,      ///< The login of a session that then took or deleted something.
  kLoginFailed,
  kPolled,     ///< A session that took nothing and deleted nothing; once an account and hour.
  kRetrieved,  ///< A message went out whole.
  kDeleted,    ///< QUIT's deletion is durable.
  kExpired,    ///< Retention took messages.
  kUndeleted,
  kAccount,    ///< An account was added, changed or removed.
  kTool,       ///< Another command that changed something.
  kCopied,     ///< A copy's target has taken a message.
  kNotCopied,  ///< It has refused one for ever; the reason says why.
  kDropped,    ///< Acts that could not be written: how many.
};

/// What the line calls it, in the order of Kind.
inline constexpr std::array<std::string_view, 14> kKindNames = {
    "delivered", "not-delivered", "logged-in", "login-failed", "polled", "retrieved",  "deleted",
    "expired",   "undeleted",     "account",   "tool",         "copied", "not-copied", "dropped"};
static_assert(kKindNames.size() == static_cast<std::size_t>(Kind::kDropped) + 1);

constexpr std::string_view name_of(Kind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }
/// The kind of that name.
constexpr std::optional<Kind> kind_of(std::string_view name) {
  for (std::size_t i = 0; i < kKindNames.size(); ++i)
    if (kKindNames[i] == name) return static_cast<Kind>(i);
  return std::nullopt;
}

/// Texts that are empty, and numbers that are 0, are not in the line. No secret belongs here.
struct Act {
  Kind kind = Kind::kTool;
  WallTime when{};
  std::string account{};  ///< The maildrop's name; of an unknown name: Journal::hidden().
  std::string device{};   ///< The label whose password it was.
  std::string view{};     ///< The view's name; empty: the default one, or none.
  std::string user{};     ///< The operator's, of a tool.
  std::string from{};     ///< The peer's address.
  std::string session{};  ///< As the log has it.
  std::string uid{};      ///< The unique id, as UIDL says it.
  std::uint64_t octets = 0;
  std::string message_id{};  ///< With its angle brackets.
  std::string queue_id{};    ///< The sending MTA's.
  std::string recipient{};   ///< As the envelope has it.
  std::uint64_t count = 0;   ///< Of messages, sessions or acts, where there are several.
  std::string detail{};      ///< The command, the method, or the reason of a failure.

  bool operator==(const Act&) const = default;
};

}  // namespace restante::journal
