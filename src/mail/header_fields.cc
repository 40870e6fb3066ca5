#include "mail/header_fields.h"

#include "base/ascii.h"

namespace restante::mail {

std::optional<std::string_view> take_field(std::string_view& header) {
  if (header.empty()) return std::nullopt;
  std::size_t end = header.find('\n');
  while (end != std::string_view::npos && end + 1 < header.size() &&
         (header[end + 1] == ' ' || header[end + 1] == '\t'))
    end = header.find('\n', end + 1);
  const std::string_view field = header.substr(0, end);
  header.remove_prefix(end == std::string_view::npos ? header.size() : end + 1);
  return field;
}

std::optional<std::string_view> value_of(std::string_view field, std::string_view name) {
  const std::size_t colon = field.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  // Old mail has blanks before the colon, too (RFC 5322 s.4.5).
  if (!equals_ignore_case(trim(field.substr(0, colon)), name)) return std::nullopt;
  return field.substr(colon + 1);
}

std::string unfolded(std::string_view value) {
  std::string text;
  for (const char c : value)
    if (c != '\n') text += c == '\t' ? ' ' : c;
  return std::string(trim(text));
}

std::string header_field(std::string_view header, std::string_view name) {
  while (const auto field = take_field(header))
    if (const auto value = value_of(*field, name)) return unfolded(*value);
  return {};
}

}  // namespace restante::mail
