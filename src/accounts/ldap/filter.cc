#include "accounts/ldap/filter.h"

#include <fmt/format.h>

#include "accounts/names/names.h"
#include "base/ascii.h"

namespace restante::accounts::ldap {
namespace {

bool is_harmless(char c) {
  // All else is written as its octet: what is special in filters differs from server to server.
  return is_alpha(c) || is_digit(c) || std::string_view("@.-_+").find(c) != std::string_view::npos;
}

struct Placeholder {
  std::string_view text;
  std::string_view (*part)(std::string_view name);
};
constexpr std::array<Placeholder, 3> kPlaceholders = {{
    {"{name}", [](std::string_view name) { return name; }},
    {"{local}", local_part_of},
    {"{domain}", domain_of},
}};

const Placeholder* placeholder_at(std::string_view text) {
  for (const Placeholder& placeholder : kPlaceholders)
    if (text.starts_with(placeholder.text)) return &placeholder;
  return nullptr;
}

}  // namespace

std::string escape_filter_value(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (is_harmless(c))
      out += c;
    else
      fmt::format_to(std::back_inserter(out), "\\{:02x}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string fill_filter(std::string_view filter, std::string_view name) {
  std::string out;
  while (!filter.empty()) {
    const Placeholder* const placeholder = placeholder_at(filter);
    // Braces are filled from the left, once: a name with a brace in it is text.
    if (placeholder != nullptr)
      out += escape_filter_value(placeholder->part(name));
    else
      out += filter.front();
    filter.remove_prefix(placeholder != nullptr ? placeholder->text.size() : 1);
  }
  return out;
}

Status check_filter(std::string_view filter) {
  if (!filter.starts_with('(')) return Error(Errc::kSyntax, "must start with \"(\"");
  int open = 0;
  for (std::size_t i = 0; i < filter.size(); ++i) {
    const char c = filter[i];
    if (c == '{' && placeholder_at(filter.substr(i)) == nullptr)
      return Error(Errc::kSyntax, "may have {name}, {local} and {domain} in braces, nothing else");
    if (c == '(') ++open;
    if (c == ')' && --open < 0) break;
  }
  if (open != 0) return Error(Errc::kSyntax, "has parentheses that do not match");
  return ok();
}

}  // namespace restante::accounts::ldap
