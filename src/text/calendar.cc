#include "text/calendar.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "text/charsets/charset.h"

namespace restante::text {
namespace {

constexpr std::size_t kPeopleMax = 50;
constexpr std::size_t kValueBytesMax = 2000;

/// One content line, unfolded (RFC 5545 s.3.1).
struct Property {
  std::string name;        // Lower case.
  std::string parameters;  // As written.
  std::string value;
};

/// The next line with those that continue it; the text is made shorter.
std::string take_line(std::string_view& text) {
  std::string line;
  do {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    std::string_view piece = text.substr(0, end);
    text.remove_prefix(std::min(text.find_first_not_of('\r', end), text.size()));
    if (text.starts_with('\n')) text.remove_prefix(1);
    if (!line.empty() && !piece.empty()) piece.remove_prefix(1);
    // Bounded while the line is put together: a line may be continued as long as the file is.
    if (line.size() < 2 * kValueBytesMax) line.append(piece);
  } while (text.starts_with(' ') || text.starts_with('\t'));
  return line;
}

Property property_of(const std::string& line) {
  Property property;
  // RFC 5545 allows colons in values of parameters only in quotes.
  bool quoted = false;
  std::size_t colon = 0;
  while (colon < line.size() && (quoted || line[colon] != ':')) {
    if (line[colon] == '"') quoted = !quoted;
    ++colon;
  }
  const std::string_view before = std::string_view(line).substr(0, colon);
  const std::size_t semicolon = std::min(before.find(';'), before.size());
  property.name = to_lower(trim(before.substr(0, semicolon)));
  property.parameters = before.substr(std::min(semicolon + 1, before.size()));
  if (colon < line.size()) property.value = line.substr(colon + 1);
  return property;
}

std::string parameter(const Property& property, std::string_view name) {
  std::string_view left = property.parameters;
  while (!left.empty()) {
    std::size_t end = 0;
    for (bool quoted = false; end < left.size() && (quoted || left[end] != ';'); ++end)
      if (left[end] == '"') quoted = !quoted;
    const std::string_view one = left.substr(0, end);
    left.remove_prefix(std::min(end + 1, left.size()));
    const std::size_t equals = one.find('=');
    if (equals == std::string_view::npos || !equals_ignore_case(one.substr(0, equals), name))
      continue;
    std::string value(one.substr(equals + 1));
    std::erase(value, '"');
    return value;
  }
  return {};
}

/// RFC 5545 s.3.3.11.
std::string plain(std::string_view value) {
  std::string text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '\\' || i + 1 == value.size()) {
      // A backslash at the very end escapes nothing, and is shown.
      text += value[i];
      continue;
    }
    ++i;
    text += value[i] == 'n' || value[i] == 'N' ? '\n' : value[i];
  }
  return std::string(cut_utf8(text, kValueBytesMax));
}

/// "20261122T050000Z" as "2026-11-22 05:00 UTC"; other things as they are.
std::string time_of(const Property& property) {
  const std::string_view value = trim(property.value);
  const bool is_date = value.size() >= 8 && std::all_of(value.begin(), value.begin() + 8, is_digit);
  if (!is_date) return std::string(value);
  std::string text(value.substr(0, 4));
  text.append("-").append(value.substr(4, 2)).append("-").append(value.substr(6, 2));
  const bool has_time = value.size() >= 13 && value[8] == 'T' &&
                        std::all_of(value.begin() + 9, value.begin() + 13, is_digit);
  if (!has_time) return text;
  text.append(" ").append(value.substr(9, 2)).append(":").append(value.substr(11, 2));
  const std::string zone = parameter(property, "TZID");
  // A time in UTC has no zone of its own in RFC 5545; one that stands there means nothing.
  if (value.ends_with('Z')) return text + " UTC";
  return zone.empty() ? text : text + " (" + zone + ")";
}

std::string person_of(const Property& property) {
  std::string_view address = trim(property.value);
  if (starts_with_ignore_case(address, "mailto:")) address.remove_prefix(7);
  const std::string name = parameter(property, "CN");
  std::string person = name.empty() || equals_ignore_case(name, address)
                           ? std::string(address)
                           : name + " <" + std::string(address) + ">";
  const std::string answer = to_lower(parameter(property, "PARTSTAT"));
  if (!answer.empty() && answer != "needs-action") person += " (" + answer + ")";
  return person;
}

std::string_view method_text(std::string_view method) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kMethods = {{
      {"request", "Invitation"},
      {"reply", "Answer to an invitation"},
      {"cancel", "Cancelled"},
      {"counter", "Another time is proposed"},
      {"declinecounter", "The other time is declined"},
      {"add", "Added to an event"},
  }};
  for (const auto& [known, text] : kMethods)
    if (equals_ignore_case(method, known)) return text;
  return "Event";
}

class Writer {
 public:
  explicit Writer(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  void take(const Property& property);
  std::string finish() && { return std::string(cut_utf8(text_, bytes_max_)); }
  [[nodiscard]] bool is_full() const { return text_.size() >= bytes_max_; }

 private:
  void line(std::string_view label, const std::string& value) {
    if (!value.empty() && !is_full()) text_.append(label).append(": ").append(value).append("\n");
  }

  std::size_t bytes_max_;
  std::string text_;
  std::string method_;
  std::string inside_;  // The innermost component that matters, or one whose lines do not.
  std::size_t people_ = 0;
};

void Writer::take(const Property& property) {
  const std::string& name = property.name;
  if (name == "method") method_ = trim(property.value);
  if (name == "begin") {
    const std::string component = to_lower(trim(property.value));
    if (component == "vevent" || component == "vtodo" || component == "vjournal") {
      inside_ = component;
      people_ = 0;
      text_ += (text_.empty() ? "" : "\n") + std::string("[") + std::string(method_text(method_)) +
               "]\n";
    } else if (!inside_.empty()) {
      inside_ = component;
    }
    return;
  }
  const bool counts = inside_ == "vevent" || inside_ == "vtodo" || inside_ == "vjournal";
  if (name == "end" && !inside_.empty())
    inside_ = counts ? "" : "vevent";  // Behind an alarm the event goes on.
  if (!counts) return;
  if (name == "summary") line("What", plain(property.value));
  if (name == "dtstart") line("When", time_of(property));
  if (name == "dtend") line("Until", time_of(property));
  if (name == "due") line("Due", time_of(property));
  if (name == "location") line("Where", plain(property.value));
  if (name == "organizer") line("From", person_of(property));
  // A company's meeting names hundreds; the text is for reading and for the search.
  if (name == "attendee" && people_++ < kPeopleMax) line("Who", person_of(property));
  if (name == "status") line("Status", to_lower(trim(property.value)));
  if (name == "description") line("About", plain(property.value));
}

}  // namespace

std::string calendar_text(std::string_view calendar, std::size_t bytes_max) {
  Writer writer(bytes_max);
  while (!calendar.empty() && !writer.is_full()) writer.take(property_of(take_line(calendar)));
  return std::move(writer).finish();
}

}  // namespace restante::text
