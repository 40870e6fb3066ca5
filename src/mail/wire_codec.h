// From a message as it lies in a file to wire form and back: CRLF line ends, dot-stuffed, without
// the final dot line. Streams with state: chunks may be cut anywhere. A line ends in CRLF and
// nowhere else, so a bare LF or CR is an octet like any other (unless the stuffer is told to turn
// it into a line end). Knows nothing of MIME, files or sockets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace restante::mail {

/// What follows a message in wire form on the wire (RFC 1939 s.3, RFC 5321 s.4.1.1.4).
inline constexpr std::string_view kFinalDot = ".\r\n";

/// What DotStuffer does with an LF that no CR precedes.
enum class BareLf : std::uint8_t {
  kToCrlf,  ///< It ends a line: mail from a Unix file.
  kKeep,    ///< It is an octet of the line.
};

/// Raw to wire form: doubles a dot at a line start, the message's first octet included
/// (RFC 1939 s.3).
class DotStuffer {
 public:
  explicit DotStuffer(BareLf bare_lf) : bare_lf_(bare_lf) {}

  /// Appends the wire form of the next octets.
  void write(std::string_view chunk, std::string& out);
  /// The message is over: appends CRLF when its last line has none. Ready for the next message.
  void finish(std::string& out);

 private:
  BareLf bare_lf_;
  bool at_line_start_ = true;
  bool after_cr_ = false;
};

/// Wire form to raw: drops the dot at a line start (RFC 1939 s.3). The final dot line is not to be
/// fed to it.
class DotUnstuffer {
 public:
  /// Appends the raw form of the next octets.
  void write(std::string_view chunk, std::string& out);

 private:
  bool at_line_start_ = true;
  bool after_cr_ = false;
};

}  // namespace restante::mail
