#include "archive/care/backup_manifest.h"

#include <fcntl.h>

#include <charconv>

#include "archive/mailbox/file_name.h"
#include "archive/mailbox/sha256.h"
#include "base/numbers.h"

namespace restante::archive {
namespace {

constexpr std::string_view kFirstLine = "restante-backup 1";
constexpr std::string_view kEnd = "end ";
constexpr std::string_view kDigits = "0123456789ABCDEF";

/// Names may hold anything; a line and a word of it end where they end.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet > 0x20 && octet != 0x7F && c != '%') {
      out += c;
    } else {
      out += {'%', kDigits[octet >> 4U], kDigits[octet & 15U]};
    }
  }
  return out.empty() ? "%" : out;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char octet = 0;
    const char* const digits = text.data() + i + 1;
    const bool is_escape = text[i] == '%' && i + 2 < text.size() &&
                           std::from_chars(digits, digits + 2, octet, 16).ptr == digits + 2;
    if (is_escape) {
      out += static_cast<char>(octet);
      i += 2;
    } else if (text[i] != '%') {
      out += text[i];
    }
    // A percent sign alone is one that was damaged; the checksum at the end has told already.
  }
  return out;
}

std::string_view take_word(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

/// A name that leads nowhere else.
bool is_plain(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string_view::npos &&
         name.find('\0') == std::string_view::npos;
}

// A list from elsewhere must not write outside of the folder that it is restored into.
bool is_safe(const BackedUpMessage& message) {
  const std::string_view name = message.name;
  return (name.starts_with("new/") || name.starts_with("cur/")) && is_plain(name.substr(4)) &&
         !message.account.empty();
}

bool take_number(std::string_view word, std::uint64_t& number) {
  const auto parsed = parse_decimal<std::uint64_t>(word);
  if (parsed) number = *parsed;
  return parsed.has_value();
}

/// False: it is none of ours.
bool take_line(std::string_view line, BackupManifest& manifest) {
  const std::string_view key = take_word(line);
  if (key == "archive") manifest.archive_id = unescaped(line);
  if (key == "stamp") manifest.stamp = unescaped(line);
  if (key == "configuration") manifest.configuration = unescaped(line);
  if (key == "serial") return take_number(line, manifest.serial);
  if (key == "made") {
    std::uint64_t made = 0;
    const bool is_number = take_number(line, made);
    manifest.made = static_cast<std::int64_t>(made);
    return is_number;
  }
  if (key == "state") {
    BackedUpState state;
    const bool has_size = take_number(take_word(line), state.bytes);
    state.sha256 = take_word(line);
    state.name = unescaped(line);
    manifest.state.push_back(state);
    return has_size && is_sha256(state.sha256) && is_plain(state.name);
  }
  if (key == "mail" || key == "held") {
    const std::string account = unescaped(take_word(line));
    manifest.messages.push_back({key == "held", account, unescaped(line)});
    return is_safe(manifest.messages.back());
  }
  // A key of a newer version is passed over: what it adds is not needed to restore mail.
  return true;
}

}  // namespace

Path BackedUpMessage::stored() const {
  return Path(is_held ? "quarantine" : "mail") / account_folder(account) /
         // Without its flags: a message that was read since is not copied again.
         std::string(without_flags(std::string_view(name).substr(4)));
}

const BackedUpState* BackupManifest::find_state(std::string_view beginning) const {
  for (const BackedUpState& each : state)
    if (each.name.starts_with(beginning)) return &each;
  return nullptr;
}

Path manifest_file(const Path& folder) { return folder / "MANIFEST"; }

std::string_view without_flags(std::string_view name) { return name.substr(0, name.find(":2,")); }

std::string format_manifest(const BackupManifest& manifest) {
  std::string text = std::string(kFirstLine) + "\n";
  text += "archive " + escaped(manifest.archive_id) + "\n";
  text += "made " + std::to_string(manifest.made) + "\n";
  text += "serial " + std::to_string(manifest.serial) + "\n";
  text += "stamp " + escaped(manifest.stamp) + "\n";
  text += "configuration " + escaped(manifest.configuration) + "\n";
  for (const BackedUpState& each : manifest.state)
    text +=
        "state " + std::to_string(each.bytes) + " " + each.sha256 + " " + escaped(each.name) + "\n";
  for (const BackedUpMessage& each : manifest.messages)
    text += (each.is_held ? "held " : "mail ") + escaped(each.account) + " " + escaped(each.name) +
            "\n";
  return text + std::string(kEnd) + sha256_of(text) + "\n";
}

Result<BackupManifest> parse_manifest(std::string_view text, const std::string& file) {
  const Error damaged(Errc::kCorrupt, file + ": not the list of a backup, or not all of it");
  const std::size_t end = text.rfind(kEnd);
  if (end == std::string_view::npos || !text.starts_with(kFirstLine)) return damaged;
  const std::string_view body = text.substr(0, end);
  // The checksum is the end: a list that was cut off has none.
  if (text.substr(end) != std::string(kEnd) + sha256_of(body) + "\n") return damaged;
  BackupManifest manifest;
  std::string_view rest = body.substr(kFirstLine.size());
  while (!rest.empty()) {
    const std::size_t stop = std::min(rest.find('\n'), rest.size());
    if (stop > 0 && !take_line(rest.substr(0, stop), manifest)) return damaged;
    rest.remove_prefix(std::min(stop + 1, rest.size()));
  }
  return manifest;
}

Result<BackupManifest> read_manifest(const Path& folder) {
  const Path file = manifest_file(folder);
  const auto opened = open_file(file, O_RDONLY);
  if (!opened && opened.error().code == Errc::kNotFound)
    return Error(Errc::kNotFound, folder.string() + ": no finished backup is there");
  if (!opened) return opened.error();
  std::string text;
  std::string buffer(1U << 16, '\0');
  for (;;) {
    RESTANTE_TRY(const std::string_view octets, read_some(*opened, buffer, file));
    if (octets.empty()) return parse_manifest(text, file.string());
    text += octets;
  }
}

}  // namespace restante::archive
