#include "restantectl/exchange/mbox_text.h"

#include <array>
#include <ctime>

namespace restante::ctl {
namespace {

constexpr std::string_view kFrom = "From ";

/// True as long as more octets may make it ">*From ".
bool may_be_from(std::string_view front) {
  const std::size_t quotes = front.find_first_not_of('>');
  return quotes == std::string_view::npos || kFrom.starts_with(front.substr(quotes));
}

bool is_from(std::string_view front) { return front.ends_with(kFrom); }

}  // namespace

std::string mbox_from_line(WallTime arrived) {
  const std::time_t time =
      std::chrono::duration_cast<std::chrono::seconds>(arrived.time_since_epoch()).count();
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  std::array<char, 64> text{};
  const std::size_t size =
      std::strftime(text.data(), text.size(), "From MAILER-DAEMON %a %b %e %H:%M:%S %Y\n", &parts);
  return {text.data(), size};
}

void MboxText::write(std::string_view chunk, std::string& out) {
  for (const char c : chunk) {
    if (c == '\n' && after_cr_) {
      after_cr_ = false;
      end_line(out);
      continue;
    }
    if (after_cr_) out += '\r';  // A CR alone is an octet like any other.
    after_cr_ = c == '\r';
    if (after_cr_) {
      out += front_;
      front_.clear();
      in_front_ = false;
      continue;
    }
    if (!in_front_) {
      out += c;
      continue;
    }
    front_ += c;
    if (may_be_from(front_) && !is_from(front_)) continue;
    // Quoted, or a line of the mail would begin the next message.
    if (is_from(front_)) out += '>';
    out += front_;
    front_.clear();
    in_front_ = false;
  }
}

void MboxText::end_line(std::string& out) {
  out += front_;
  out += '\n';
  front_.clear();
  in_front_ = true;
}

void MboxText::finish(std::string& out) {
  if (after_cr_) out += '\r';
  after_cr_ = false;
  if (!in_front_ || !front_.empty()) end_line(out);
  out += '\n';
}

}  // namespace restante::ctl
