// SMTP's lines and the grammar of its commands: lines do not depend on the cuts, hold no CR, LF or
// NUL, and what an argument is taken for keeps the limits.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/check.h"
#include "base/limits.h"
#include "smtp/command.h"
#include "smtp/line_reader.h"
#include "smtp/parameters.h"

namespace {

using namespace restante::smtp;  // NOLINT(google-build-using-namespace): a program of its own
namespace limits = restante::limits;

constexpr std::size_t kLineBytesMax = 100;

void check_mailbox(const restante::mail::Mailbox& mailbox) {
  RESTANTE_CHECK(mailbox.domain.size() <= limits::kDomainBytesMax);
}

void parse_by(restante::mail::Grammar grammar, std::string_view argument) {
  if (const auto mail = parse_mail(argument, grammar)) {
    check_mailbox(mail->sender);
    RESTANTE_CHECK(!mail->sender.non_ascii || mail->smtputf8);
  }
  for (const bool smtputf8 : {false, true})
    if (const auto to = parse_rcpt(argument, smtputf8, grammar)) {
      check_mailbox(to->recipient);
      RESTANTE_CHECK(!to->recipient.local.empty() && (smtputf8 || !to->recipient.non_ascii));
      RESTANTE_CHECK(to->uid.size() <= limits::kUidBytesMax &&
                     std::ranges::all_of(to->uid, [](char c) { return c > 0x20 && c < 0x7F; }));
    }
  const auto hello = parse_hello(argument, grammar);
  RESTANTE_CHECK(!hello || hello->size() <= 255);
  if (hello && grammar == restante::mail::Grammar::kStrict)
    RESTANTE_CHECK(!hello->empty() &&
                   std::ranges::all_of(*hello, [](char c) { return c > 0x20 && c < 0x7F; }));
}

void parse(std::string_view line) {
  const Command command = parse_command(line);
  RESTANTE_CHECK(command.argument.size() <= line.size());
  parse_by(restante::mail::Grammar::kStrict, command.argument);
  parse_by(restante::mail::Grammar::kTolerant, command.argument);
  static_cast<void>(parse_chunk(command.argument));
}

void read_lines(LineReader& reader, std::string_view input, std::string& out) {
  for (;;) {
    const LineReader::Line line = reader.take(input);
    if (line.kind == LineReader::Kind::kNeedInput) break;
    RESTANTE_CHECK(line.text.size() + 2 <= kLineBytesMax);
    RESTANTE_CHECK(line.text.find_first_of(std::string_view("\r\n\0", 3)) == line.text.npos);
    out.append(std::to_string(static_cast<int>(line.kind))).append(line.text).append("\r\n");
    if (line.kind == LineReader::Kind::kLine) parse(line.text);
  }
  RESTANTE_CHECK(input.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  parse(input);
  std::string expected;
  LineReader whole(kLineBytesMax);
  read_lines(whole, input, expected);
  for (const std::size_t step : {std::size_t{1}, std::size_t{3}}) {
    std::string got;
    LineReader pieces(kLineBytesMax);
    for (std::size_t i = 0; i < size; i += step) read_lines(pieces, input.substr(i, step), got);
    RESTANTE_CHECK(got == expected);
  }
  return 0;
}
