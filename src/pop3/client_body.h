// What follows a multi-line reply up to its final dot, un-stuffed (RFC 1939 s.3), as pieces of what
// was read: nothing is kept but where we are, however long the message or its lines.
//
// A line ends in CRLF, and a dot between bare LFs is text; only of a server whose reply's own line
// ended in a bare LF we take LF for a line's end, and give it out as CRLF. Without the final dot it
// is no message, whatever else there is.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace restante::pop3 {

class BodyReader {
 public:
  /// `bare_lf`: the line of the reply ended so.
  explicit BodyReader(bool bare_lf) : bare_lf_(bare_lf) {}

  /// Takes octets off the front of `input`, no further than the final dot's line, and gives out the
  /// next piece: a part of `input` or a constant. Empty: done(), or all input is taken.
  std::string_view next(std::string_view& input);
  /// The final dot has come.
  [[nodiscard]] bool done() const { return state_ == State::kDone; }

 private:
  enum class State : std::uint8_t { kLineStart, kText, kAfterCr, kDot, kDotCr, kDone };
  std::string_view next_text(std::string_view& input);
  std::string_view next_line_end(std::string_view& input, std::size_t lf);
  bool take_dot(std::string_view& input);

  const bool bare_lf_;
  State state_ = State::kLineStart;
};

/// Puts the lines of a listing together from BodyReader's pieces.
class ListingLines {
 public:
  using OnLine = std::function<void(std::string_view line)>;
  /// Calls `on_line` with each line that is complete, without its CRLF. One of more than 4 KiB is
  /// cut there.
  void feed(std::string_view piece, const OnLine& on_line);

 private:
  void keep(std::string_view text);

  std::string kept_;
  bool after_cr_ = false;
};

}  // namespace restante::pop3
