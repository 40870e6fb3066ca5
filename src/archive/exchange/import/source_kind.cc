#include "archive/exchange/import/source_kind.h"

#include <algorithm>

#include "archive/exchange/exported_state.h"
#include "archive/exchange/from_line.h"
#include "archive/mailbox/file_name.h"
#include "archive/mailbox/mail_look.h"
#include "archive/mailbox/sha256.h"
#include "base/ascii.h"

namespace restante::archive {
namespace {

bool has_ending(std::string_view name, std::string_view ending) {
  return name.size() >= ending.size() &&
         equals_ignore_case(name.substr(name.size() - ending.size()), ending);
}

std::string_view first_line(std::string_view octets) {
  std::string_view line = octets.substr(0, octets.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// A message may begin with "From ", too, when a program left mbox's line on it: its name tells.
bool is_mbox(std::string_view beginning, std::string_view name) {
  if (has_ending(name, ".eml")) return false;
  const std::string_view start = without_empty_beginning(beginning);
  if (!start.starts_with("From ")) return false;
  // A date in the line proves it; else what follows must look like a header.
  return parse_from_line(first_line(start)) || looks_like_mail(start);
}

bool is_emlx(std::string_view beginning, std::string_view name) {
  if (!has_ending(name, ".emlx")) return false;
  const std::string_view count = trim(first_line(beginning));
  return !count.empty() && std::all_of(count.begin(), count.end(), is_digit);
}

/// Exported from an archive: it was mail there, even if it does not look like mail.
bool is_exported(std::string_view name) {
  return (has_ending(name, ".eml") && !checksum_in(name).empty()) || parse_file_name(name);
}

/// Its name calls it a message, and it is text at least: some are without any header.
bool is_called_mail(std::string_view beginning, std::string_view name) {
  constexpr std::size_t kEnough = 512;
  const bool is_utf16 = beginning.starts_with("\xFF\xFE") || beginning.starts_with("\xFE\xFF");
  if (is_utf16 && has_ending(name, ".eml")) return true;
  return has_ending(name, ".eml") &&
         beginning.substr(0, kEnough).find('\0') == std::string_view::npos;
}

}  // namespace

SourceKind kind_of(std::string_view beginning, std::string_view name) {
  // By content and not by name, but for what we have made ourselves.
  if (name == kExportedStateName) return SourceKind::kState;
  if (is_exported(name)) return SourceKind::kMessage;
  if (beginning.starts_with("\x1F\x8B")) return SourceKind::kGzip;
  if (beginning.starts_with("PK\x03\x04") || beginning.starts_with("PK\x05\x06"))
    return SourceKind::kZip;
  if (is_emlx(beginning, name)) return SourceKind::kEmlx;
  if (is_mbox(beginning, name)) return SourceKind::kMbox;
  if (looks_like_mail(without_empty_beginning(beginning)) || is_called_mail(beginning, name))
    return SourceKind::kMessage;
  return SourceKind::kNoMail;
}

std::string checksum_in(std::string_view name) {
  for (std::size_t at = 0; at + kSha256HexBytes <= name.size(); ++at) {
    if (is_sha256(name.substr(at, kSha256HexBytes)))
      return std::string(name.substr(at, kSha256HexBytes));
  }
  return {};
}

std::string_view without_empty_beginning(std::string_view octets) {
  // Some editors put a mark before the first octet.
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (octets.starts_with(kMark)) octets.remove_prefix(kMark.size());
  const std::size_t start = octets.find_first_not_of("\r\n");
  return start == std::string_view::npos ? std::string_view() : octets.substr(start);
}

}  // namespace restante::archive
