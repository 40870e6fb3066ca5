// Cuts input into lines. A line ends in LF, with or without a CR before it: scripts send a bare LF,
// and every POP3 server takes it. Nothing between us and the client reads these lines another way,
// so nothing can hide behind one, as it could in SMTP; and what came before TLS is thrown away
// whole. A bare CR stays inside the line, for the grammar to refuse. A line that is whole in the
// input is not copied; one cut off is kept, up to its limit. A line that is too long is reported
// once, as soon as that is sure, and skipped to its end without being kept.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace restante::pop3 {

/// Decides the limit: commands have limits::kPop3LineBytesMax, but AUTH with an initial response,
/// like the lines of an exchange, limits::kSaslLineBytesMax (RFC 5034 s.4). Both count the line
/// end.
enum class LineKind : std::uint8_t { kCommand, kExchange };

struct Line {
  enum class Status : std::uint8_t { kNeedInput, kComplete, kTooLong };
  Status status = Status::kNeedInput;
  std::string_view text;  ///< Without its end; valid until the next call or the end of the input.
};

class LineReader {
 public:
  LineReader() = default;
  ~LineReader() { reset(); }
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  /// Removes the next line, or as much of it as there is, from the front of `input`.
  Line next(std::string_view& input, LineKind kind);
  /// Forgets a line cut off.
  void reset();

 private:
  bool skip_rest(std::string_view& input);
  [[nodiscard]] std::size_t limit_for(std::string_view input, LineKind kind) const;

  std::string kept_;
  bool kept_is_given_out_ = false;
  bool skipping_ = false;
};

}  // namespace restante::pop3
