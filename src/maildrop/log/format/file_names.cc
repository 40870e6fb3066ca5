#include "maildrop/log/format/file_names.h"

#include <xxhash.h>

#include <array>

#include "base/ascii.h"
#include "maildrop/store_place.h"

namespace restante::maildrop::log {
namespace {

constexpr std::size_t kFileNameBytesMax = 180;  // File systems allow 255 with ".idx.new".
constexpr std::size_t kPrefixBytes = 120;
constexpr std::string_view kHex = "0123456789abcdef";

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || is_digit(c) || c == '@' || c == '.' || c == '_' || c == '+' ||
         c == '-';
}

void append_hex(unsigned char byte, std::string& out) {
  out += kHex[byte >> 4U];
  out += kHex[byte & 15U];
}

}  // namespace

std::string encode_account(std::string_view account) {
  std::string out;
  for (const char c : account) {
    if (is_plain(c)) {
      out += c;
    } else {
      out += '%';
      append_hex(static_cast<unsigned char>(c), out);
    }
  }
  // "%~" cannot come from escaping, so no long name meets a short one.
  if (out.size() <= kFileNameBytesMax) return out;
  XXH128_canonical_t hash;
  XXH128_canonicalFromHash(&hash, XXH3_128bits(account.data(), account.size()));
  out.resize(kPrefixBytes);
  out += "%~";
  for (const unsigned char byte : hash.digest) append_hex(byte, out);
  return out;
}

std::optional<std::string> decode_account(std::string_view name) {
  std::string account;
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (name[at] != '%') {
      account += name[at];
      continue;
    }
    const std::size_t high = at + 1 < name.size() ? kHex.find(name[at + 1]) : kHex.npos;
    const std::size_t low = at + 2 < name.size() ? kHex.find(name[at + 2]) : kHex.npos;
    if (high == kHex.npos || low == kHex.npos) return std::nullopt;
    account += static_cast<char>(high * 16 + low);
    at += 2;
  }
  // "%41" for "A" would be a second file of one account.
  if (account.empty() || encode_account(account) != name) return std::nullopt;
  return account;
}

LogPaths log_paths(const std::string& root, std::string_view account) {
  LogPaths paths;
  paths.maildrops = maildrops_folder(root);
  paths.directory = paths.maildrops + '/';
  // 256 folders: one alone with a hundred thousand logs is slow on some file systems.
  append_hex(static_cast<unsigned char>(XXH3_64bits(account.data(), account.size()) & 0xFFU),
             paths.directory);
  const std::string base = paths.directory + '/' + encode_account(account);
  paths.log = base + ".log";
  paths.log_new = base + ".log.new";
  paths.index = base + ".idx";
  paths.index_new = base + ".idx.new";
  paths.aside = base + ".aside";
  return paths;
}

std::string parent_directory(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace restante::maildrop::log
