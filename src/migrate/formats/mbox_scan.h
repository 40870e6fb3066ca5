// Where the messages of an mbox begin and end, found out while its octets go by, cut anywhere. By
// the rules of the POP3 servers of such files rather than of archives: no line loses a ">". Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "migrate/formats/mail_header.h"

namespace restante::migrate {

struct MboxMessage {
  std::uint64_t begin = 0;  ///< Of its header, behind the "From " line.
  std::uint64_t body = 0;   ///< Behind the empty line.
  std::uint64_t end = 0;    ///< Without the empty line that separates it from the next.
  std::int64_t arrived = 0;
  MboxNotes notes{};
  std::string sum{};  ///< Of its header without the server's notes, so that a new note does not
                      ///< change it.
};

/// What makes a "From " line.
enum class Separator : std::uint8_t {
  kForm,        ///< A line of that form, wherever (Dovecot).
  kAfterEmpty,  ///< The same behind an empty line only (mailutils).
};

class MboxScan {
 public:
  /// Whether at this offset a message may end: a separator or the end of the file is there.
  using MayEndAt = std::function<bool(std::uint64_t offset)>;

  explicit MboxScan(Separator separator, MayEndAt may_end_at = {})
      : separator_(separator), may_end_at_(std::move(may_end_at)) {}

  /// Errors: kSyntax (the file does not begin with a "From " line), kLimit (too many messages).
  Status write(std::string_view octets);
  Status finish();

  [[nodiscard]] std::vector<MboxMessage>& messages() { return messages_; }

 private:
  Status take_line();
  Status begin(std::int64_t arrived, std::uint64_t line_begin);
  void end(std::uint64_t offset);
  void take_header_line();
  [[nodiscard]] std::string_view text() const;

  const Separator separator_;
  const MayEndAt may_end_at_;
  std::vector<MboxMessage> messages_;
  std::string line_;          // As much of the present line as may matter.
  std::uint64_t offset_ = 0;  // Behind what was taken.
  std::uint64_t line_begin_ = 0;
  std::uint64_t counted_to_ = 0;   // By Content-Length: no separator before it.
  std::uint64_t empty_bytes_ = 0;  // Of the line before this one, if it was empty.
  std::string header_;
  bool in_message_ = false;
  bool in_header_ = false;
};

}  // namespace restante::migrate
