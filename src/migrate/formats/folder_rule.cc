#include "migrate/formats/folder_rule.h"

#include <algorithm>

namespace restante::migrate {
namespace {

constexpr std::size_t kLocalPartBytesMax = 64;  // RFC 5321 s.4.5.3.1.1.

bool is_kept(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

}  // namespace

Result<std::string> folder_account(std::string_view account, std::string_view folder) {
  // The last "@": a quoted local part may have one, too.
  const std::size_t at = std::min(account.rfind('@'), account.size());
  std::string name;
  for (const char c : folder) {
    // Replaced, not left out: "a b" and "ab" would otherwise be one account.
    const char kept = is_kept(c) ? c : '_';
    // No address has a dot at an end of its local part, or two in a row.
    if (kept == '.' && (name.empty() || name.back() == '.')) continue;
    name += kept;
  }
  while (name.ends_with('.')) name.pop_back();
  if (name.empty()) return Error(Errc::kSyntax, "the folder's name makes no account's");
  std::string local = std::string(account.substr(0, at)) + "+" + name;
  // Refused, not cut: two long names with one beginning would meet in one account.
  if (local.size() > kLocalPartBytesMax)
    return Error(Errc::kLimit, "the account's name would be too long: " + local);
  return local.append(account.substr(at));
}

}  // namespace restante::migrate
