#include "archive/exchange/mail_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "base/ascii.h"
#include "mail/header_fields.h"

namespace restante::archive {
namespace {

constexpr std::int64_t kDay = 86400;
// Two days: the zones of the earth and a clock that is a day off.
constexpr std::int64_t kDoubtfulSeconds = 2 * kDay;

// nsMsgMessageFlags.
constexpr unsigned kRead = 0x0001;
constexpr unsigned kReplied = 0x0002;
constexpr unsigned kMarked = 0x0004;
constexpr unsigned kExpunged = 0x0008;
constexpr unsigned kForwarded = 0x1000;

void add_letters(std::string_view text, std::string_view from, std::string_view to,
                 std::string& flags) {
  for (const char c : text) {
    const std::size_t at = from.find(to_upper(c));
    if (at != std::string_view::npos) flags += to[at];
  }
  // By place in two lists of letters; letters that mean nothing here are passed over.
}

/// The lines above all others that Thunderbird writes.
std::string_view mozilla_lines(std::string_view header) {
  // A field of this name further down is the sender's, and not Thunderbird's.
  std::size_t end = 0;
  while (end < header.size()) {
    const std::string_view line = header.substr(end);
    const bool is_theirs = starts_with_ignore_case(line, "X-Mozilla-") ||
                           starts_with_ignore_case(line, "X-Account-Key:") ||
                           starts_with_ignore_case(line, "X-Identity-Key:") ||
                           starts_with_ignore_case(line, "X-UIDL:");
    if (!is_theirs) break;
    const std::size_t line_end = header.find('\n', end);
    if (line_end == std::string_view::npos) return header;
    end = line_end + 1;
  }
  return header.substr(0, end);
}

std::string sorted(std::string flags) {
  std::sort(flags.begin(), flags.end());
  flags.erase(std::unique(flags.begin(), flags.end()), flags.end());
  return flags;
}

bool has(std::string_view flags, char letter) { return flags.find(letter) != flags.npos; }

/// Of a Date field: the midnight of its day, as it stands. Zones and hours matter little here.
std::optional<std::int64_t> day_of(std::string_view date) {
  constexpr std::string_view kMonths = "janfebmaraprmayjunjulaugsepoctnovdec";
  int day = 0;
  int month = 0;
  for (std::size_t at = 0; at < date.size();) {
    const std::size_t end = std::min(date.find_first_of(" \t,-", at), date.size());
    const std::string_view word = date.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    int number = 0;
    const auto read = std::from_chars(word.data(), word.data() + word.size(), number);
    const bool is_number = read.ec == std::errc() && read.ptr == word.data() + word.size();
    if (!is_number && word.size() == 3) {
      const std::size_t place = kMonths.find(to_lower(word));
      if (place % 3 == 0 && place != std::string_view::npos)
        month = static_cast<int>(place / 3) + 1;
    } else if (is_number && word.size() <= 2 && day == 0) {
      day = number;
    } else if (is_number && word.size() == 4 && month != 0) {
      const std::chrono::year_month_day ymd{std::chrono::year(number),
                                            std::chrono::month(static_cast<unsigned>(month)),
                                            std::chrono::day(static_cast<unsigned>(day))};
      if (!ymd.ok()) return std::nullopt;
      return std::chrono::sys_days(ymd).time_since_epoch().count() * kDay;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string header_in(std::string_view octets) {
  std::string header;
  while (!octets.empty()) {
    const std::size_t end = std::min(octets.find('\n'), octets.size());
    std::string_view line = octets.substr(0, end);
    octets.remove_prefix(std::min(end + 1, octets.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) break;
    header.append(line).append("\n");
  }
  return header;
}

HeaderState mozilla_state_of(std::string_view header) {
  HeaderState state;
  // Only what Thunderbird has written itself: a sender could mark his own mail as read.
  const std::string mozilla = mail::header_field(mozilla_lines(header), "X-Mozilla-Status");
  unsigned bits = 0;
  std::from_chars(mozilla.data(), mozilla.data() + mozilla.size(), bits, 16);
  if ((bits & kMarked) != 0) state.flags += 'F';
  if ((bits & kForwarded) != 0) state.flags += 'P';
  if ((bits & kReplied) != 0) state.flags += 'R';
  if ((bits & kRead) != 0) state.flags += 'S';
  state.deleted = (bits & kExpunged) != 0;
  return state;
}

HeaderState state_of_header(std::string_view header) {
  HeaderState state = mozilla_state_of(header);
  add_letters(mail::header_field(header, "Status"), "R", "S", state.flags);
  // mutt and others: A for answered, F for flagged, T for deleted, D for a draft.
  add_letters(mail::header_field(header, "X-Status"), "AFTD", "RFDT", state.flags);
  state.flags = sorted(state.flags);
  return state;
}

std::string status_lines(std::string_view flags) {
  std::string more;
  add_letters(flags, "RFDT", "AFTD", more);
  // "O": seen by a program, if not by its reader; without it some programs announce it as new.
  std::string lines = has(flags, 'S') ? "Status: RO\n" : "Status: O\n";
  if (!more.empty()) lines += "X-Status: " + more + "\n";
  return lines;
}

std::string mozilla_status_lines(std::string_view flags) {
  unsigned bits = 0;
  if (has(flags, 'S')) bits |= kRead;
  if (has(flags, 'R')) bits |= kReplied;
  if (has(flags, 'F')) bits |= kMarked;
  if (has(flags, 'P')) bits |= kForwarded;
  return fmt::format("X-Mozilla-Status: {:04x}\nX-Mozilla-Status2: 00000000\n", bits);
}

std::optional<std::int64_t> credible_arrival(const Told& told, std::string_view date,
                                             std::int64_t now) {
  // Before 1970 or unknown: no program has it.
  if (!told.arrived || *told.arrived <= 0) return std::nullopt;
  // From our own export: no other program has touched it.
  if (told.certain) return told.arrived;
  if (*told.arrived > now + kDoubtfulSeconds) return std::nullopt;
  const auto day = day_of(date);
  // Mail arrives after it was written. A file's time is of a copy or of a restore as often as of
  // the arrival.
  if (day && *told.arrived < *day - kDoubtfulSeconds) return std::nullopt;
  return told.arrived;
}

std::optional<std::int64_t> time_in_name(std::string_view name) {
  // Since 1990, so that the numbers of messages in other folders are none.
  constexpr std::int64_t kEarliest = 631152000;
  std::int64_t seconds = 0;
  const auto read = std::from_chars(name.data(), name.data() + name.size(), seconds);
  const bool ends_so = read.ptr != name.data() + name.size() && *read.ptr == '.';
  if (read.ec != std::errc() || !ends_so || seconds < kEarliest) return std::nullopt;
  return seconds;
}

}  // namespace restante::archive
