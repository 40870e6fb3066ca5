// Reads one server's replies octet by octet and says when each is whole and whether it is right:
// the status, the terminator, and of a message its checksum. A message carries its own: the header
// X-Load-Sum has the XXH3-64 of all that follows the first empty line, as it was sent.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/checksum.h"

namespace restante::load {

enum class Expect : std::uint8_t {
  kStatus,   ///< POP3: +OK, one line.
  kList,     ///< POP3: +OK, lines, the final dot.
  kMessage,  ///< POP3: the same, and the lines are a message with its checksum.
  kSmtp2,    ///< SMTP, LMTP: 2xx, of one line or more.
  kSmtp3,    ///< The same: 354.
};

class ReplyChecker {
 public:
  enum class Outcome : std::uint8_t { kMore, kWhole, kWrong };

  void expect(Expect what);
  /// Takes octets from the front of `input` up to the end of the reply.
  Outcome feed(std::string_view& input);
  /// What was wrong, after kWrong.
  [[nodiscard]] const std::string& complaint() const { return complaint_; }
  /// The number after +OK in the newest status line, as STAT has it; 0 without.
  [[nodiscard]] std::uint32_t count_in_status() const { return count_in_status_; }
  /// Octets of multi-line replies so far, without status lines.
  [[nodiscard]] std::uint64_t octets() const { return octets_; }

 private:
  Outcome take_line(std::string_view line);
  Outcome take_status(std::string_view line);
  Outcome take_smtp(std::string_view line, char wanted);
  void take_content(std::string_view line);
  Outcome end_message();
  Outcome wrong(std::string what);

  Expect what_ = Expect::kStatus;
  bool in_status_ = true;
  bool in_body_ = false;
  std::string kept_;  // A line whose end has not come.
  std::string sum_;
  ChecksumStream body_;
  std::string complaint_;
  std::uint64_t octets_ = 0;
  std::uint32_t count_in_status_ = 0;
};

}  // namespace restante::load
