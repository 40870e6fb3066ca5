#include "migrate/formats/dovecot_uidlist.h"

#include "base/ascii.h"
#include "base/numbers.h"
#include "migrate/formats/lines.h"

namespace restante::migrate {
namespace {

/// "3 V1234567 N9 Gguid", or "1 1234567 9" of version 1. The version; 0: neither.
int take_header(std::string_view line, Uidlist& list) {
  const std::string_view version = take_field(line);
  if (version != "1" && version != "3") return 0;
  while (!line.empty()) {
    std::string_view field = take_field(line);
    const bool is_named = field.starts_with('V');
    if (version == "3" && !is_named) continue;
    if (is_named) field.remove_prefix(1);
    if (const auto validity = parse_decimal<std::uint32_t>(field)) list.uid_validity = *validity;
    break;
  }
  // Without it %v would be 0 in every id, and each id another than the one that clients know.
  if (list.uid_validity == 0) return 0;
  return version == "1" ? 1 : 3;
}

/// One word of a line of version 3.
void take_extension(std::string_view field, UidlistEntry& entry) {
  const std::string_view value = field.substr(1);
  switch (field.front()) {
    case 'P': entry.pop3_uidl = value; break;
    case 'O':
      if (const auto order = parse_decimal<std::uint32_t>(value)) entry.pop3_order = *order;
      break;
    case 'G': entry.guid = value; break;
    case 'W':
      if (const auto octets = parse_decimal<std::uint64_t>(value)) entry.octets = *octets;
      break;
    default: break;  // S, and what later versions add.
  }
}

/// "2 W100 :1600000013.M1P1.test"; of version 1 "2 1600000013.M1P1.test". Numbers only ascend.
bool take_entry(std::string_view line, bool is_old, std::uint32_t after, Uidlist& list,
                UidlistEntry& entry) {
  const auto uid = parse_decimal<std::uint32_t>(take_field(line));
  // Dovecot gives numbers upwards; one that is not higher stands in a line that was damaged.
  if (!uid || *uid <= after) return false;
  entry.uid = *uid;
  if (!is_old) {
    while (!line.empty() && line.front() != ':') {
      const std::string_view field = take_field(line);
      if (!field.empty()) take_extension(field, entry);
    }
    if (line.empty()) return false;
    line.remove_prefix(1);
  }
  const std::string_view name = base_name(line);
  if (name.empty()) return false;
  return list.entries.emplace(name, entry).second;
}

}  // namespace

std::string_view base_name(std::string_view file_name) {
  return file_name.substr(0, file_name.find(':'));
}

Result<Uidlist> parse_uidlist(std::string_view text) {
  Uidlist list;
  const int version = take_header(take_line(text), list);
  if (version == 0) return Error(Errc::kSyntax, "dovecot-uidlist: not of version 1 or 3");
  std::uint32_t last = 0;
  while (!text.empty()) {
    if (list.entries.size() + list.unreadable >= kMessagesMax)
      return Error(Errc::kLimit, "dovecot-uidlist: too many lines");
    // A last line without its end was still being written.
    const bool is_whole = text.find('\n') != std::string_view::npos;
    const std::string_view line = take_line(text);
    UidlistEntry entry;
    if (is_whole && take_entry(line, version == 1, last, list, entry)) {
      last = entry.uid;
    } else {
      ++list.unreadable;
    }
  }
  return list;
}

}  // namespace restante::migrate
