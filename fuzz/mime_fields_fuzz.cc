// Any octets as fields of a mail, and as text in any charset: what comes out is well-formed UTF-8,
// bounded, and of fields one line without control characters. The first line is the charset.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/check.h"
#include "mime/addresses.h"
#include "mime/date.h"
#include "mime/decoded_words.h"
#include "mime/parameters.h"
#include "text/charsets/charset.h"
#include "text/html/html_charset.h"

namespace {

namespace mime = restante::mime;

void check_line(std::string_view line) {
  RESTANTE_CHECK(restante::is_utf8(line));
  RESTANTE_CHECK(
      std::none_of(line.begin(), line.end(), [](char c) { return restante::is_control(c); }));
  RESTANTE_CHECK(!line.starts_with(' ') && !line.ends_with(' '));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = restante::as_text(std::as_bytes(std::span(data, size)));
  const std::size_t end = std::min(input.find('\n'), input.size());
  const std::string_view charset = input.substr(0, end);
  const std::string_view field = input.substr(std::min(end + 1, input.size()));

  // A character of another set has at most three bytes of UTF-8 for one of its own; of the sets
  // that name it shorter, at most four.
  const std::string text = restante::text::to_utf8(field, charset);
  RESTANTE_CHECK(restante::is_utf8(text) && text.size() <= 4 * field.size() + 16);
  // Text that is UTF-8 stays as it is, unless an escape in it announces ISO-2022.
  RESTANTE_CHECK(text.find('\x1b') != std::string::npos ||
                 restante::text::to_utf8(text, "utf-8").size() <= text.size());
  RESTANTE_CHECK(restante::text::html_charset(field).size() <= field.size() + 5);

  const std::string line = mime::decode_text(field, charset);
  check_line(line);
  RESTANTE_CHECK(line.size() <= mime::kFieldBytesMax);
  const mime::Parameters read = mime::parse_parameters(field, charset);
  check_line(read.value);
  for (const auto& [name, value] : read.parameters) {
    RESTANTE_CHECK(!name.empty() && name.find('*') == std::string::npos);
    if (name != "boundary") check_line(value);
  }
  for (const auto& [name, address] : mime::parse_addresses(field, charset)) {
    check_line(name);
    check_line(address);
    RESTANTE_CHECK(!name.empty() || !address.empty());
  }
  check_line(mime::addresses_text(field, charset));
  if (const auto date = mime::parse_date(field))
    RESTANTE_CHECK(*date > -2'300'000'000 && *date < 253'500'000'000);
  mime::received_date(field);
  return 0;
}
