// Messages as an mbox has them (mboxrd): a "From " line in front, LF line ends, lines that could be
// taken for such a line with a ">" more, an empty line behind.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"

namespace restante::ctl {

/// "From MAILER-DAEMON Thu Jan  1 00:00:00 1970" and LF.
std::string mbox_from_line(WallTime arrived);

/// One message; chunks may be cut anywhere.
class MboxText {
 public:
  /// Appends what the next octets of the message, with CRLF line ends, become.
  void write(std::string_view chunk, std::string& out);
  /// The message is over: ends its last line, and appends the empty one.
  void finish(std::string& out);

 private:
  void end_line(std::string& out);

  std::string front_;  // Of a line, while it may still become ">>From ".
  bool in_front_ = true;
  bool after_cr_ = false;
};

}  // namespace restante::ctl
