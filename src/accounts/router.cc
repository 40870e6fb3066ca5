#include "accounts/router.h"

#include <algorithm>
#include <optional>
#include <set>

#include "accounts/names/idna.h"
#include "accounts/names/names.h"
#include "base/ascii.h"
#include "base/limits.h"

namespace restante::accounts {
namespace {

// Deeper is a mistake, or a loop with many turns.
constexpr int kAliasDepthMax = 10;
constexpr std::size_t kAccountsMax = 1000;
// Addresses on the way to them: bounds the work that one recipient can cause.
constexpr std::size_t kAddressesMax = 4 * kAccountsMax;

constexpr std::string_view kPostmaster = "postmaster";

Error not_found(std::string_view address) {
  return Error(Errc::kNotFound, "no such mailbox: " + std::string(address));
}

/// One resolution: follows aliases and collects accounts.
class Expansion {
 public:
  Expansion(Directory& directory, std::string_view separator)
      : directory_(directory), separator_(separator) {}

  /// True when the address, or the same without a subaddress, is an account or an alias.
  Result<bool> follow(const std::string& address, int depth);
  /// The collected accounts. Errors: kAuth (all disabled), kNotFound (it led nowhere).
  Result<std::vector<std::string>> take(std::string_view address);

 private:
  Result<bool> follow_whole(const std::string& address, int depth);
  Result<bool> follow_account(Result<Account> account, const std::string& address);
  Result<bool> follow_alias(Result<std::vector<std::string>> targets, const std::string& address,
                            int depth);

  Directory& directory_;
  const std::string_view separator_;
  std::set<std::string> seen_;   ///< Addresses.
  std::set<std::string> taken_;  ///< Accounts, by their own names.
  std::vector<std::string> accounts_;
  bool any_disabled_ = false;
};

Result<bool> Expansion::follow(const std::string& address, int depth) {
  RESTANTE_TRY(const bool exact, follow_whole(address, depth));
  if (exact) return true;
  // "a+b+c" may be tag "c" of "a+b" or tag "b+c" of "a": the longest mailbox that exists wins.
  const std::string_view local = local_part_of(address);
  const std::string at_domain = "@" + std::string(domain_of(address));
  // From the right, and never longer than a local part may be.
  for (std::size_t cut = local.find_last_of(separator_, limits::kLocalPartBytesMax);
       cut != std::string_view::npos && cut > 0; cut = local.find_last_of(separator_, cut - 1)) {
    RESTANTE_TRY(const bool found,
                 follow_whole(std::string(local.substr(0, cut)) + at_domain, depth));
    if (found) return true;
  }
  return false;
}

/// The account of this spelling, or the alias; then the account or the alias that it is another
/// spelling of.
Result<bool> Expansion::follow_whole(const std::string& address, int depth) {
  // Such a name is too long for every account: no back end need be asked.
  if (local_part_of(address).size() > limits::kLocalPartBytesMax) return false;
  if (seen_.contains(address)) return true;  // A cycle, or two ways to one place.
  // Exact names first, and aliases behind accounts: an alias must not take an account's mail away.
  RESTANTE_TRY(const bool is_account, follow_account(directory_.find(address), address));
  if (is_account) return true;
  RESTANTE_TRY(const bool is_alias, follow_alias(directory_.find_alias(address), address, depth));
  if (is_alias) return true;
  RESTANTE_TRY(const bool like_account, follow_account(directory_.find_alike(address), address));
  if (like_account) return true;
  return follow_alias(directory_.find_alias_alike(address), address, depth);
}

Result<bool> Expansion::follow_alias(Result<std::vector<std::string>> targets,
                                     const std::string& address, int depth) {
  if (!targets && targets.error().code == Errc::kNotFound) return false;
  if (!targets) return std::move(targets).error();
  // The whole delivery waits then: a part of the recipients would be worse than a retry.
  if (depth >= kAliasDepthMax) return Error(Errc::kLimit, "aliases nest too deeply: " + address);
  seen_.insert(address);
  if (seen_.size() > kAddressesMax)
    return Error(Errc::kLimit, "aliases lead to too many addresses: " + address);
  for (const std::string& target : *targets) {
    // A target that is gone is passed over: the others still get their mail.
    RESTANTE_CHECKED(follow(target, depth + 1));
  }
  return true;
}

Result<bool> Expansion::follow_account(Result<Account> account, const std::string& address) {
  if (!account && account.error().code == Errc::kNotFound) return false;
  if (!account) return std::move(account).error();
  seen_.insert(address);
  // Two names of one account are one account. Its own name need not be an address of it: where
  // another attribute names the maildrop, it may be another account's.
  if (!taken_.insert(account->name).second) return true;
  // A disabled account among others is passed over: they still get their mail.
  if (!account->enabled) {
    any_disabled_ = true;
    return true;
  }
  if (accounts_.size() >= kAccountsMax)
    return Error(Errc::kLimit, "aliases lead to too many accounts: " + address);
  accounts_.push_back(std::move(account->name));
  return true;
}

Result<std::vector<std::string>> Expansion::take(std::string_view address) {
  if (!accounts_.empty()) return std::move(accounts_);
  // "Disabled" is told apart from "unknown": the sender may try again when it is enabled.
  if (any_disabled_) return Error(Errc::kAuth, "account is disabled: " + std::string(address));
  return not_found(address);
}

/// The postmaster's local part has one spelling, with or without folding (RFC 5321 s.4.5.1).
std::string fold_postmaster(std::string name) {
  if (!equals_ignore_case(local_part_of(name), kPostmaster)) return name;
  return std::string(kPostmaster) + "@" + std::string(domain_of(name));
}

}  // namespace

Router::Router(Directory& directory, RouterSettings settings)
    : directory_(directory), settings_(std::move(settings)) {}

Result<std::vector<std::string>> Router::resolve(std::string_view address) const {
  const NameRules rules(settings_.default_domain, settings_.fold_local_part);
  Expansion expansion(directory_, settings_.subaddress_separator);
  const bool bare_postmaster = equals_ignore_case(address, kPostmaster);
  if (bare_postmaster && rules.default_domain.empty()) return resolve_bare_postmaster();

  const auto canonical = canonical_address(address, rules);
  // What can be no address of ours is not there, and the sender needs no other answer.
  if (!canonical) return not_found(address);
  const std::string name = fold_postmaster(*canonical);
  const std::string domain(domain_of(name));
  // The address itself, then the alias for the whole domain.
  // An address of its own goes before the catch-all.
  RESTANTE_TRY(const bool found, expansion.follow(name, 0));
  if (found) return expansion.take(name);
  RESTANTE_TRY(const bool caught, expansion.follow("@" + domain, 0));
  if (caught) return expansion.take(name);

  RESTANTE_TRY(const bool has_accounts, directory_.has_domain(domain));
  const bool ours = has_accounts || same_domain(domain, rules.default_domain);
  // Not "no such mailbox": the answer says that mail is not relayed here.
  if (!ours) return Error(Errc::kState, "not a domain of ours: " + domain);
  // Last: an account or an alias of that name goes before the stand-in.
  if (local_part_of(name) == kPostmaster) return resolve_postmaster(name);
  return not_found(name);
}

// The postmaster of a domain that is ours by our host's name (RFC 5321 s.4.5.1), before the one
// that stands in for all.
Result<std::vector<std::string>> Router::resolve_bare_postmaster() const {
  const NameRules rules(settings_.default_domain, settings_.fold_local_part);
  for (const std::string& domain : settings_.postmaster_domains) {
    const auto name = canonical_name(std::string(kPostmaster) + "@" + domain, rules);
    if (!name) continue;
    Expansion expansion(directory_, settings_.subaddress_separator);
    RESTANTE_TRY(const bool found, expansion.follow(*name, 0));
    if (found) return expansion.take(*name);
  }
  return resolve_postmaster(kPostmaster);
}

Result<std::vector<std::string>> Router::resolve_postmaster(std::string_view address) const {
  if (settings_.postmaster.empty()) return not_found(address);
  const NameRules rules(settings_.default_domain, settings_.fold_local_part);
  RESTANTE_TRY(const std::string name, canonical_name(settings_.postmaster, rules));
  Expansion expansion(directory_, settings_.subaddress_separator);
  RESTANTE_TRY(const bool found, expansion.follow(name, 0));
  if (!found) return not_found(name);
  return expansion.take(name);
}

}  // namespace restante::accounts
