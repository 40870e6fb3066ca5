#include "archive/line_form.h"

namespace restante::archive {

bool ToDiskForm::write(std::string_view received, std::string& out) {
  const std::size_t before = out.size();
  bool holds_cr = holds_cr_;
  for (const char c : received) {
    if (c == '\n' && !holds_cr) {
      out.resize(before);
      return false;
    }
    if (holds_cr && c != '\n') out += '\r';
    holds_cr = c == '\r';
    if (!holds_cr) out += c;
  }
  holds_cr_ = holds_cr;
  return true;
}

void ToDiskForm::finish(std::string& out) {
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
