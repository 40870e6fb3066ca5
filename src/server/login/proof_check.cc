#include "server/login/proof_check.h"

#include "accounts/login/digest_login.h"
#include "accounts/login/login_name.h"
#include "server/common/back_ends.h"
#include "server/login/ask_accounts.h"
#include "server/measures/measures.h"

namespace restante::server {
namespace {

using AccountResult = Result<accounts::Account>;

/// A source that sends wrong passwords by the hundred waits for its own alone.
template <typename Work>
net::Task<std::invoke_result_t<Work&>> in_turn(net::BlockingPool& pool, std::uint64_t source,
                                               Work work) {
  auto done = co_await pool.run_fair(source, work);
  if (!done) co_return Error(Errc::kLimit, "too many logins wait for their turn");
  co_return std::move(*done);
}

net::Task<AccountResult> check_password(SessionContext& context,
                                        const pop3::Credentials& credentials) {
  accounts::Authenticator& authenticator = context.services.authenticator;
  const std::string peer = context.login_peer();
  // On the event loop: clients that poll every minute are most logins, and none of them costs a
  // thread.
  auto cached = authenticator.check_cached(credentials.name, credentials.password, peer);
  if (cached) co_return std::move(*cached);
  auto look_up = [&] { return authenticator.look_up(credentials.name); };
  Measures& measures = *context.services.measures;
  std::optional<Stopwatch> watch(std::in_place, measures.step(LoginStep::kLookup));
  auto candidate = co_await ask_accounts(context, net::Errand::kOwner, credentials.name, look_up);
  watch.reset();
  // "Later", and never "wrong": a back end that is down does not know.
  if (!candidate) co_return std::move(candidate).error();
  auto work = [&] {
    return authenticator.check(std::move(*candidate), credentials.password, peer);
  };
  // Looked up and checked apart, because only then is it known which pool the check belongs on.
  // Checks that wait for a back end must not hold up the hashes, nor the hashes these checks.
  const bool remote = candidate->account.asks_back_end();
  const std::uint32_t source = candidate->account.source;
  Services& services = context.services;
  net::BlockingPool& pool = remote ? services.account_pools.passwords(source) : services.hash_pool;
  watch.emplace(measures.step(remote ? LoginStep::kBackEnd : LoginStep::kHash));
  auto checked = co_await in_turn(pool, context.fair_source(credentials.name), work);
  co_return checked;
}

/// The account of the first of these names that exists and may log in.
AccountResult first_of(SessionContext& context, const accounts::NameRules& rules,
                       const std::vector<std::string>& names) {
  const std::string peer = context.login_peer();
  Error refused(Errc::kAuth, "no such account, or it is disabled");
  // The last reason is told; the first that fits wins.
  for (const std::string& name : names) {
    auto account = accounts::find_login(context.services.directory, name, rules);
    if (!account && account.error().code != Errc::kNotFound) return account;
    if (!account) continue;
    const Status admitted = accounts::admit(*account, peer);
    // A certificate may name several accounts, of which one is disabled: the others are tried.
    if (admitted) return account;
    refused = admitted.error();
  }
  return refused;
}

/// The token is looked at on a thread where a slow issuer does not hold up other logins; then its
/// account.
net::Task<AccountResult> check_token(SessionContext& context,
                                     const pop3::Credentials& credentials) {
  Services& services = context.services;
  if (services.tokens == nullptr || services.token_pool == nullptr)
    co_return Error(Errc::kAuth, "no tokens are taken");
  auto work = [&] { return services.tokens->verify(credentials.password, credentials.name); };
  const std::uint64_t source = context.fair_source(credentials.name);
  std::optional<Stopwatch> watch(std::in_place, services.measures->step(LoginStep::kBackEnd));
  auto name = co_await in_turn(*services.token_pool, source, work);
  watch.reset();
  if (!name) co_return std::move(name).error();
  const accounts::NameRules rules = context.settings->config.accounts.names;
  const std::vector<std::string> names{*name};
  auto look_up = [&] { return first_of(context, rules, names); };
  auto account = co_await ask_accounts(context, net::Errand::kOwner, *name, look_up);
  co_return account;
}

/// The identities of a certificate, cut down to the one that the client asks for.
std::vector<std::string> wanted_identities(const SessionContext& context,
                                           const std::string& authorization,
                                           const accounts::NameRules& rules) {
  const net::TlsStream* const tls = context.connection.tls();
  // Nothing that was not proved by a handshake of this very connection.
  std::vector<std::string> identities;
  // Behind a proxy that ends TLS the certificate is the proxy's.
  if (tls != nullptr && context.client_tls.is_own()) identities = tls->client_identities();
  if (authorization.empty()) return identities;
  // A certificate that names several accounts needs a word about which is meant.
  std::erase_if(identities, [&](const std::string& identity) {
    return !accounts::is_same_login(identity, authorization, rules);
  });
  return identities;
}

net::Task<AccountResult> check_certificate(SessionContext& context,
                                           const pop3::Credentials& credentials) {
  const net::TlsStream* const tls = context.connection.tls();
  // Not kAuth: a list of revoked certificates that has run out is the operator's matter, and the
  // user shall try later.
  std::string doubt = tls == nullptr ? std::string() : tls->certificate_in_doubt();
  if (!doubt.empty()) co_return Error(Errc::kIo, std::move(doubt));
  const accounts::NameRules rules = context.settings->config.accounts.names;
  const auto identities = wanted_identities(context, credentials.authorization, rules);
  auto look_up = [&] { return first_of(context, rules, identities); };
  auto account = co_await ask_accounts(context, net::Errand::kOwner, credentials.name, look_up);
  co_return account;
}

net::Task<AccountResult> check_digest(SessionContext& context, const pop3::Credentials& credentials,
                                      accounts::DigestAttempt::Kind kind) {
  const accounts::NameRules rules = context.settings->config.accounts.names;
  accounts::DigestAttempt attempt(kind, credentials.name, credentials.challenge,
                                  std::string(credentials.password.view()));
  attempt.peer = context.login_peer();
  // Needs the stored secret in the clear, and no hash: cheap enough for the pool of look-ups.
  auto work = [&] { return accounts::check_digest(context.services.directory, rules, attempt); };
  auto account = co_await ask_accounts(context, net::Errand::kOwner, credentials.name, work);
  co_return account;
}

net::Task<AccountResult> admit_proven(SessionContext& context, const pop3::Credentials& credentials,
                                      const accounts::ScramAnswer& scram) {
  const std::string peer = context.login_peer();
  auto work = [&] { return context.services.scram->admit(scram, peer); };
  auto account = co_await ask_accounts(context, net::Errand::kOwner, credentials.name, work);
  co_return account;
}

/// Takes the same turn as admit_proven(), and asks no back end.
net::Task<AccountResult> refuse_disproven(SessionContext& context,
                                          const pop3::Credentials& credentials,
                                          const accounts::ScramAnswer& scram) {
  auto work = [&scram]() -> AccountResult {
    // The keys were made up; the reason goes to the log alone.
    if (!scram.barred.empty()) return Error(Errc::kAuth, scram.barred);
    return Error(Errc::kAuth, "no such account, or wrong password");
  };
  auto refused = co_await ask_accounts(context, net::Errand::kOwner, credentials.name, work);
  co_return refused;
}

}  // namespace

net::Task<AccountResult> check_proof(SessionContext& context, const pop3::Credentials& credentials,
                                     const accounts::ScramAnswer& scram) {
  using Kind = accounts::DigestAttempt::Kind;
  switch (credentials.proof) {
    case pop3::Proof::kPassword: return check_password(context, credentials);
    case pop3::Proof::kToken: return check_token(context, credentials);
    case pop3::Proof::kCertificate: return check_certificate(context, credentials);
    case pop3::Proof::kApop: return check_digest(context, credentials, Kind::kApop);
    case pop3::Proof::kCramMd5: return check_digest(context, credentials, Kind::kCramMd5);
    case pop3::Proof::kProven: return admit_proven(context, credentials, scram);
    case pop3::Proof::kDisproven: break;
  }
  return refuse_disproven(context, credentials, scram);
}

net::Task<Result<accounts::ScramAnswer>> scram_keys(SessionContext& context,
                                                    pop3::FetchKeys wanted) {
  accounts::ScramKeyring* const keyring = context.services.scram;
  // Keys that were made up for a name that does not exist end here as well, after the same
  // exchange.
  if (keyring == nullptr) co_return Error(Errc::kIo, "no SCRAM here");
  const std::string peer = context.login_peer();
  auto work = [&wanted, &peer, keyring] { return keyring->keys(wanted.hash, wanted.name, peer); };
  Services& services = context.services;
  // A directory that is asked over the network has pools that may wait; one on this disk has not.
  net::BlockingPool& pool = services.directory.is_slow()
                                ? services.account_pools.lookups(net::Errand::kOwner)
                                : services.hash_pool;
  auto answer = co_await in_turn(pool, context.fair_source(wanted.name), work);
  co_return answer;
}

}  // namespace restante::server
