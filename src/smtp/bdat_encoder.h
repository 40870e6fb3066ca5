// Turns the chunks of BDAT (RFC 3030), which are plain octets, into wire form: a dot at a line
// start is doubled, and a last line without CRLF gets one. Nothing is copied: pieces point into the
// input, a stuffed dot and the final CRLF are pieces of their own. Chunks may be cut anywhere.
#pragma once

#include <cstdint>

#include "smtp/line_tracker.h"

namespace restante::smtp {

class BdatEncoder {
 public:
  BdatEncoder() = default;
  /// `lf_ends_line`: a message that ends in a bare LF gets no CRLF; newline_normalizer.h makes one
  /// of it.
  explicit BdatEncoder(bool lf_ends_line) : lf_ends_line_(lf_ends_line) {}

  /// A chunk of this many octets begins; the one before must have reached kEnd.
  void begin_chunk(std::uint64_t chunk_bytes, bool last);

  /// Takes octets of the chunk from the front of `input`, and kEnd when the chunk is complete.
  WireStep next(std::string_view& input);

  /// A bare CR or LF was in what was given out so far.
  [[nodiscard]] bool bare_newline() const { return lines_.bare_newline(); }

 private:
  WireStep finish();

  LineTracker lines_;
  std::uint64_t remaining_bytes_ = 0;
  bool lf_ends_line_ = false;
  bool last_ = false;
  bool after_lf_ = false;
  bool dot_stuffed_ = false;  // The dot that comes next was doubled already.
};

}  // namespace restante::smtp
