#include "archive/exchange/mbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "archive/exchange/from_line.h"
#include "archive/mailbox/sha256.h"
#include "base/ascii.h"
#include "base/numbers.h"

namespace restante::archive {
namespace {

constexpr std::string_view kFrom = "From ";
constexpr std::string_view kOurs = "@restante";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
// The end of the year 9999: a "From " line has four digits for it.
constexpr std::int64_t kLatest = 253402300799;
// More of a line is passed on before its end is seen.
constexpr std::size_t kLineBytesMax = 4096;

}  // namespace

std::string mbox_from_line(std::string_view sha256, std::int64_t date) {
  namespace ch = std::chrono;
  constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  // Years that the form cannot say are cut to those that it can.
  const ch::sys_seconds time{ch::seconds(std::clamp<std::int64_t>(date, 0, kLatest))};
  const auto day = ch::floor<ch::days>(time);
  const ch::year_month_day ymd(day);
  const ch::hh_mm_ss clock(time - day);
  return fmt::format(
      "From {}{} {} {} {:2} {:02}:{:02}:{:02} {:04}\n", sha256, kOurs,
      // The sender's place has the checksum, so that an import finds the message's octets again.
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
    // Only a line's beginning can be a "From ".
    if (at_ == At::kInside) {
      out += c;
      if (c == '\n') at_ = At::kLineStart;
      continue;
    }
    at_ = At::kQuotes;
    if (c == '>' && held_.empty()) {
      out += c;  // One more of them is as good behind the others as before them.
      continue;
    }
    held_ += c;
    if (held_ == kFrom) {
      leave_quotes(out, true);
    } else if (!kFrom.starts_with(held_)) {
      leave_quotes(out, false);
      if (c == '\n') at_ = At::kLineStart;
    }
  }
}

void MboxQuoter::leave_quotes(std::string& out, bool quote) {
  if (quote) out += '>';
  out += held_;
  held_.clear();
  at_ = At::kInside;
}

void MboxQuoter::finish(std::string& out) {
  leave_quotes(out, false);
  // The empty line that ends a message must begin at a line's start.
  if (any_ && last_ != '\n') out += '\n';
  out += '\n';
  *this = MboxQuoter();
}

Status MboxReader::write(std::string_view octets) {
  while (!octets.empty()) {
    if (counted_left_ > 0) {
      RESTANTE_CHECKED(pass_counted(octets));
      continue;
    }
    const std::size_t end = octets.find('\n');
    const bool whole = end != std::string_view::npos;
    const std::string_view piece = octets.substr(0, whole ? end + 1 : octets.size());
    octets.remove_prefix(piece.size());
    offset_ += piece.size();
    line_.append(piece);
    // A line of gigabytes is passed on in pieces, and can be no separator then.
    if (whole || line_.size() > kLineBytesMax) RESTANTE_CHECKED(take_line(whole));
  }
  return ok();
}

Status MboxReader::pass_counted(std::string_view& octets) {
  const std::string_view piece =
      octets.substr(0, std::min<std::uint64_t>(octets.size(), counted_left_));
  octets.remove_prefix(piece.size());
  offset_ += piece.size();
  counted_left_ -= piece.size();
  return sink_.write(piece);
}

bool MboxReader::is_separator(std::string_view line) const {
  if (!line.starts_with(kFrom)) return false;
  // A file whose first separator has no date has others like it; then the empty line before one has
  // to do.
  // The first line decides what a separator of this file looks like.
  if (!inside_ || (odd_lines_ && after_empty_)) return true;
  line.remove_suffix(line.ends_with("\r\n") ? 2 : 1);
  return parse_from_line(line).has_value();
}

Status MboxReader::begin(std::string line) {
  line.resize(line.size() - (line.ends_with("\r\n") ? 2 : 1));
  if (inside_) {
    RESTANTE_CHECKED(sink_.end());
  } else {
    odd_lines_ = !parse_from_line(line);
  }
  inside_ = in_header_ = true;
  after_empty_ = false;
  length_.reset();
  held_.clear();
  return sink_.begin(line);
}

/// A whole line of a header, or the empty one behind it.
Status MboxReader::look_at_header(std::string_view line) {
  if (!after_empty_) {
    constexpr std::string_view kLength = "Content-Length:";
    // The first length counts, as with every field that a message should have once.
    if (!length_ && starts_with_ignore_case(line, kLength)) {
      line.remove_prefix(kLength.size());
      while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
      if (const auto length = parse_decimal<std::uint64_t>(trim(line))) length_ = *length;
    }
    return ok();
  }
  in_header_ = false;
  // Believed only where a message ends there: programs that change a message often leave its old
  // length.
  const bool fits =
      length_ && may_end_at_ && *length_ <= ~offset_ && may_end_at_(offset_ + *length_);
  if (!fits) return ok();
  counted_left_ = *length_;
  after_empty_ = false;
  return pass_held();
}

/// `ends`: the line does, with these octets; or the file.
Status MboxReader::take_line(bool ends) {
  const bool whole = line_.ends_with('\n');
  const bool starts_line = !long_line_;
  std::string line;
  line.swap(line_);
  long_line_ = !whole;
  if (!inside_ && line.starts_with(kByteOrderMark)) line.erase(0, kByteOrderMark.size());
  // A line that began in an earlier piece is no "From " line.
  if (starts_line && whole && is_separator(line)) return begin(std::move(line));
  if (!inside_) {
    if (line == "\n" || line == "\r\n") return ok();
    return Error(Errc::kSyntax,
                 "this is no mbox file: its first line does not begin with \"From \"");
  }
  RESTANTE_CHECKED(pass_held());
  const bool is_empty = starts_line && (line == "\n" || line == "\r\n");
  after_empty_ = is_empty;
  // Held back: before a separator the empty line is the file's, else the message's.
  if (is_empty) held_ = line;
  if (in_header_ && starts_line && whole) RESTANTE_CHECKED(look_at_header(line));
  if (is_empty) return ok();
  if (starts_line) in_quotes_ = line.starts_with('>');
  return in_quotes_ ? pass_quotes(line, ends) : sink_.write(line);
}

/// Any number of ">" and "From " lose one ">". However many there are, they are not kept: one of
/// them is owed until it is seen what follows.
Status MboxReader::pass_quotes(std::string_view line, bool ends) {
  const std::size_t quotes = std::min(line.find_first_not_of('>'), line.size());
  const std::string_view rest = line.substr(quotes);
  if (!ends && kFrom.starts_with(rest)) {
    line_ = rest;
    const std::size_t owed = std::exchange(owes_quote_, true) ? 0 : 1;
    return sink_.write(line.substr(0, quotes - owed));
  }
  in_quotes_ = false;
  const bool owes = std::exchange(owes_quote_, false);
  if (rest.starts_with(kFrom)) return sink_.write(line.substr(owes ? 0 : 1));
  if (owes) RESTANTE_CHECKED(sink_.write(">"));
  return sink_.write(line);
}

Status MboxReader::pass_held() {
  std::string held;
  held.swap(held_);
  return held.empty() ? ok() : sink_.write(held);
}

Status MboxReader::finish() {
  if (!line_.empty() || in_quotes_) RESTANTE_CHECKED(take_line(true));
  if (!inside_) return ok();
  inside_ = false;
  return sink_.end();
}

}  // namespace restante::archive
