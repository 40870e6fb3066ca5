#include "maildrop/log/format/uid.h"

#include <algorithm>
#include <charconv>

namespace restante::maildrop::log {
namespace {

constexpr std::string_view kDigits = "abcdefghijklmnopqrstuvwxyz234567";  // RFC 4648 s.6, lower.
constexpr int kMaildropDigits = 10;
constexpr int kContentDigits = 8;

void append_base32(std::uint64_t value, int digits, std::string& out) {
  for (int i = 0; i < digits; ++i) {
    out += kDigits[value & 31U];
    value >>= 5U;
  }
}

}  // namespace

std::string uid_prefix(const MaildropId& id) {
  std::string out;
  append_base32(get_le<std::uint64_t>(id, 0), kMaildropDigits, out);
  out += '-';
  return out;
}

void append_derived_uid(std::string_view prefix, const MessageInfo& info, std::string& out) {
  out += prefix;
  std::array<char, 20> digits;  // 2^64-1 has 20.
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), to_number(info.sequence));
  out.append(digits.data(), end.ptr);
  out += '-';
  const auto arrived = static_cast<std::uint64_t>(info.arrived.time_since_epoch().count());
  append_base32(info.wire_checksum ^ (arrived * 0x9E3779B97F4A7C15ULL), kContentDigits, out);
}

Status check_uid(std::string_view uid) {
  const bool printable =
      std::ranges::all_of(uid, [](char c) { return c >= '\x21' && c <= '\x7E'; });
  if (uid.empty() || uid.size() > limits::kUidBytesMax || !printable)
    return Error(Errc::kSyntax, "uid: 1 to 70 characters 0x21..0x7E");
  return ok();
}

}  // namespace restante::maildrop::log
