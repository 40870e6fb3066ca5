// mbox files, in the form in which nothing is lost (mboxrd): lines that begin with any number of
// ">" and "From " get one ">" more. Pure: octets in, octets out, cut anywhere.
//
// The archive's own "From " lines name the message's checksum, so that the octets as received, down
// to a missing last line end, come back from the file.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::archive {

/// The "From " line of a message: its checksum as the sender, its date (unix seconds) in UTC.
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

class MboxReader {
 public:
  explicit MboxReader(MboxSink& sink) : sink_(sink) {}

  /// Errors: kSyntax (the file does not begin with "From "), and the sink's.
  Status write(std::string_view octets);
  Status finish();

 private:
  Status take_line(bool ends);
  Status pass_quotes(std::string_view line, bool ends);
  Status pass_held();

  MboxSink& sink_;
  std::string line_;     // The present line, as long as it could be one that means something.
  std::string held_;     // An empty line that may be the separator.
  bool inside_ = false;  // Of a message.
  bool in_quotes_ = false;
  bool owes_quote_ = false;
  bool long_line_ = false;  // The beginning of the line was passed on.
  bool after_empty_ = true;
};

}  // namespace restante::archive
