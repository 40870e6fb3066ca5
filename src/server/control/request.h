// What may be asked at the control socket: one line of JSON (docs/control.md). Is fed octets; knows
// no socket and no server.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::control {

/// Of a line with its LF.
inline constexpr std::size_t kRequestBytesMax = 4096;
/// In one answer.
inline constexpr std::uint64_t kSessionsMax = 10'000;

enum class Verb : std::uint8_t {
  kStatus,
  kTop,
  kSessionList,
  kSessionEnd,
  kWho,
  kReload,
  kLogLevel,
};

inline constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warning", "error"};

/// Texts that are empty were not given.
struct Request {
  Verb verb = Verb::kStatus;
  std::string account{};  ///< As it was typed.
  std::string id{};       ///< Of a session.
  std::string level{};    ///< One of kLevels.
  std::string as{};       ///< The user that sudo was called by.
  std::uint64_t limit = kSessionsMax;

  /// It changes something: not for everybody that may ask.
  [[nodiscard]] bool acts() const {
    return verb == Verb::kSessionEnd || verb == Verb::kReload ||
           (verb == Verb::kLogLevel && !level.empty());
  }
  /// "session end 5f-1": for people.
  [[nodiscard]] std::string to_words() const;

  bool operator==(const Request&) const = default;
};

/// Errors: kSyntax: no request, a key that goes with none or with another, or one that is missing;
/// kLimit: too long.
Result<Request> parse_request(std::string_view line);
/// The line that is parsed as this, with its LF.
std::string to_line(const Request& request);

/// Gathers the octets of one line.
class RequestReader {
 public:
  /// True: it is whole. Errors: kLimit (too long), kSyntax (there is more behind it).
  Result<bool> put(std::string_view bytes);
  /// Without its LF.
  [[nodiscard]] const std::string& line() const { return line_; }

 private:
  std::string line_;
};

}  // namespace restante::control
