#include "restante/keeping/backup_configuration.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "config/file.h"
#include "profile/load.h"

namespace restante::cli {
namespace {

constexpr std::string_view kLeftOut = "# A secret stood here; it is not in the backup.";

void add(std::vector<std::string>& secrets, const SecretString& secret) {
  if (!secret.view().empty()) secrets.emplace_back(secret.view());
}

std::vector<std::string> secrets_of(const profile::Profile& profile) {
  std::vector<std::string> secrets;
  for (const profile::Account& account : profile.accounts) {
    add(secrets, account.secret.text);
    if (account.proxy) add(secrets, account.proxy->password);
    for (const profile::HandOn& target : account.hand_on) add(secrets, target.secret.text);
  }
  for (const profile::Issuer& issuer : profile.issuers) add(secrets, issuer.client_secret);
  return secrets;
}

std::string_view trimmed(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(" \t");
  return begin == std::string_view::npos ? std::string_view() : line.substr(begin);
}

/// A key that has a secret, with any value: one that is written with escapes is not found by its
/// text.
bool is_of_secret(std::string_view line) {
  std::string_view key = trimmed(line);
  // One that stands in a comment was a secret once.
  while (key.starts_with('#')) key = trimmed(key.substr(1));
  key = key.substr(0, key.find_first_of(" \t="));
  return key == "password" || key == "client_secret";
}

bool has_any(std::string_view text, const std::vector<std::string>& secrets) {
  return std::any_of(secrets.begin(), secrets.end(), [&](const std::string& secret) {
    return secret.size() > 3 && text.find(secret) != std::string_view::npos;
  });
}

}  // namespace

Result<std::optional<std::string>> configuration_of(const profile::Profile& profile,
                                                    Secrets secrets) {
  RESTANTE_TRY(const std::string text, config::read_file(profile.file));
  if (secrets == Secrets::kKept) return std::optional(text);
  const std::vector<std::string> known = secrets_of(profile);
  std::string left;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    left += is_of_secret(line) || has_any(line, known) ? kLeftOut : line;
    left += '\n';
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  // A secret may share its line, or fill several: the rest must be a configuration still, with
  // nothing secret in it.
  const auto again = profile::parse(left, profile.file.string(), profile.file.parent_path(), false);
  const bool is_clean = again.profile && secrets_of(*again.profile).empty();
  return is_clean ? std::optional(std::move(left)) : std::nullopt;
}

}  // namespace restante::cli
