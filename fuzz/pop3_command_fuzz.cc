// Lines and the command grammar on any bytes: no crash, and the lines do not depend on the cuts.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "pop3/command.h"
#include "pop3/line_reader.h"

namespace {

using restante::pop3::Line;
using restante::pop3::LineKind;
using restante::pop3::LineReader;

void read_lines(LineReader& reader, std::string_view input, std::string& out) {
  for (;;) {
    const Line line = reader.next(input, LineKind::kCommand);
    if (line.status == Line::Status::kNeedInput) break;
    out.append(line.status == Line::Status::kTooLong ? "long" : line.text).append("\r\n");
    const auto command = restante::pop3::parse_command(line.text);
    if (!command) continue;
    static_cast<void>(restante::pop3::parse_message_number(command->argument.value_or("")));
    static_cast<void>(restante::pop3::parse_top_arguments(*command));
    static_cast<void>(restante::pop3::parse_apop_arguments(*command));
  }
  RESTANTE_CHECK(input.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  LineReader whole;
  LineReader pieces;
  std::string expected;
  std::string got;
  read_lines(whole, input, expected);
  for (std::size_t i = 0; i < size; i += 3) read_lines(pieces, input.substr(i, 3), got);
  RESTANTE_CHECK(got == expected);
  return 0;
}
