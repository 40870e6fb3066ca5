// What a client reads of a server, on any bytes: lines, replies, bodies with their final dot,
// listings, capabilities. Whole and in pieces it is the same, and a body is what a slow second
// reading says it is.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/check.h"
#include "input.h"
#include "pop3/client_body.h"
#include "pop3/client_capabilities.h"
#include "pop3/client_listing.h"
#include "pop3/client_reply.h"

namespace {

namespace pop3 = restante::pop3;

/// All that a session of one status line and one body learns from `input`.
std::string read_session(std::string_view input, std::size_t step) {
  pop3::ReplyLineReader reader;
  std::string out;
  std::size_t at = 0;
  bool bare_lf = false;
  for (bool complete = false; !complete && at < input.size();) {
    std::string_view piece = input.substr(at, step);
    const std::size_t size = piece.size();
    const auto line = reader.next(piece);
    if (!line) return "too long";
    at += size - piece.size();
    complete = line->complete;
    if (!complete) continue;
    bare_lf = line->bare_lf;
    const auto reply = pop3::parse_reply(line->text);
    out.append(reply ? reply->code + "|" + reply->text : "none").append("\n");
    RESTANTE_CHECK(restante::is_utf8(pop3::to_printable(line->text)));
  }
  pop3::BodyReader body(bare_lf);
  pop3::ListingLines lines;
  std::string text;
  while (at < input.size() && !body.done()) {
    std::string_view piece = input.substr(at, step);
    const std::size_t size = piece.size();
    for (std::string_view got; !(got = body.next(piece)).empty();) {
      text += got;
      lines.feed(got, [&](std::string_view line) { out.append(line).append("\n"); });
    }
    at += size - piece.size();
  }
  return out.append(text).append(body.done() ? "#" : "").append(input.substr(at));
}

/// A body read line by line, for lines in CRLF: the whole of it or nothing.
std::string read_slowly(std::string_view input) {
  std::string out;
  for (;;) {
    const std::size_t end = input.find("\r\n");
    if (end == input.npos) return "";
    std::string_view line = input.substr(0, end + 2);
    input.remove_prefix(end + 2);
    if (line == ".\r\n") return out + "#";
    if (line.starts_with('.')) line.remove_prefix(1);
    out += line;
  }
}

void check_listing(std::string_view line) {
  const auto size = pop3::parse_listed_size(line);
  RESTANTE_CHECK(size.number != 0 || size.octets == 0);
  const auto uid = pop3::parse_listed_uid(line);
  RESTANTE_CHECK(uid.number != 0 || uid.uid.empty());
  RESTANTE_CHECK(uid.uid.size() <= pop3::kListedUidBytesMax);
  RESTANTE_CHECK(uid.uid.find_first_of("\t\r\n") == uid.uid.npos);
  RESTANTE_CHECK(!uid.uid.starts_with(' ') && !uid.uid.ends_with(' '));
  static_cast<void>(pop3::parse_totals(line));
  pop3::Capabilities capabilities;
  capabilities.add(line);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  restante::fuzz::Input input(data, size);
  const std::size_t step = 1 + input.take_byte() % 16U;
  const std::string_view bytes = input.rest();
  RESTANTE_CHECK(read_session(bytes, step) == read_session(bytes, bytes.size() + 1));
  check_listing(bytes);

  pop3::BodyReader body(false);
  std::string_view rest = bytes;
  std::string text;
  for (std::string_view got; !(got = body.next(rest)).empty();) text += got;
  const std::string slow = read_slowly(bytes);
  RESTANTE_CHECK(body.done() ? slow == text + "#" : slow.empty());
  return 0;
}
