// Cuts a message in wire form down to what TOP sends: the header, the empty line and n lines of the
// body (RFC 1939 s.7). Chunks may be cut anywhere; nothing is copied. A line ends in CRLF.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace restante::mail {

class TopCutter {
 public:
  explicit TopCutter(std::uint64_t body_lines) : body_lines_left_(body_lines) {}

  /// How many octets at the front of `chunk`, the next of the message, are to be sent: all of them,
  /// fewer when the cut is in this chunk, 0 from then on. A message without an empty line is all
  /// header, and one with fewer lines goes whole.
  std::size_t pass(std::string_view chunk);
  /// The cut was reached: send nothing of the rest.
  [[nodiscard]] bool done() const { return in_body_ && body_lines_left_ == 0; }
  /// The octets that passed are none or end in CRLF, so that the final dot line may follow.
  [[nodiscard]] bool at_line_start() const { return line_bytes_ == 0; }

 private:
  std::uint64_t body_lines_left_;
  std::uint64_t line_bytes_ = 0;
  bool in_body_ = false;
  bool after_cr_ = false;
};

}  // namespace restante::mail
