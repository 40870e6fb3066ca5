// Finds the end of the message that DATA brings and hands its octets on as they are: dot-stuffed,
// because that is how they are stored and how POP3 sends them again (RFC 5321 s.4.5.2). Only
// CRLF "." CRLF ends it, or "." CRLF at its beginning; no other mixture of CR, LF and dots does.
// Nothing is copied: pieces point into the input, and only what may be the terminator (one dot, or
// a dot and a CR) is kept back.
#pragma once

#include <cstdint>

#include "smtp/line_tracker.h"

namespace restante::smtp {

class DataDecoder {
 public:
  /// Takes octets from the front of `input`. After kEnd the decoder is used up.
  WireStep next(std::string_view& input);

  /// A bare CR or LF was in what was given out so far.
  [[nodiscard]] bool bare_newline() const { return lines_.bare_newline(); }

 private:
  enum class Held : std::uint8_t { kNothing, kDot, kDotCr };

  WireStep resume(std::string_view& input);
  WireStep scan(std::string_view& input);

  LineTracker lines_;
  Held held_ = Held::kNothing;  // Of a line start: may become the terminator.
};

}  // namespace restante::smtp
