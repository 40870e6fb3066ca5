// The grammar of SMTP and LMTP command lines: which command, and what stands behind it. Pure; which
// command may come when is sequence.h's, what its arguments mean is parameters.h's.
#pragma once

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

struct Command {
  Verb verb = Verb::kUnknown;
  std::string_view argument;  ///< Without leading and trailing blanks; points into the line.
};

/// Takes a line without its CRLF apart. Never fails: what is no command is kUnknown. Blanks at the
/// end are tolerated (RFC 5321 s.4.1.1).
Command parse_command(std::string_view line);

}  // namespace restante::smtp
