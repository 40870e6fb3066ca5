#include "pop3/client_reply.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace restante::pop3 {
namespace {

constexpr std::size_t kCodeBytesMax = 64;
constexpr std::size_t kPrintableBytesMax = 400;

/// `line` is the word, or goes on behind it with something that cannot be part of it.
bool begins_with_word(std::string_view line, std::string_view word) {
  if (!starts_with_ignore_case(line, word)) return false;
  if (line.size() == word.size()) return true;
  const char next = line[word.size()];
  // A longer word is none of POP3's, and what is no reply must not be taken for a yes.
  return !is_alpha(next) && !is_digit(next) && is_ascii(next);
}

bool is_code_octet(char c) {
  return is_alpha(c) || is_digit(c) || c == '-' || c == '/' || c == '_' || c == '.';
}

/// Takes "[CODE]" off the front of `text` (RFC 2449 s.8).
std::string take_code(std::string_view& text) {
  const std::size_t end = text.find(']');
  // What has no ']' near is a text that begins with a bracket.
  if (!text.starts_with('[') || end == text.npos || end < 2 || end > kCodeBytesMax) return {};
  const std::string_view code = text.substr(1, end - 1);
  if (!std::all_of(code.begin(), code.end(), is_code_octet)) return {};
  text = trim(text.substr(end + 1));
  return to_upper(code);
}

}  // namespace

Result<ClientReply> parse_reply(std::string_view line) {
  ClientReply reply;
  std::string_view text;
  if (begins_with_word(line, "+OK")) {
    reply.kind = ClientReply::Kind::kOk;
    text = line.substr(3);
  } else if (begins_with_word(line, "-ERR")) {
    text = line.substr(4);
  } else if (line == "+" || line.starts_with("+ ")) {
    reply.kind = ClientReply::Kind::kContinue;
    text = line.substr(1);
  } else {
    return Error(Errc::kSyntax, "no reply of POP3: \"" + to_printable(line.substr(0, 80)) + "\"");
  }
  text = trim(text);
  // A challenge is base64, where a bracket can be no code.
  if (reply.kind != ClientReply::Kind::kContinue) reply.code = take_code(text);
  reply.text = text;
  return reply;
}

bool code_is(std::string_view code, std::string_view level) {
  return code.starts_with(level) && (code.size() == level.size() || code[level.size()] == '/');
}

bool is_temporary(const ClientReply& reply) {
  if (reply.kind != ClientReply::Kind::kErr) return false;
  // A server that gives codes means them; its text is then for people alone.
  if (!reply.code.empty())
    return code_is(reply.code, "IN-USE") || code_is(reply.code, "LOGIN-DELAY") ||
           code_is(reply.code, "SYS/TEMP");
  // How servers without response codes say the same: Cyrus, qpopper, popa3d, Courier, Exchange.
  constexpr std::array kWords = {"lock",      "in use",   "busy",         "try again",
                                 "try later", "temporar", "too many con", "later"};
  const std::string text = to_lower(reply.text);
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](const char* word) { return text.find(word) != text.npos; });
}

std::string to_printable(std::string_view text) {
  std::string out(text.substr(0, kPrintableBytesMax));
  const bool whole = is_utf8(text);
  // A character may have been cut in two.
  // From the end, at most three octets.
  while (whole && !is_utf8(out)) out.pop_back();
  for (char& c : out)
    if (is_control(c) || (!whole && !is_ascii(c))) c = '?';
  // U+0080 to U+009F are control characters, too, and terminals obey them.
  for (std::size_t i = 0; i + 1 < out.size(); ++i)
    if (out[i] == '\xc2' && static_cast<unsigned char>(out[i + 1]) < 0xa0U) out.replace(i, 2, "?");
  return out;
}

Result<ReplyLineReader::Line> ReplyLineReader::next(std::string_view& input) {
  // The line that was given out last is a view into the buffer, so it goes only now.
  if (given_out_) kept_.clear();
  given_out_ = false;
  const std::size_t lf = input.find('\n');
  const std::string_view taken = input.substr(0, lf == input.npos ? lf : lf + 1);
  if (kept_.size() + taken.size() > kServerLineBytesMax + 2)
    return Error(Errc::kLimit, "a reply's line is longer than 64 KiB");
  kept_.append(taken);
  input.remove_prefix(taken.size());
  Line line;
  if (lf == input.npos) return line;
  std::string_view text(kept_);
  text.remove_suffix(1);
  line.complete = given_out_ = true;
  // Told, not refused: some servers end their lines so, and the reader of a body has to know it.
  line.bare_lf = !text.ends_with('\r');
  if (!line.bare_lf) text.remove_suffix(1);
  line.text = text;
  return line;
}

}  // namespace restante::pop3
