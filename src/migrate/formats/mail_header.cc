#include "migrate/formats/mail_header.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/numbers.h"
#include "migrate/formats/digests.h"
#include "migrate/formats/lines.h"

namespace restante::migrate {
namespace {

constexpr std::array<std::string_view, 7> kNotes = {
    "Content-Length", "Status", "X-IMAP", "X-IMAPbase", "X-Keywords", "X-Status", "X-UID"};

/// One line of a header.
struct Line {
  std::string_view text{};   ///< Without its end.
  std::string_view whole{};  ///< With it.
  std::string_view name{};   ///< Empty: it continues the field before it.
  std::string_view value{};  ///< Of a line that continues: with the blanks that begin it.
};

Line next_line(std::string_view& rest) {
  Line line;
  const std::string_view before = rest;
  line.text = take_line(rest);
  line.whole = before.substr(0, before.size() - rest.size());
  if (line.text.starts_with(' ') || line.text.starts_with('\t')) {
    line.value = line.text;
    return line;
  }
  const std::size_t colon = std::min(line.text.find(':'), line.text.size());
  line.name = trim(line.text.substr(0, colon));
  line.value = line.text.substr(std::min(colon + 1, line.text.size()));
  line.value.remove_prefix(std::min(line.value.find_first_not_of(" \t"), line.value.size()));
  return line;
}

bool is(std::string_view name, std::string_view other) { return equals_ignore_case(name, other); }

/// The part of the header that Dovecot (mbox_md5 = apop3d) makes %m of: the topmost Received, or
/// the fields before it.
class HeaderSum {
 public:
  void add(std::string_view name, const Line& line) {
    const bool counts =
        is(name, "Delivered-To") || is(name, "X-Delivery-ID") ||
        (!has_received_ && (is(name, "Date") || is(name, "Message-ID") || is(name, "Received")));
    if (counts) text_ += line.value;
    in_received_ = is(name, "Received");
  }
  /// A field ends where the next begins; another Received does not count.
  void next_field() {
    if (in_received_) has_received_ = true;
  }
  [[nodiscard]] std::string finish() const { return md5_of(text_); }

 private:
  std::string text_;
  bool in_received_ = false;
  bool has_received_ = false;
};

void take_field(std::string_view name, std::string_view value, MboxNotes& notes) {
  if (is(name, "X-UID")) {
    notes.uid = parse_decimal<std::uint32_t>(trim(value)).value_or(0);
  } else if (is(name, "X-IMAPbase") || is(name, "X-IMAP")) {
    // Behind the number X-IMAPbase has the next number and the names of keywords.
    const std::string_view first = trim(value).substr(0, trim(value).find(' '));
    notes.uid_validity = parse_decimal<std::uint32_t>(first).value_or(0);
    notes.is_internal = notes.is_internal || is(name, "X-IMAP");
  } else if (is(name, "X-UIDL") && notes.uidl.empty()) {
    notes.uidl = trim(value);
  } else if (is(name, "Content-Length")) {
    if (const auto length = parse_decimal<std::uint64_t>(trim(value)))
      notes.content_length = *length;
  }
}

}  // namespace

MboxNotes read_notes(std::string_view header) {
  MboxNotes notes;
  HeaderSum sum;
  std::string_view name;
  while (!header.empty()) {
    const Line line = next_line(header);
    if (line.text.empty()) break;
    if (!line.name.empty()) {
      name = line.name;
      sum.next_field();
      take_field(name, line.value, notes);
    }
    sum.add(name, line);
  }
  notes.md5 = sum.finish();
  return notes;
}

void append_without_notes(std::string_view header, bool hides_uidl, std::string& out) {
  bool is_hidden = false;
  while (!header.empty()) {
    const Line line = next_line(header);
    if (!line.name.empty() || line.text.empty())
      is_hidden = std::ranges::any_of(kNotes, [&](auto note) { return is(line.name, note); }) ||
                  (hides_uidl && is(line.name, "X-UIDL"));
    if (!is_hidden) out += line.whole;
  }
}

}  // namespace restante::migrate
