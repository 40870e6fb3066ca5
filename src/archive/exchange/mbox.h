// mbox files. They are written in the form in which nothing is lost (mboxrd): lines that begin with
// any number of ">" and "From " get one ">" more. They are read in all four forms. Pure: octets in,
// octets out, cut anywhere.
//
// The archive's own "From " lines name the message's checksum, so that the octets as received, down
// to a missing last line end, come back from the file.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace restante::archive {

/// The "From " line of a message: its checksum as the sender, its date (unix seconds from 1970
/// to 9999) in UTC.
std::string mbox_from_line(std::string_view sha256, std::int64_t date);
/// The checksum that a "From " line names; empty: it is another program's.
std::string checksum_of_from_line(std::string_view line);

class MboxQuoter {
 public:
  void write(std::string_view octets, std::string& out);
  /// Ends the last line, and the message with an empty one.
  void finish(std::string& out);

 private:
  enum class At : std::uint8_t { kLineStart, kQuotes, kInside };
  void leave_quotes(std::string& out, bool quote);

  At at_ = At::kLineStart;
  std::string held_;  // The beginning of a line that may turn out to be one to quote.
  bool any_ = false;
  char last_ = '\n';
};

/// What a reader of mbox is told. An Error ends the reading.
class MboxSink {
 public:
  virtual ~MboxSink() = default;
  /// A message begins; `from_line` is without its line end.
  virtual Status begin(std::string_view from_line) = 0;
  /// Its octets, unquoted, as they are in the file.
  virtual Status write(std::string_view octets) = 0;
  /// It ends; the empty line that separates it from the next was no part of it.
  virtual Status end() = 0;
};

/// A line that has the form of a "From " line (from_line.h) begins a message, be there an empty
/// line before it or not. In a file whose first one has another form, "From " behind an empty line
/// does. Any number of ">" and "From " lose one ">", as mboxrd and, but for what it has lost
/// itself, mboxo. A Content-Length (mboxcl, mboxcl2) is believed where the next message, or the
/// end, stands behind its octets: they are taken as they are, ">" and "From " lines included.
class MboxReader {
 public:
  /// Whether a message may end at this offset of the file.
  using MayEndAt = std::function<bool(std::uint64_t offset)>;

  explicit MboxReader(MboxSink& sink, MayEndAt may_end_at = {})
      : sink_(sink), may_end_at_(std::move(may_end_at)) {}

  /// Errors: kSyntax (the file does not begin with "From "), and the sink's.
  Status write(std::string_view octets);
  Status finish();

 private:
  Status take_line(bool ends);
  [[nodiscard]] bool is_separator(std::string_view line) const;
  Status begin(std::string line);
  Status look_at_header(std::string_view line);
  Status pass_counted(std::string_view& octets);
  Status pass_quotes(std::string_view line, bool ends);
  Status pass_held();

  MboxSink& sink_;
  const MayEndAt may_end_at_;
  std::uint64_t offset_ = 0;  // Of the file: what was read.
  std::string line_;          // The present line, as long as it could be one that means something.
  std::string held_;          // An empty line that may be the separator.
  std::optional<std::uint64_t> length_;  // The header's Content-Length.
  std::uint64_t counted_left_ = 0;       // Octets of it that are still to come.
  bool inside_ = false;                  // Of a message.
  bool in_header_ = false;
  bool odd_lines_ = false;  // The first "From " line has a form of its own.
  bool in_quotes_ = false;
  bool owes_quote_ = false;
  bool long_line_ = false;  // The beginning of the line was passed on.
  bool after_empty_ = true;
};

}  // namespace restante::archive
