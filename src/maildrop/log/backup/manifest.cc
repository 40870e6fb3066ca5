#include "maildrop/log/backup/manifest.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/numbers.h"

namespace restante::backup {
namespace {

// restante-backup 1
// serial 3
// made 1700000000000
// file KIND DAMAGED INODE HEADER LAST-RECORD LAST-CHECKSUM PARTS STORED NAME
// end CHECKSUM
// PARTS: BYTES:CHECKSUM, joined by commas; "-": none. Names have no blanks: they are percent-coded.
constexpr std::string_view kFirstLine = "restante-backup 1";
constexpr std::size_t kHexDigits = 16;
constexpr std::uint64_t kMadeMax = 253'402'300'799'999;  // The last of the year 9999.
constexpr std::array<std::string_view, 4> kKinds = {"log", "aside", "accounts", "config"};

std::string encode_name(std::string_view name) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (const char c : name) {
    if (c > ' ' && c < '\x7F' && c != '%') {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
  }
  return out;
}

template <typename T>
std::optional<T> parse_hex(std::string_view text, std::size_t digits) {
  T value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, 16);
  if (text.size() != digits || error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::optional<std::string> decode_name(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const auto byte = parse_hex<unsigned char>(text.substr(i + 1, 2), 2);
    if (!byte) return std::nullopt;
    out += static_cast<char>(*byte);
    i += 2;
  }
  return out;
}

/// Stays below the folder that it is joined to.
bool is_safe(std::string_view name) {
  if (name.empty() || name.find('\0') != std::string_view::npos) return false;
  while (true) {
    const std::size_t slash = name.find('/');
    const std::string_view step = name.substr(0, slash);
    // A manifest comes from a backup's disk, which may be in other hands: a restore must write
    // nothing outside.
    if (step.empty() || step == "." || step == "..") return false;
    if (slash == std::string_view::npos) return true;
    name.remove_prefix(slash + 1);
  }
}

/// The text up to `mark`, which is taken away with it; all of it when there is no mark.
std::string_view take(std::string_view& text, char mark) {
  const std::size_t at = text.find(mark);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return taken;
}

std::string encode_parts(const std::vector<Part>& parts) {
  std::string out;
  for (const Part& part : parts)
    out += (out.empty() ? "" : ",") + std::to_string(part.bytes) + ':' + to_hex(part.sum);
  return out.empty() ? "-" : out;
}

std::optional<std::vector<Part>> decode_parts(std::string_view text) {
  std::vector<Part> parts;
  if (text == "-") return parts;
  while (!text.empty()) {
    std::string_view piece = take(text, ',');
    const auto bytes = parse_decimal<std::uint64_t>(take(piece, ':'));
    const auto sum = parse_hex<Checksum>(piece, kHexDigits);
    if (!bytes || !sum) return std::nullopt;
    parts.push_back({*bytes, *sum});
  }
  return parts;
}

std::string encode_file(const FileEntry& file) {
  std::string out = "file ";
  out += kKinds[static_cast<std::size_t>(file.kind)];
  out += ' ' + std::to_string(file.damaged) + ' ' + std::to_string(file.mark.inode) + ' ' +
         to_hex(file.mark.header) + ' ' + std::to_string(file.mark.last_record) + ' ' +
         to_hex(file.mark.last_checksum) + ' ' + encode_parts(file.parts) + ' ' +
         encode_name(file.stored) + ' ' + encode_name(file.name) + '\n';
  return out;
}

std::optional<FileEntry> decode_file(std::string_view line) {
  FileEntry file;
  const auto kind = std::ranges::find(kKinds, take(line, ' '));
  if (kind == kKinds.end()) return std::nullopt;
  file.kind = static_cast<FileKind>(kind - kKinds.begin());
  const auto damaged = parse_decimal<std::uint64_t>(take(line, ' '));
  const auto inode = parse_decimal<std::uint64_t>(take(line, ' '));
  const auto header = parse_hex<Checksum>(take(line, ' '), kHexDigits);
  const auto last_record = parse_decimal<std::uint64_t>(take(line, ' '));
  const auto last_checksum = parse_hex<Checksum>(take(line, ' '), kHexDigits);
  auto parts = decode_parts(take(line, ' '));
  auto stored = decode_name(take(line, ' '));
  auto name = decode_name(line);
  if (!damaged || !inode || !header || !last_record || !last_checksum || !parts || !stored ||
      !name || !is_safe(*stored) || !is_safe(*name))
    return std::nullopt;
  file.damaged = *damaged;
  file.mark = {*inode, *header, *last_record, *last_checksum};
  file.parts = std::move(*parts);
  file.stored = std::move(*stored);
  file.name = std::move(*name);
  return file;
}

Error corrupt(const char* what) { return Error(Errc::kCorrupt, std::string("manifest: ") + what); }

/// The value of "KEY VALUE".
std::optional<std::string_view> value_of(std::string_view line, std::string_view key) {
  if (take(line, ' ') != key) return std::nullopt;
  return line;
}

}  // namespace

std::uint64_t FileEntry::bytes() const {
  std::uint64_t sum = 0;
  for (const Part& part : parts) sum += part.bytes;
  return sum;
}

std::string to_hex(Checksum sum) {
  std::array<char, kHexDigits> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), sum, 16).ptr;
  const auto used = static_cast<std::size_t>(end - digits.data());
  return std::string(kHexDigits - used, '0') + std::string(digits.data(), used);
}

std::string encode(const Manifest& manifest) {
  std::string out(kFirstLine);
  out += "\nserial " + std::to_string(manifest.serial) + "\nmade " +
         std::to_string(manifest.made.time_since_epoch().count()) + '\n';
  for (const FileEntry& file : manifest.files) out += encode_file(file);
  out += "end " + to_hex(checksum(as_bytes(out))) + '\n';
  return out;
}

std::string encode_note(const FileEntry& file) {
  std::string line = encode_file(file);
  line.pop_back();
  // Each line for itself: the journal grows line by line, and may be cut in any of them.
  const std::string sum = to_hex(checksum(as_bytes(line)));
  return line + ' ' + sum + '\n';
}

std::optional<FileEntry> decode_note(std::string_view line) {
  const std::size_t blank = line.rfind(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const std::string_view noted = line.substr(0, blank);
  if (line.substr(blank + 1) != to_hex(checksum(as_bytes(noted)))) return std::nullopt;
  const auto value = value_of(noted, "file");
  return value ? decode_file(*value) : std::nullopt;
}

Result<Manifest> decode_manifest(std::string_view text) {
  const std::size_t last = text.rfind("\nend ");
  if (last == std::string_view::npos) return corrupt("cut short");
  const std::string_view checked = text.substr(0, last + 1);
  const std::string end_line = "end " + to_hex(checksum(as_bytes(checked))) + '\n';
  // A manifest of which a line is lost would restore fewer maildrops without a word.
  if (text.substr(last + 1) != end_line) return corrupt("its checksum does not match");
  std::string_view rest = checked;
  if (take(rest, '\n') != kFirstLine) return corrupt("of another version");
  const auto serial = value_of(take(rest, '\n'), "serial");
  const auto made = value_of(take(rest, '\n'), "made");
  if (!serial || !made) return corrupt("its head");
  const auto serial_number = parse_decimal<std::uint64_t>(*serial);
  const auto made_number = parse_decimal<std::uint64_t>(*made);
  if (!serial_number || !made_number || *made_number > kMadeMax) return corrupt("its head");
  Manifest manifest;
  manifest.serial = *serial_number;
  manifest.made = WallTime(std::chrono::milliseconds(static_cast<std::int64_t>(*made_number)));
  while (!rest.empty()) {
    const auto line = value_of(take(rest, '\n'), "file");
    auto file = line ? decode_file(*line) : std::nullopt;
    if (!file) return corrupt("a file's line");
    manifest.files.push_back(std::move(*file));
  }
  return manifest;
}

}  // namespace restante::backup
