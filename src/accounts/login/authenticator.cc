#include "accounts/login/authenticator.h"

#include <sodium.h>

#include <array>

#include "accounts/login/login_name.h"
#include "accounts/login/nobodys_price.h"
#include "accounts/login/verified_cache.h"
#include "accounts/names/name_memory.h"
#include "accounts/passwords/device_password.h"
#include "accounts/passwords/password.h"
#include "base/check.h"
#include "base/limits.h"

namespace restante::accounts {
namespace {

/// Before the first login, an unknown name is compared with this. Its password is random and
/// forgotten.
std::string make_dummy_secret() {
  std::array<unsigned char, 16> random{};
  randombytes_buf(random.data(), random.size());
  std::array<char, 2 * random.size() + 1> text{};
  sodium_bin2hex(text.data(), text.size(), random.data(), random.size());
  auto secret = make_secret(std::string_view(text.data(), text.size() - 1));
  RESTANTE_CHECK(secret.has_value());
  return *secret;
}

/// The fault is ours, not the user's: it must not look like a wrong password. A secret that
/// cannot be verified stays so tomorrow, so it is kCorrupt: a client that tries on would hide the
/// fault from its user.
Error beyond_check(const Account& account, const Error& why) {
  const Errc code = why.code == Errc::kSyntax ? Errc::kCorrupt : Errc::kIo;
  return Error(code, "account " + account.name + ": " + why.detail);
}

bool could_be_password(std::string_view password) {
  return !password.empty() && password.size() <= limits::kPasswordBytesMax;
}

}  // namespace

struct Authenticator::State {
  State(Directory& d, const Clock& c, AuthenticatorSettings s)
      : directory(d),
        clock(c),
        rules(std::move(s.default_domain), s.fold_local_part),
        local_age_max(s.cache_age_max),
        remote_age_max(s.slow_cache_age_max),
        dummy_secret(make_dummy_secret()),
        price(dummy_secret),
        cache(s.cache_entries_max),
        leads(s.cache_entries_max) {}

  Candidate nobody(std::string_view name, bool remote) const;
  std::vector<std::string> names_asked(const std::vector<std::string>& names) const;
  std::optional<Account> recall_remote(const std::vector<std::string>& names,
                                       std::string_view password, std::string_view peer);
  std::optional<Account> as_it_is_now(const Account& remembered, std::string_view password,
                                      std::string_view peer);
  void forget(const std::vector<std::string>& names);
  void remember(const Candidate& candidate, std::string_view password, std::string_view peer);
  bool log_in_device(Account& account, std::string_view password);

  Directory& directory;
  const Clock& clock;
  const NameRules rules;
  const std::chrono::milliseconds local_age_max;
  const std::chrono::milliseconds remote_age_max;
  const std::string dummy_secret;
  NobodysPrice price;
  VerifiedCache cache;
  NameMemory leads;  ///< From the name asked for to the account's own, where they differ.
};

/// A name that does not exist, at the price of one that does.
Candidate Authenticator::State::nobody(std::string_view name, bool remote) const {
  Candidate out;
  out.remote = remote;
  if (auto own = directory.nobody(name)) {
    // What it would cost there: an LDAP bind, for instance, as a name that does not exist.
    out.account = std::move(*own);
  } else {
    out.account.secret = price.secret_for(name).view();
  }
  out.account.name.clear();
  return out;
}

/// Every name that a slow back end may have found the account under: as typed, prepared, and in the
/// other spellings; and the account that the name led to before.
std::vector<std::string> Authenticator::State::names_asked(
    const std::vector<std::string>& names) const {
  std::vector<std::string> all = names;
  // A name in letters was found under one of its spellings, and which one the back end alone knows.
  for (std::string& other : other_spellings(names.back(), rules.fold_local_part))
    all.push_back(std::move(other));
  if (auto account = leads.recall(names.front())) all.push_back(*std::move(account));
  return all;
}

/// A slow back end is believed for a while; the settings that are stored here count as they are
/// now.
std::optional<Account> Authenticator::State::as_it_is_now(const Account& remembered,
                                                          std::string_view password,
                                                          std::string_view peer) {
  auto account = directory.with_present_settings(remembered);
  // Disabled or limited here since then: this counts at once.
  if (!account || !account->may_log_in(peer)) return std::nullopt;
  const bool by_device = !remembered.device.empty();
  if (by_device && !log_in_device(*account, password)) return std::nullopt;
  return *std::move(account);
}

std::optional<Account> Authenticator::State::recall_remote(const std::vector<std::string>& names,
                                                           std::string_view password,
                                                           std::string_view peer) {
  for (const std::string& name : names_asked(names)) {
    CredentialQuestion question{name, password, {}, {}, true, names.front()};
    // Most accounts do not depend on the address, and their answer is kept without one.
    for (const std::string_view from : {std::string_view(), peer}) {
      question.peer = from;
      const auto answer = cache.ask(question, clock.now(), remote_age_max);
      if (answer.yes) return as_it_is_now(*answer.account, password, peer);
      if (peer.empty()) break;
    }
  }
  return std::nullopt;
}

void Authenticator::State::forget(const std::vector<std::string>& names) {
  for (const std::string& name : names_asked(names)) cache.forget(name);
}

/// True when this is the password of a device of the account, which is then noted in it. One fast
/// hash for all its devices, also when it has none: no reason to remember the answer, unless the
/// account is a slow back end's, and none to measure.
bool Authenticator::State::log_in_device(Account& account, std::string_view password) {
  const auto tag = device_tag(account.name, password);
  if (!tag) return false;
  // All of them are compared, so that the time does not tell which device it was.
  const Device* found = nullptr;
  for (const Device& device : account.devices)
    if (same_tag(device.tag, *tag)) found = &device;
  if (found == nullptr) return false;
  account.device = found->label;
  directory.device_used(account, clock.now());
  return true;
}

void Authenticator::State::remember(const Candidate& candidate, std::string_view password,
                                    std::string_view peer) {
  const Account& account = candidate.account;
  CredentialQuestion question{account.name, password, account.secret, {}, candidate.remote, {}};
  if (account.peer_matters) question.peer = peer;
  if (!candidate.remote) return cache.remember(question, clock.now(), nullptr);
  // A slow back end's secret is not known when the question comes up again: only the age bounds the
  // answer.
  question.secret = {};
  question.asked = candidate.asked;
  if (account.name != candidate.asked) leads.note(candidate.asked, account.name);
  auto kept = std::make_shared<Account>(account);
  // An answer holds for its password, whose tag it has: the secret itself is of no more use.
  wipe(kept->secret);
  std::erase_if(kept->devices,
                [&account](const Device& device) { return device.label != account.device; });
  question.device = !account.device.empty();
  cache.remember(question, clock.now(), std::move(kept));
}

Authenticator::Authenticator(Directory& directory, const Clock& clock,
                             AuthenticatorSettings settings)
    : state_(std::make_unique<State>(directory, clock, std::move(settings))) {}

Authenticator::~Authenticator() = default;

std::optional<Account> Authenticator::check_cached(std::string_view name, std::string_view password,
                                                   std::string_view peer) {
  // What can be no password must not cost a look-up, nor a place in the cache.
  if (!could_be_password(password)) return std::nullopt;
  const std::vector<std::string> names = login_names(name, state_->rules);
  if (names.empty()) return std::nullopt;
  // Asked each time where that is possible, so that a removed or disabled account and a changed
  // secret count at once.
  auto account = find_login_now(state_->directory, names);
  if (!account) {
    // The back end is asked, which reads the file again.
    // A file that has changed may say something else than the cache.
    if (state_->directory.is_behind()) return std::nullopt;
    return state_->recall_remote(names, password, peer);
  }
  if (!*account || !(*account)->may_log_in(peer)) return std::nullopt;
  // A fast hash of the tag: no cache is needed.
  if (state_->log_in_device(**account, password)) return std::move(**account);
  CredentialQuestion question{(*account)->name, password, (*account)->secret, {}, false, {}};
  if ((*account)->peer_matters) question.peer = peer;
  const auto answer = state_->cache.ask(question, state_->clock.now(), state_->local_age_max);
  if (!answer.yes) return std::nullopt;
  return std::move(**account);
}

Result<Candidate> Authenticator::look_up(std::string_view name) {
  const std::vector<std::string> names = login_names(name, state_->rules);
  // A name that cannot be one costs the same as one that does not exist.
  if (names.empty()) return state_->nobody({}, false);
  auto at_once = find_login_now(state_->directory, names);
  const bool remote = !at_once;
  auto account = at_once ? std::move(*at_once) : find_login(state_->directory, names);
  if (account) {
    Candidate found;
    found.account = std::move(*account);
    found.exists = true;
    // Not every account of a slow chain is slow: one of the first back end's files is not.
    found.remote = remote && state_->directory.is_slow_for(found.account);
    found.asked = names.front();
    const bool is_locked = found.account.no_login && found.account.secret.empty();
    if (!is_locked) state_->price.note(found.account);
    // There is no password to compare with; the refusal costs what an unknown name costs.
    if (is_locked) found.account.secret = state_->price.secret_for(found.account.name).view();
    return found;
  }
  // The back end cannot say: an outage must not look like an unknown name.
  if (account.error().code != Errc::kNotFound)
    return Error(Errc::kIo, std::move(account).error().detail);
  // Removed there: what was remembered of it must go.
  if (remote) state_->forget(names);
  // By what all its spellings have in common, as an account's would be the same under all of them.
  const std::string key = spelling_key(names.back(), state_->rules.fold_local_part);
  Candidate nobody = state_->nobody(key, remote);
  nobody.missing = std::move(account).error().detail;
  return nobody;
}

Result<Account> Authenticator::check(Candidate candidate, std::string_view password,
                                     std::string_view peer) {
  Account& account = candidate.account;
  Status verified = ok();
  if (!could_be_password(password)) {
    // As slow as a wrong password, so that its length cannot be measured by the time.
    verified = verify_password(state_->dummy_secret, password.substr(0, limits::kPasswordBytesMax));
    return Error(Errc::kAuth, "not a possible password");
  }
  if (candidate.exists && account.may_log_in(peer) && state_->log_in_device(account, password)) {
    if (candidate.remote) state_->remember(candidate, password, peer);
    return std::move(account);
  }
  verified = state_->directory.check_password(account, password, peer);
  const Status admitted = admit(account, peer);
  // A fault of the account or of the back end, and not of the password.
  if (!verified && verified.error().code != Errc::kAuth)
    return account.fault.empty() ? beyond_check(account, verified.error()) : admitted.error();
  if (!candidate.exists)
    return Error(Errc::kAuth, candidate.missing.empty() ? "no such account" : candidate.missing);
  const bool barred = !account.enabled || account.no_login;
  // Barred at the back end: the remembered answer must not let it in for a while longer.
  if (barred && candidate.remote) state_->cache.forget(account.name);
  // The operator is told of the network, with a right and with a wrong password; the client hears
  // of neither.
  const bool is_told = !account.allows(peer) || !account.fault.empty();
  // For a right password, too, since which of the two it was is not the client's to know.
  if (!verified && !admitted && is_told) return admitted.error();
  if (!verified) return std::move(verified).error();
  RESTANTE_CHECKED(Status(admitted));
  state_->remember(candidate, password, peer);
  return std::move(account);
}

Result<Account> Authenticator::check(std::string_view name, std::string_view password,
                                     std::string_view peer) {
  RESTANTE_TRY(Candidate candidate, look_up(name));
  return check(std::move(candidate), password, peer);
}

void Authenticator::forget() {
  state_->cache.clear();
  state_->leads.clear();
}

}  // namespace restante::accounts
