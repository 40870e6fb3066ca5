#include "profile/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/ascii.h"
#include "profile/hand_on_rules.h"
#include "profile/presets.h"
#include "profile/tables.h"
#include "sasl/mechanism_table.h"

namespace restante::profile {
namespace {

using config::find;
using config::Mistakes;
using config::Node;

constexpr std::uint16_t kPop3Port = 110;
constexpr std::uint16_t kPop3sPort = 995;

/// An account, where it stands, and what it was given beforehand.
struct Place {
  const Node& node;
  const Node* defaults;
  Mistakes& mistakes;

  /// As written for this account, or in [defaults]; null when nowhere.
  [[nodiscard]] const Node* written(std::string_view key) const {
    const Node* const own = find(node, key);
    return own != nullptr || defaults == nullptr ? own : find(*defaults, key);
  }
  void wrong(std::string_view key, std::string_view text) const {
    const Node* const entry = find(node, key);
    mistakes.add(entry == nullptr ? node.line : entry->line, fmt::format("account.{}", key), text);
  }
};

void complete_port(const Place& place, Account& account) {
  const bool has_port = place.written("port") != nullptr;
  const bool has_tls = place.written("tls") != nullptr;
  if (has_port && !has_tls && account.port == kPop3Port) account.tls = Tls::kStarttls;
  if (!has_port) account.port = account.tls == Tls::kImplicit ? kPop3sPort : kPop3Port;
  if (has_port && has_tls && account.tls == Tls::kImplicit && account.port == kPop3Port)
    place.wrong("tls", "port 110 begins in clear: write \"starttls\", or port = 995");
}

/// More than one of the keys that say where the secret comes from, in one table.
void check_secret_keys(const Node& table, std::string_view name, Mistakes& mistakes) {
  std::string first;
  for (const std::string& key : secret_keys()) {
    const Node* const entry = find(table, key);
    if (entry == nullptr) continue;
    if (!first.empty())
      mistakes.add(entry->line, fmt::format("{}.{}", name, key),
                   fmt::format("excludes {}: one secret comes from one place", first));
    first = key;
  }
}

void check_secret(const Place& place, Account& account) {
  using Kind = SecretSource::Kind;
  const sasl::MechanismInfo* const way =
      account.mechanism ? sasl::find_login_way(*account.mechanism) : nullptr;
  const bool external = way != nullptr && way->takes == sasl::CredentialKind::kCertificate;
  // A secret of [defaults] is not for an account that proves itself by a certificate.
  if (external) account.secret = {};
  if (account.secret.kind == Kind::kNone && !external) account.secret.kind = Kind::kPrompt;
  if (external && account.client_certificate.empty())
    place.wrong("mechanism",
                fmt::format("{} proves itself by client_certificate, which is missing", way->name));
  if (way != nullptr && way->is_old_digest && !account.old_digests)
    place.wrong("mechanism", "needs old_digests = true: a listener can guess the password");
  if (!account.authzid.empty() && way != nullptr && !way->says_authorization)
    place.wrong(
        "authzid",
        fmt::format("{} cannot say it: PLAIN, SCRAM, EXTERNAL and OAUTHBEARER can", way->name));
  const bool token = way != nullptr && way->takes == sasl::CredentialKind::kToken;
  if (way != nullptr && token != account.secret.is_token())
    place.wrong("mechanism", token ? "needs a token: oauth or token_command"
                                   : "needs a password, but this account has tokens");
  if (account.client_certificate.empty() != account.client_key.empty())
    place.wrong(account.client_key.empty() ? "client_certificate" : "client_key",
                "client_certificate and client_key belong together");
}

void check_policy(const Place& place, const Account& account) {
  const bool has_days = account.remove_after.count() > 0;
  if (account.remove == Delete::kAfterDays && !has_days)
    place.wrong("delete", "\"after-days\" needs after_days = N");
  if (has_days && account.remove != Delete::kAfterDays)
    place.wrong("after_days", "only with delete = \"after-days\"");
  if (!account.keep_in_archive && account.hand_on.empty())
    place.wrong("keep_in_archive", "false needs a [[account.hand_on]]: mail must go somewhere");
  if (!account.keep_in_archive && account.remove == Delete::kWhenRemovedLocally)
    place.wrong("delete", "\"when-removed-locally\" needs the archive");
}

void check_account(const Place& place, Account& account) {
  complete_port(place, account);
  if (account.host.empty() && place.written("host") == nullptr) place.wrong("host", "is missing");
  if (account.user.empty() && place.written("user") == nullptr) place.wrong("user", "is missing");
  check_secret_keys(place.node, "account", place.mistakes);
  check_secret(place, account);
  check_policy(place, account);
}

void check_targets(const Place& place, const Account& account, const Profile& profile) {
  check_sorting(account, place.mistakes);
  const Node* const tables = place.written("hand_on");
  if (tables == nullptr) return;
  check_hand_ons(*tables, account, profile.issuers, place.mistakes);
  for (const Node& target : tables->items)
    check_secret_keys(target, "account.hand_on", place.mistakes);
}

void check_issuer(const Node& node, Issuer& issuer, Mistakes& mistakes) {
  const bool known = apply_preset(issuer);
  const auto wrong = [&](std::string_view key) {
    mistakes.add(node.line, fmt::format("issuer.{}", key),
                 "is missing; only \"google\", \"gmail\" and \"microsoft\" are known by name");
  };
  if (known) return;
  if (issuer.token_url.empty() && find(node, "token_url") == nullptr) wrong("token_url");
  if (issuer.device_url.empty() && issuer.authorization_url.empty()) wrong("device_url");
}

void check_issuer_of(const Place& place, const Account& account, const Profile& profile) {
  if (account.secret.kind != SecretSource::Kind::kOauth) return;
  const std::string& name = account.secret.value;
  const auto same = [&name](const Issuer& issuer) { return issuer.name == name; };
  if (std::any_of(profile.issuers.begin(), profile.issuers.end(), same)) return;
  place.wrong("oauth", fmt::format("there is no [[issuer]] with name = \"{}\"", name));
}

void check_readers(const Node& table, std::string_view name, Mistakes& mistakes) {
  for (const std::string_view key : {"password", "client_secret"})
    if (const Node* const entry = find(table, key))
      mistakes.add(entry->line, fmt::format("{}.{}", name, key),
                   "others can read this file: chmod 600 it, or use password_command");
  if (const Node* const entry = find(table, "proxy")) {
    const auto at = entry->text.rfind('@');
    const auto colon = entry->text.find(':', entry->text.find("://") + 3);
    if (at != std::string::npos && colon < at)
      mistakes.add(entry->line, fmt::format("{}.proxy", name),
                   "has a password in it and others can read this file: chmod 600 it");
  }
  if (const Node* const hand_ons = find(table, "hand_on"))
    for (const Node& item : hand_ons->items) check_readers(item, "account.hand_on", mistakes);
}

}  // namespace

void apply_rules(const Node& root, bool others_can_read, Profile& profile, Mistakes& mistakes) {
  const Node* const defaults = find(root, "defaults");
  const Node* const accounts = find(root, "account");
  const Node* const issuers = find(root, "issuer");
  if (defaults != nullptr) check_secret_keys(*defaults, "defaults", mistakes);
  if (defaults != nullptr && others_can_read) check_readers(*defaults, "defaults", mistakes);
  for (std::size_t i = 0; i < profile.issuers.size(); ++i) {
    check_issuer(issuers->items[i], profile.issuers[i], mistakes);
    if (others_can_read) check_readers(issuers->items[i], "issuer", mistakes);
  }
  std::map<std::string, int> lines;  // Of names, folded: they are folders, too.
  for (std::size_t i = 0; i < profile.accounts.size(); ++i) {
    Account& account = profile.accounts[i];
    const Place place{accounts->items[i], defaults, mistakes};
    if (place.node.kind != config::Kind::kTable) continue;
    check_account(place, account);
    check_issuer_of(place, account, profile);
    check_targets(place, account, profile);
    if (others_can_read) check_readers(place.node, "account", mistakes);
    if (account.name.empty()) continue;
    const auto [other, fresh] = lines.try_emplace(to_lower(account.name), account.line);
    if (!fresh) place.wrong("name", fmt::format("is taken by the one of line {}", other->second));
  }
}

}  // namespace restante::profile
