#include "archive/mailbox/line_form.h"

namespace restante::archive {

bool ToDiskForm::write(std::string_view received, std::string& out) {
  if (received.empty()) return true;
  const std::size_t before = out.size();
  std::size_t from = 0;
  if (holds_cr_ && received.front() == '\n') {
    out += '\n';
    from = 1;
  } else if (holds_cr_) {
    out += '\r';
  }
  // Line by line: half of the time of a large message went into looking at each octet.
  for (std::size_t lf = received.find('\n', from); lf != received.npos;
       lf = received.find('\n', from)) {
    // A bare LF, which the form with LF alone could not give back: the caller keeps it as it came.
    if (lf == from || received[lf - 1] != '\r') {
      out.resize(before);
      return false;
    }
    out.append(received.substr(from, lf - from - 1)) += '\n';
    from = lf + 1;
  }
  received.remove_prefix(from);
  holds_cr_ = received.ends_with('\r');
  if (holds_cr_) received.remove_suffix(1);
  out.append(received);
  return true;
}

void ToDiskForm::finish(std::string& out) {
  // A CR at the very end is the message's.
  if (holds_cr_) out += '\r';
  holds_cr_ = false;
}

void append_received_form(std::string_view disk, std::string& out) {
  std::size_t from = 0;
  for (std::size_t at = disk.find('\n'); at != std::string_view::npos; at = disk.find('\n', from)) {
    out.append(disk.substr(from, at - from));
    out += "\r\n";
    from = at + 1;
  }
  out.append(disk.substr(from));
}

}  // namespace restante::archive
