#include "archive/mailbox/file_name.h"

#include <algorithm>
#include <charconv>

#include "archive/mailbox/sha256.h"
#include "base/ascii.h"
#include "base/numbers.h"

namespace restante::archive {
namespace {

constexpr std::string_view kOwner = ".restante,S=";
constexpr std::string_view kInfo = ":2,";

std::string sorted_letters(std::string_view letters) {
  std::string flags;
  for (const char c : letters) {
    if (is_alpha(c)) flags += c;
  }
  std::sort(flags.begin(), flags.end());
  flags.erase(std::unique(flags.begin(), flags.end()), flags.end());
  return flags;
}

bool is_plain(char c) {
  return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '.' || c == '@' || c == '+';
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

void append_escaped(std::string& text, char c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  text += '%';
  text += kDigits[byte >> 4U];
  text += kDigits[byte & 0xFU];
}

}  // namespace

std::optional<FileName> parse_file_name(std::string_view name) {
  FileName parsed;
  const std::size_t info = name.find(kInfo);
  if (info != std::string_view::npos) {
    const std::string_view letters = name.substr(info + kInfo.size());
    // Another program's use of ":2,": its file is kept, as a foreign one.
    if (!std::all_of(letters.begin(), letters.end(), is_alpha)) return std::nullopt;
    parsed.flags = sorted_letters(letters);
    name = name.substr(0, info);
  }
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto seconds = parse_decimal<std::uint64_t>(name.substr(0, dot));
  name.remove_prefix(dot + 1);
  const std::string_view sha256 = name.substr(0, kSha256HexBytes);
  // No clock says that, and dates could not be computed with it.
  if (!seconds || *seconds > (1ULL << 40U) || !is_sha256(sha256)) return std::nullopt;
  name.remove_prefix(kSha256HexBytes);
  if (!name.starts_with(kOwner)) return std::nullopt;
  // Behind the size nothing may stand: else it is another program's name of the same beginning.
  const auto bytes = parse_decimal<std::uint64_t>(name.substr(kOwner.size()));
  if (!bytes) return std::nullopt;
  parsed.seconds = static_cast<std::int64_t>(*seconds);
  parsed.sha256 = sha256;
  parsed.bytes = *bytes;
  return parsed;
}

std::string new_name(const FileName& name) {
  return std::to_string(name.seconds) + "." + name.sha256 + std::string(kOwner) +
         std::to_string(name.bytes);
}

std::string cur_name(const FileName& name) {
  return new_name(name) + std::string(kInfo) + sorted_letters(name.flags);
}

std::string flags_of(std::string_view name) {
  const std::size_t info = name.find(kInfo);
  return info == std::string_view::npos ? "" : sorted_letters(name.substr(info + kInfo.size()));
}

std::string account_folder(std::string_view account) {
  // An account's name in letters is readable in a file manager; other octets would break tools.
  const bool utf8 = is_utf8(account);
  std::string folder;
  for (const char c : account) {
    // Maildir programs pass over what begins with a dot, and .restante is ours.
    const bool hidden = c == '.' && folder.empty();
    if ((is_plain(c) && !hidden) || (utf8 && !is_ascii(c))) {
      folder += c;
    } else {
      append_escaped(folder, c);
    }
  }
  return folder;
}

std::optional<std::string> account_of_folder(std::string_view folder) {
  std::string account;
  for (std::size_t i = 0; i < folder.size(); ++i) {
    if (folder[i] != '%') {
      account += folder[i];
      continue;
    }
    if (folder.size() - i < 3) return std::nullopt;
    const int high = hex_value(folder[i + 1]);
    const int low = hex_value(folder[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    account += static_cast<char>(high * 16 + low);
    i += 2;
  }
  // Two folders must not be one account, in another spelling of the escapes.
  if (account.empty() || account_folder(account) != folder) return std::nullopt;
  return account;
}

}  // namespace restante::archive
