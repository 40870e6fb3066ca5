// Cuts a byte stream into command lines. Only CRLF ends a line: a bare CR, a bare LF or a NUL never
// does, and spoils the line (RFC 5321 s.2.3.8). A bare LF is reported when it is seen, because a
// client that ends lines in LF waits for an answer: the text up to the next CRLF is part of that
// line, and thrown away. Memory is bounded by the line limit; a longer line is skipped to its CRLF.
// Each line is reported once, save one with a second bare LF, which only a client that always ends
// lines in LF sends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace restante::smtp {

class LineReader {
 public:
  enum class Kind : std::uint8_t {
    kNeedInput,  ///< All input is taken; the line goes on.
    kLine,
    kTooLong,    ///< Over the limit; `text` is empty.
    kForbidden,  ///< Holds a bare CR or LF, or a NUL; `text` is empty.
    kLfOnly,     ///< A second bare LF in one line, which was reported before; `text` is empty.
  };
  struct Line {
    Kind kind = Kind::kNeedInput;
    std::string_view text;  ///< Without CRLF; valid until the next take() and while input lives.
  };

  /// `line_bytes_max` counts the CRLF.
  explicit LineReader(std::size_t line_bytes_max) : line_bytes_max_(line_bytes_max) {}

  /// Takes the next line, or as much of it as there is, from the front of `input`.
  Line take(std::string_view& input);

  /// Forgets a line begun (RFC 3207 s.4.2: nothing from before the handshake counts after it).
  void reset();

 private:
  Line end_line(std::string_view line);
  void keep(std::string_view part);

  std::size_t line_bytes_max_;
  std::string kept_;  // The beginning of a line that was cut off, while not too long.
  bool too_long_ = false;
  bool after_cr_ = false;       // The last octet taken was a CR.
  bool line_given_ = false;     // kept_ holds a line that was given out.
  std::uint32_t bare_lfs_ = 0;  // Of the line.
};

}  // namespace restante::smtp
