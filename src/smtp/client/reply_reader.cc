#include "smtp/client/reply_reader.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/utf8.h"

namespace restante::smtp {
namespace {

// A reply's line has 512 octets (RFC 5321 s.4.5.3.1.5); extensions may say more.
constexpr std::size_t kLineBytesMax = 4096;
constexpr std::size_t kReplyBytesMax = 64U << 10;
constexpr std::size_t kTextBytesMax = 500;

int code_of(std::string_view line) {
  if (line.size() < 3 || !std::all_of(line.begin(), line.begin() + 3, is_digit)) return 0;
  return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

/// Of a character of UTF-8: it is cut before or behind the whole.
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

std::string without_controls(std::string_view text) {
  std::string out(text);
  std::replace_if(out.begin(), out.end(), is_control, ' ');
  return out;
}

}  // namespace

std::string ServerReply::text() const {
  std::string out;
  for (const std::string& line : lines)
    if (out.size() < kTextBytesMax && !line.empty()) out += (out.empty() ? "" : " ") + line;
  if (out.size() <= kTextBytesMax) return to_utf8(out);
  std::size_t end = kTextBytesMax;
  for (int i = 0; i < 3 && is_continuation(out[end]); ++i) --end;
  out.resize(end);
  return to_utf8(out);
}

Result<std::optional<ServerReply>> ReplyReader::take(std::string_view& input) {
  for (;;) {
    const std::size_t end = input.find('\n');
    line_ += input.substr(0, end);
    input.remove_prefix(end == std::string_view::npos ? input.size() : end + 1);
    if (line_.size() > kLineBytesMax) return Error(Errc::kLimit, "a line that does not end");
    if (end == std::string_view::npos) return std::optional<ServerReply>();
    std::string line = std::exchange(line_, {});
    if (line.ends_with('\r')) line.pop_back();
    RESTANTE_TRY(const bool is_last, take_line(line));
    if (!is_last) continue;
    bytes_ = 0;
    return std::optional(std::exchange(reply_, {}));
  }
}

Result<bool> ReplyReader::take_line(std::string_view line) {
  const int code = code_of(line);
  const bool goes_on = line.size() > 3 && line[3] == '-';
  if (code < 100 || code > 599 || (line.size() > 3 && line[3] != ' ' && !goes_on)) {
    const ServerReply shown{0, {without_controls(line)}};
    return Error(Errc::kSyntax, "this is no reply of a mail server: " + shown.text());
  }
  reply_.code = code;
  reply_.lines.push_back(without_controls(line.substr(std::min<std::size_t>(line.size(), 4))));
  bytes_ += line.size() + 2;
  if (bytes_ > kReplyBytesMax) return Error(Errc::kLimit, "a reply that does not end");
  return !goes_on;
}

}  // namespace restante::smtp
