// The trace header on hostile values: they end no line but their own, start no field, and what
// comes out is wire form with short lines.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/check.h"
#include "input.h"
#include "mail/trace.h"
#include "mail/wire_counter.h"

namespace {

using namespace restante;  // NOLINT(google-build-using-namespace): a program of its own

std::string take_text(fuzz::Input& input) {
  return std::string(input.take_piece(std::size_t{input.take_byte()} * 4));
}

void check_lines(std::string_view text) {
  std::size_t fields = 0;
  while (!text.empty()) {
    const std::size_t end = text.find("\r\n");
    RESTANTE_CHECK(end != std::string_view::npos && end > 0 && end <= 998);
    const std::string_view line = text.substr(0, end);
    for (const char c : line) RESTANTE_CHECK(!is_control(c) || c == '\t');
    RESTANTE_CHECK(line.front() != '.');
    if (line.front() != ' ' && line.front() != '\t') ++fields;
    text.remove_prefix(end + 2);
  }
  // Return-Path and the two X-Original-To are left out where the address is longer than a line.
  RESTANTE_CHECK(fields >= 2 && fields <= 5);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const auto when = static_cast<std::int64_t>(input.take_number()) * 100'000'000;
  mail::TraceValues values("mail.example.test", "ESMTPS");
  values.helo = take_text(input);
  values.peer_address = "192.0.2.1";
  values.tls = take_text(input);
  values.id = take_text(input);
  values.sender = take_text(input);
  const std::string account = take_text(input);
  mail::TraceRecipient recipient(account, std::string(input.rest()),
                                 WallTime(std::chrono::milliseconds(when)));
  recipient.others = {account};
  const mail::TraceHeader header = mail::make_trace(values, recipient);
  check_lines(header.text);
  RESTANTE_CHECK(header.octets == header.text.size());
  mail::WireCounter counter;
  counter.write(header.text);
  RESTANTE_CHECK(counter.octets() == header.octets && counter.at_line_start());
  return 0;
}
