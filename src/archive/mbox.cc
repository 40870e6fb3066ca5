#include "archive/mbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "archive/sha256.h"

namespace restante::archive {
namespace {

constexpr std::string_view kFrom = "From ";
constexpr std::string_view kOurs = "@restante";
// More of a line is passed on before its end is seen.
constexpr std::size_t kLineBytesMax = 4096;

std::size_t quotes_of(std::string_view line) {
  return std::min(line.find_first_not_of('>'), line.size());
}

}  // namespace

std::string mbox_from_line(std::string_view sha256, std::int64_t date) {
  namespace ch = std::chrono;
  constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const ch::sys_seconds time{ch::seconds(date)};
  const auto day = ch::floor<ch::days>(time);
  const ch::year_month_day ymd(day);
  const ch::hh_mm_ss clock(time - day);
  return fmt::format(
      "From {}{} {} {} {:2} {:02}:{:02}:{:02} {:04}\n", sha256, kOurs,
      kDays[ch::weekday(day).c_encoding()], kMonths[static_cast<unsigned>(ymd.month()) - 1],
      static_cast<unsigned>(ymd.day()), clock.hours().count(), clock.minutes().count(),
      clock.seconds().count(), static_cast<int>(ymd.year()));
}

std::string checksum_of_from_line(std::string_view line) {
  if (!line.starts_with(kFrom)) return {};
  line.remove_prefix(kFrom.size());
  const std::string_view sender = line.substr(0, line.find(' '));
  if (!sender.ends_with(kOurs)) return {};
  const std::string_view sum = sender.substr(0, sender.size() - kOurs.size());
  return is_sha256(sum) ? std::string(sum) : std::string();
}

void MboxQuoter::write(std::string_view octets, std::string& out) {
  for (const char c : octets) {
    any_ = true;
    last_ = c;
    if (at_line_start_ && c == '>' && held_.empty()) {
      out += c;  // Which of them is the one more does not show.
      continue;
    }
    if (at_line_start_ && c == kFrom[held_.size()]) {
      held_ += c;
      if (held_ == kFrom) pass_held(">", out);
      continue;
    }
    pass_held("", out);
    out += c;
    at_line_start_ = c == '\n';
  }
}

void MboxQuoter::pass_held(std::string_view quote, std::string& out) {
  out.append(quote);
  out += held_;
  held_.clear();
  at_line_start_ = false;
}

void MboxQuoter::finish(std::string& out) {
  pass_held("", out);
  if (any_ && last_ != '\n') out += '\n';
  out += '\n';
  *this = MboxQuoter();
}

Status MboxReader::write(std::string_view octets) {
  while (!octets.empty()) {
    const std::size_t end = octets.find('\n');
    const bool whole = end != std::string_view::npos;
    const std::string_view piece = octets.substr(0, whole ? end + 1 : octets.size());
    octets.remove_prefix(piece.size());
    line_.append(piece);
    if (whole || line_.size() > kLineBytesMax) RESTANTE_CHECKED(take_line());
  }
  return ok();
}

Status MboxReader::take_line() {
  const std::size_t quotes = quotes_of(line_);
  const std::string_view behind = std::string_view(line_).substr(quotes);
  if (!long_line_ && quotes > 1 && behind.size() < kFrom.size() && kFrom.starts_with(behind)) {
    // Nothing but quotes so far: all but one of them are text, whatever comes.
    line_ = ">" + std::string(behind);
    RESTANTE_CHECKED(pass_held());
    after_empty_ = false;
    return inside_ ? sink_.write(std::string(quotes - 1, '>')) : ok();
  }
  const bool whole = line_.ends_with('\n');
  const bool starts_line = !long_line_;
  std::string line;
  line.swap(line_);
  long_line_ = !whole;
  if (starts_line && after_empty_ && whole && line.starts_with(kFrom)) {
    if (inside_) RESTANTE_CHECKED(sink_.end());
    inside_ = true;
    after_empty_ = false;
    held_.clear();
    line.pop_back();
    if (line.ends_with('\r')) line.pop_back();
    return sink_.begin(line);
  }
  if (!inside_) {
    if (line == "\n" || line == "\r\n") return ok();
    return Error(Errc::kSyntax,
                 "this is no mbox file: its first line does not begin with \"From \"");
  }
  RESTANTE_CHECKED(pass_held());
  after_empty_ = starts_line && (line == "\n" || line == "\r\n");
  if (after_empty_) {
    held_ = line;
    return ok();
  }
  const bool quoted =
      starts_line && quotes > 0 && std::string_view(line).substr(quotes).starts_with(kFrom);
  return sink_.write(std::string_view(line).substr(quoted ? 1 : 0));
}

Status MboxReader::pass_held() {
  std::string held;
  held.swap(held_);
  return held.empty() ? ok() : sink_.write(held);
}

Status MboxReader::finish() {
  while (!line_.empty()) RESTANTE_CHECKED(take_line());
  if (!inside_) return ok();
  inside_ = false;
  return sink_.end();
}

}  // namespace restante::archive
