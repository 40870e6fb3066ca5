// The grammar of SMTP and LMTP command lines: which command, and what stands behind it. Pure; which
// command may come when is sequence.h's, what its arguments mean is parameters.h's.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace restante::smtp {

enum class Verb : std::uint8_t {
  kHelo,
  kEhlo,
  kLhlo,
  kMail,
  kRcpt,
  kData,
  kBdat,
  kRset,
  kNoop,
  kQuit,
  kVrfy,
  kExpn,
  kHelp,
  kStarttls,
  kAuth,
  kXforward,
  kXclient,
  kUnknown,
};
inline constexpr std::size_t kVerbs = 18;

/// "RCPT"; "unknown".
std::string_view to_text(Verb verb);

struct Command {
  Verb verb = Verb::kUnknown;
  std::string_view argument;  ///< Without leading and trailing blanks; points into the line.
};

/// Takes a line without its CRLF apart. Never fails: what is no command is kUnknown. Blanks at the
/// end are tolerated (RFC 5321 s.4.1.1).
Command parse_command(std::string_view line);

/// How often each command was said, in all sessions together. Callable from any thread.
class CommandCounts {
 public:
  void note(Verb verb) {
    counts_[static_cast<std::size_t>(verb)].fetch_add(1, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t of(Verb verb) const {
    return counts_[static_cast<std::size_t>(verb)].load(std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<std::uint64_t>, kVerbs> counts_{};
};

}  // namespace restante::smtp
