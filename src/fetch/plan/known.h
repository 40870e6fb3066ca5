// The memory of a server's messages between sessions: one entry for each unique id ever seen, never
// dropped, so that a message that comes back is recognised. How it is stored is state.h's.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace restante::fetch {

using Seconds = std::chrono::sys_seconds;

/// The numbers stand in the database: none may change its meaning.
enum class UidState : std::uint8_t {
  kSeen = 0,        ///< Listed; nothing else is known.
  kStored = 1,      ///< Its content is safe: in the archive, or where it was handed on.
  kDeleteSent = 2,  ///< Stored, and DELE was sent; whether the server did it is not known yet.
  kGone = 3,        ///< Stored, deleted, and QUIT was answered by +OK.
  kVanished = 4,    ///< Another program deleted it; the entry stays.
  kSkipped = 5,     ///< Left out on purpose; `reason` says why.
  kFailed = 6,      ///< Could not be fetched; again after `retry_after`.
  /// Another program has it, `reason` says which. Not fetched; and not deleted by us, since its
  /// octets never were here.
  kElsewhere = 7,
};

std::string_view to_string(UidState state);
/// nullopt: no such state.
std::optional<UidState> uid_state_of(std::int64_t number);

/// More days on which a message was seen are not counted.
inline constexpr std::uint32_t kSeenDaysMax = 2;

struct KnownUid {
  UidState state = UidState::kSeen;
  std::string sha256;                   ///< Of the content, 64 hex digits; empty: never fetched.
  std::uint32_t copy = 1;               ///< Which of the messages with this content (1..) it is.
  std::optional<std::uint64_t> octets;  ///< What LIST said when it was fetched.
  Seconds first_seen{};
  std::uint32_t attempts = 0;   ///< kFailed: failures in a row. kGone: how often it came back.
  Seconds retry_after{};        ///< Of kFailed, and of kSkipped where the server refused it.
  std::string reason;           ///< Of kSkipped and kFailed, for the user.
  std::int64_t seen_day = 0;    ///< The last day on which the server had it, since 1970 …
  std::uint32_t seen_days = 0;  ///< … and how many there were, kSeenDaysMax at most.
  bool removed = false;         ///< The archive had it, and it was removed there.
  bool lost = false;            ///< Its content is gone from here, though not removed.
  bool fresh = false;           ///< It came in this run, or was read back in it.

  /// The server has it, now.
  void see_on(Seconds now) {
    const std::int64_t day = std::chrono::floor<std::chrono::days>(now).time_since_epoch().count();
    if (seen_days > 0 && day == seen_day) return;
    seen_day = day;
    seen_days = std::min(seen_days + 1, kSeenDaysMax);
  }
  [[nodiscard]] bool has_content() const { return !sha256.empty(); }
  /// The server should still list it.
  [[nodiscard]] bool expected() const {
    return state == UidState::kSeen || state == UidState::kStored || state == UidState::kSkipped ||
           state == UidState::kFailed;
  }
};

/// By unique id.
using Known = std::unordered_map<std::string, KnownUid>;

/// What stands for the unique id of a message that has none. No server's id begins with a blank.
inline std::string content_uid(std::string_view sha256) { return " " + std::string(sha256); }
/// The same for one whose content is not known either, since it could not be fetched.
inline std::string place_uid(std::uint32_t number, std::optional<std::uint64_t> octets) {
  return " " + std::to_string(number) + " " + std::to_string(octets.value_or(0));
}
/// What stands for a message whose unique id was given to another one.
inline constexpr std::string_view kReplaced = " was ";
inline std::string replaced_uid(std::string_view key) {
  return std::string(kReplaced) + std::string(key);
}
inline bool is_server_uid(std::string_view uid) { return !uid.empty() && uid[0] != ' '; }

/// getmail writes "-" for "/" in the ids that it has seen.
inline constexpr std::string_view kByGetmail = "fetched by getmail";
/// Whether another program has fetched the message of this id.
bool is_elsewhere(const Known& known, std::string_view uid);

/// Reasons of kSkipped that are judged anew in each run begin so.
inline constexpr std::string_view kTooLarge = "larger than";
std::string too_large_reason(std::uint64_t octets_max);
/// And so those of a header rule, with the field's name behind it.
inline constexpr std::string_view kByRule = "left out by its header field";
/// So begin the reasons of messages that the server will not give out; asked for again after
/// `retry_after`.
inline constexpr std::string_view kByServer = "the server says: ";

}  // namespace restante::fetch
