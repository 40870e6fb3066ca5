#include "sasl/choose_mechanism.h"

#include <array>

#include "sasl/bearer.h"
#include "sasl/cram_md5.h"
#include "sasl/external.h"
#include "sasl/login.h"
#include "sasl/plain.h"
#include "sasl/scram.h"

namespace restante::sasl {
namespace {

using Id = MechanismId;

constexpr std::array kForPasswords = {Id::kScramSha256Plus, Id::kScramSha256, Id::kScramSha1Plus,
                                      Id::kScramSha1};
constexpr std::array kInClear = {Id::kPlain, Id::kLogin};
constexpr std::array kForTokens = {Id::kOauthBearer, Id::kXoauth2};

bool is_plus(Id id) { return id == Id::kScramSha256Plus || id == Id::kScramSha1Plus; }

/// The first of `wanted` that is offered, with channel binding only where there is one.
std::optional<Id> first_offered(const ClientSituation& situation, std::span<const Id> wanted) {
  for (const Id id : wanted)
    if (situation.offered.has(id) && !(is_plus(id) && situation.bindings.empty())) return id;
  return std::nullopt;
}

std::optional<LoginMethod> for_password(const ClientSituation& situation) {
  if (const auto id = first_offered(situation, kForPasswords)) return *id;
  if (situation.old_digests && situation.offered.has(Id::kCramMd5)) return Id::kCramMd5;
  if (situation.old_digests && situation.apop_offered) return Apop();
  if (!situation.is_private) return std::nullopt;
  if (const auto id = first_offered(situation, kInClear)) return *id;
  return std::nullopt;
}

Error nothing_fits(const ClientSituation& situation) {
  if (situation.kind == CredentialKind::kCertificate)
    return Error(Errc::kNotFound, "the server offers no EXTERNAL for the client's certificate");
  if (!situation.is_private)
    return Error(Errc::kNotFound, "the server offers no login that is safe without TLS: use TLS");
  if (situation.kind == CredentialKind::kToken)
    return Error(Errc::kNotFound, "the server offers neither OAUTHBEARER nor XOAUTH2");
  return Error(Errc::kNotFound, "the server offers no login for passwords that we know");
}

/// RFC 5802 s.6: 'y' is only for a server that offers no channel binding at all.
ScramBinding binding_for(Id id, const ClientSituation& situation) {
  if (is_plus(id) && !situation.bindings.empty()) return {'p', situation.bindings.front()};
  const bool server_can =
      situation.offered.has(Id::kScramSha256Plus) || situation.offered.has(Id::kScramSha1Plus);
  return {situation.bindings.empty() || server_can ? 'n' : 'y', {}};
}

std::unique_ptr<ClientMechanism> make_scram(Id id, const ClientSituation& situation,
                                            ClientCredentials credentials) {
  const bool old = id == Id::kScramSha1 || id == Id::kScramSha1Plus;
  return std::make_unique<ScramClient>(old ? Hash::kSha1 : Hash::kSha256, std::move(credentials),
                                       binding_for(id, situation), make_nonce());
}

}  // namespace

MechanismSet parse_mechanism_names(std::string_view names) {
  MechanismSet out;
  while (!names.empty()) {
    const std::size_t space = names.find(' ');
    if (const auto* const info = find_server_mechanism(names.substr(0, space))) out.add(info->id);
    names.remove_prefix(space == names.npos ? names.size() : space + 1);
  }
  return out;
}

Result<LoginMethod> choose_mechanism(const ClientSituation& situation) {
  std::optional<LoginMethod> found;
  if (situation.kind == CredentialKind::kPassword) found = for_password(situation);
  if (situation.kind == CredentialKind::kCertificate && situation.offered.has(Id::kExternal))
    found = Id::kExternal;
  if (situation.kind == CredentialKind::kToken && situation.is_private)
    if (const auto id = first_offered(situation, kForTokens)) found = *id;
  if (!found) return nothing_fits(situation);
  return *found;
}

std::unique_ptr<ClientMechanism> make_client_mechanism(MechanismId id,
                                                       const ClientSituation& situation,
                                                       ClientCredentials credentials) {
  using Dialect = BearerDialect;
  switch (id) {
    case Id::kScramSha256Plus:
    case Id::kScramSha256:
    case Id::kScramSha1Plus:
    case Id::kScramSha1: return make_scram(id, situation, std::move(credentials));
    case Id::kExternal: return std::make_unique<ExternalClient>(credentials.authorization);
    case Id::kOauthBearer:
    case Id::kXoauth2:
      return std::make_unique<BearerClient>(
          id == Id::kXoauth2 ? Dialect::kXoauth2 : Dialect::kOauthBearer, std::move(credentials),
          situation.service);
    case Id::kPlain: return std::make_unique<PlainClient>(std::move(credentials));
    case Id::kLogin: return std::make_unique<LoginClient>(std::move(credentials));
    case Id::kCramMd5: return std::make_unique<CramMd5Client>(std::move(credentials));
  }
  return nullptr;
}

}  // namespace restante::sasl
