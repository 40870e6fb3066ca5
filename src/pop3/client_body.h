// The lines behind a multi-line reply up to its final dot, un-stuffed (RFC 1939 s.3), as pieces of
// the octets that were read: only the place among them is kept, however long the message or its
// lines.
//
// A line ends in CRLF, and a dot between bare LFs is text; only of a server whose reply's own line
// ended in a bare LF we take LF for a line's end, and give it out as CRLF. Without the final dot it
// is no message, however much has come. A dot and CRLF behind a bare LF may be text of a strict
// server, or the end of a mail that is stored with LF: a caller that asks for it is told, and
// decides.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace restante::pop3 {

/// What a dot and CRLF behind a bare LF are.
enum class LfDot : bool {
  kText,   ///< Always text.
  kAsked,  ///< at_lf_dot() tells of it, and the reader waits for the caller's decision.
};

class BodyReader {
 public:
  /// `bare_lf`: the line of the reply ended so.
  explicit BodyReader(bool bare_lf, LfDot lf_dot = LfDot::kText)
      : bare_lf_(bare_lf), asks_(lf_dot == LfDot::kAsked && !bare_lf) {}

  /// Takes octets off the front of `input`, no further than the final dot's line, and gives out the
  /// next piece: a part of `input` or a constant. Empty: done(), or all input is taken.
  std::string_view next(std::string_view& input);
  /// The final dot has come.
  [[nodiscard]] bool done() const { return state_ == State::kDone; }

  /// A dot and CRLF behind a bare LF have come, and next() gives out nothing until it is decided.
  [[nodiscard]] bool at_lf_dot() const { return state_ == State::kLfDotLine; }
  /// It was the final dot.
  void take_lf_dot() { state_ = State::kDone; }
  /// It is text; these are its octets.
  std::string_view keep_lf_dot();

 private:
  enum class State : std::uint8_t {
    kLineStart,
    kText,
    kAfterCr,
    kDot,
    kDotCr,
    kAfterLf,  // Of a bare LF; as the two below only where at_lf_dot() is wanted.
    kLfDot,
    kLfDotCr,
    kLfDotLine,
    kDone,
  };
  std::string_view next_text(std::string_view& input);
  std::string_view next_line_end(std::string_view& input, std::size_t lf);
  bool take_dot(std::string_view& input);
  std::string_view next_after_lf(std::string_view& input);

  const bool bare_lf_;
  const bool asks_;
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
