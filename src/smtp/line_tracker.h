// Where lines begin in a message that streams by, and whether it holds a CR or LF that is not part
// of a CRLF. Shared by DATA and BDAT; only CRLF ends a line (RFC 5321 s.2.3.8).
#pragma once

#include <cstddef>
#include <string_view>

namespace restante::smtp {

class LineTracker {
 public:
  /// Walks on from `at`, where a line may begin with any octet, and returns where it stands: at the
  /// end of `text`, behind an LF, or anywhere before a line that begins with a dot. Linear.
  std::size_t walk(std::string_view text, std::size_t at);
  /// As walk() over "\r" at the end of what was seen.
  void saw_cr();
  /// The octet at the line start was looked at by the caller and is ordinary text.
  void leave_line_start() { at_line_start_ = false; }
  /// Nothing follows.
  void finish() { bare_newline_ = bare_newline_ || after_cr_; }

  /// True at the very beginning and behind each CRLF.
  [[nodiscard]] bool at_line_start() const { return at_line_start_; }
  [[nodiscard]] bool bare_newline() const { return bare_newline_; }

 private:
  std::size_t walk_blocks(std::string_view text, std::size_t at);

  bool at_line_start_ = true;
  bool after_cr_ = false;
  bool bare_newline_ = false;
};

/// A step of taking in a message.
struct WireStep {
  enum class Kind : unsigned char {
    kNeedInput,  ///< All input is taken.
    kPiece,      ///< `bytes` come next in wire form.
    kEnd,        ///< The message, or the chunk of it, has ended; the input behind it is untouched.
  };
  Kind kind = Kind::kNeedInput;
  std::string_view bytes;  ///< Points into the input or to constant text.
  std::size_t octets = 0;  ///< Of `bytes`, without the dots that are stuffing.
};

}  // namespace restante::smtp
