#include "migrate/formats/courier_list.h"

#include <fmt/format.h>

#include "base/numbers.h"
#include "migrate/formats/dovecot_uidlist.h"
#include "migrate/formats/lines.h"

namespace restante::migrate {
namespace {

/// "/3 5 1796021764"; anything else is the first line of a list without a header.
Result<int> take_version(std::string_view& text) {
  if (!text.starts_with('/')) return 0;
  std::string_view line = take_line(text);
  line.remove_prefix(1);
  const std::string_view version = take_field(line);
  if (version == "1" || version == "2" || version == "3") return version.front() - '0';
  // Refused rather than guessed: a wrong id makes every client fetch all of its mail again.
  return Error(Errc::kSyntax,
               "courierpop3dsizelist: unknown version " + std::string(version.substr(0, 20)));
}

/// "7", "7:1796021764", "7:1796021764:0". 0 as the number: the file's name is the id. Empty: none
/// of these.
std::string uid_of(std::string_view id, std::string_view name) {
  const std::size_t first = std::min(id.find(':'), id.size());
  const auto number = parse_decimal<std::uint64_t>(id.substr(0, first));
  if (!number) return {};
  if (*number == 0) return courier_name_uid(name);
  id.remove_prefix(std::min(first + 1, id.size()));
  std::uint64_t begun = 0;
  if (!id.empty()) {
    const auto parsed = parse_decimal<std::uint64_t>(id.substr(0, id.find(':')));
    if (!parsed) return {};
    begun = *parsed;
  }
  return begun == 0 ? fmt::format("UID{}", *number) : fmt::format("UID{}-{}", *number, begun);
}

/// "1600000002.M1P1.test:2,S 100 1:1796021764:0"; names may have blanks in them.
bool take_entry(std::string_view line, CourierList& list) {
  std::string_view id;
  // From the end of the line, because only there no blank is a part of the name.
  if (list.version > 0) {
    const std::size_t blank = line.rfind(' ');
    if (blank == std::string_view::npos) return false;
    id = line.substr(blank + 1);
    line = line.substr(0, blank);
  }
  const std::size_t blank = line.rfind(' ');
  if (blank == std::string_view::npos || !parse_decimal<std::uint64_t>(line.substr(blank + 1)))
    return false;
  const std::string_view name = base_name(line.substr(0, blank));
  std::string uid = list.version > 0 ? uid_of(id, name) : courier_name_uid(name);
  if (name.empty() || uid.empty()) return false;
  return list.uids.emplace(name, std::move(uid)).second;
}

}  // namespace

std::string courier_name_uid(std::string_view file_name) {
  std::string out;
  for (const char c : file_name) {
    if (c >= '\x21' && c <= '\x7E' && c != '+') {
      out += c;
    } else {
      out += fmt::format("+{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

Result<CourierList> parse_courier_list(std::string_view text) {
  CourierList list;
  RESTANTE_TRY(const int version, take_version(text));
  list.version = version;
  while (!text.empty()) {
    if (list.uids.size() + list.unreadable >= kMessagesMax)
      return Error(Errc::kLimit, "courierpop3dsizelist: too many lines");
    const bool is_whole = text.find('\n') != std::string_view::npos;
    // A line without its end was still being written, so that its last number may be cut.
    const std::string_view line = take_line(text);
    if (!is_whole || !take_entry(line, list)) ++list.unreadable;
  }
  return list;
}

}  // namespace restante::migrate
