#include "server/copies/copied_mail.h"

#include <algorithm>

#include "base/ascii.h"
#include "mail/address.h"

namespace restante::server {
namespace {

constexpr std::string_view kReturnPath = "return-path:";
constexpr std::string_view kReceived = "received:";
constexpr std::string_view kDeliveredTo = "delivered-to:";
// Two servers with copies for each other would write a message to both disks for each round.
constexpr std::size_t kReceivedMax = 25;

/// The field at the front of `rest`, with its folded lines, and their ends.
std::string_view take_field(std::string_view& rest) {
  std::size_t end = 0;
  do {
    const std::size_t line_end = rest.find("\r\n", end);
    end = line_end == rest.npos ? rest.size() : line_end + 2;
  } while (end < rest.size() && (rest[end] == ' ' || rest[end] == '\t'));
  const std::string_view field = rest.substr(0, end);
  rest.remove_prefix(end);
  return field;
}

/// Without the end of its line, and the blanks around it.
std::string_view value_of(std::string_view field, std::string_view name) {
  field.remove_prefix(name.size());
  while (field.ends_with('\n') || field.ends_with('\r')) field.remove_suffix(1);
  return trim(field);
}

/// A path that cannot be read is none of ours; a bounce to nowhere is better than one to a
/// stranger.
std::string sender_of(std::string_view field) {
  std::string_view value = value_of(field, kReturnPath);
  const auto path = mail::take_reverse_path(value, mail::Grammar::kTolerant);
  return path ? path->plain() : std::string();
}

bool names_one_of(std::string_view field, const std::vector<std::string>& names) {
  const std::string_view value = value_of(field, kDeliveredTo);
  return std::ranges::any_of(names, [value](const std::string& name) {
    return equals_ignore_case(value, mail::to_wire(name));
  });
}

}  // namespace

bool CopiedMail::goes_round() const { return delivered_here > 1 || received > kReceivedMax; }

CopiedMail look_at_mail(std::string_view beginning, const std::vector<std::string>& names) {
  CopiedMail out;
  std::string_view rest = beginning;
  if (starts_with_ignore_case(rest, kReturnPath)) {
    const std::string_view field = take_field(rest);
    out.return_path = field.size();
    out.sender = sender_of(field);
  }
  while (!rest.empty() && !rest.starts_with("\r\n")) {
    const std::string_view field = take_field(rest);
    if (starts_with_ignore_case(field, kReceived)) ++out.received;
    if (starts_with_ignore_case(field, kDeliveredTo) && names_one_of(field, names))
      ++out.delivered_here;
  }
  return out;
}

}  // namespace restante::server
