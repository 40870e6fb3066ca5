#include "migrate/formats/arrival.h"

#include <string>

#include "base/ascii.h"
#include "migrate/formats/lines.h"
#include "mime/date.h"

namespace restante::migrate {
namespace {

/// A field's value without its line ends; empty: there is none. The topmost of its name.
std::string find_field(std::string_view header, std::string_view name) {
  std::string value;
  bool in_field = false;
  while (!header.empty()) {
    const std::string_view line = take_line(header);
    if (line.empty()) break;
    const bool continues = line.front() == ' ' || line.front() == '\t';
    if (in_field && !continues) break;
    if (in_field) {
      value += line;
    } else if (line.size() > name.size() && line[name.size()] == ':' &&
               starts_with_ignore_case(line, name)) {
      in_field = true;
      value = line.substr(name.size() + 1);
    }
  }
  return value;
}

}  // namespace

std::optional<std::int64_t> find_arrival(std::string_view header) {
  // Received first: the server that took the mail wrote it, while Date is the sender's word.
  if (const auto date = mime::received_date(find_field(header, "Received"))) return date;
  return mime::plain_date(find_field(header, "Date"));
}

}  // namespace restante::migrate
