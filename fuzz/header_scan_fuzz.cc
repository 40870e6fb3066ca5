// The look at a mail's header, against a second reading of it line by line, at every kind of cut.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/check.h"
#include "mail/header_scanner.h"

namespace {

using restante::mail::HeaderScanner;

struct Expected {
  std::size_t received = 0;
  bool has_8bit = false;
  bool ended = false;
};

bool is_received(std::string_view line) {
  if (!restante::starts_with_ignore_case(line, "received")) return false;
  const std::size_t colon = line.find_first_not_of(" \t", 8);
  return colon != std::string_view::npos && line[colon] == ':';
}

/// Lines end in LF, with a CR or without; an empty one ends the header.
Expected read_slowly(std::string_view text) {
  Expected found;
  while (!text.empty()) {
    const std::size_t lf = text.find('\n');
    std::string_view line = text.substr(0, lf);
    if (lf != std::string_view::npos && (line.empty() || line == "\r")) {
      found.ended = true;
      break;
    }
    found.received += is_received(line) ? 1 : 0;
    for (const char c : line) found.has_8bit = found.has_8bit || !restante::is_ascii(c);
    text.remove_prefix(lf == std::string_view::npos ? text.size() : lf + 1);
  }
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Expected expected = read_slowly(text);
  for (const std::size_t step : {size + 1, std::size_t{1}, std::size_t{2}, std::size_t{7}}) {
    HeaderScanner scanner;
    for (std::size_t i = 0; i < size; i += step) scanner.feed(text.substr(i, step));
    RESTANTE_CHECK(scanner.received_count() == expected.received);
    RESTANTE_CHECK(scanner.has_8bit() == expected.has_8bit);
    RESTANTE_CHECK(scanner.ended() == expected.ended);
  }
  return 0;
}
