#include "sasl/choose_mechanism.h"

namespace restante::sasl {
namespace {

bool is_possible(const MechanismInfo& way, const ClientSituation& situation) {
  if (!situation.offered.has(way.id) || way.takes != situation.kind) return false;
  // MD5 proofs can be guessed from a recorded login, so they are used only where the owner allows
  // them.
  if (way.is_old_digest && !situation.old_digests) return false;
  // A token or a password itself goes over TLS alone, though a server may offer more in the clear.
  if (way.needs == Needs::kPrivacy) return situation.is_private;
  return way.needs != Needs::kBinding || !situation.bindings.empty();
}

/// The less, the less it gives away: an exchange, a digest, the secret itself.
int rank(const MechanismInfo& way) {
  if (way.is_old_digest) return 1;
  return way.needs == Needs::kPrivacy ? 2 : 0;
}

Error nothing_fits(const ClientSituation& situation) {
  if (situation.kind == CredentialKind::kCertificate)
    return Error(Errc::kNotFound, "the server offers no EXTERNAL for the client's certificate");
  // Before the other reasons: with TLS the server may well offer what is missing.
  if (!situation.is_private)
    return Error(Errc::kNotFound, "the server offers no login that is safe without TLS: use TLS");
  if (situation.kind == CredentialKind::kToken)
    return Error(Errc::kNotFound, "the server offers neither OAUTHBEARER nor XOAUTH2");
  return Error(Errc::kNotFound, "the server offers no login for passwords that we know");
}

}  // namespace

MechanismSet parse_mechanism_names(std::string_view names) {
  MechanismSet out;
  while (!names.empty()) {
    const std::size_t space = names.find(' ');
    // A name that we do not know is a mechanism that we do not have.
    if (const auto* const info = find_server_mechanism(names.substr(0, space))) out.add(info->id);
    names.remove_prefix(space == names.npos ? names.size() : space + 1);
  }
  return out;
}

Result<MechanismId> choose_mechanism(const ClientSituation& situation) {
  const MechanismInfo* best = nullptr;
  for (const MechanismInfo& way : login_ways())
    // Among equals the table's order decides, which has the stronger hash first.
    if (is_possible(way, situation) && (best == nullptr || rank(way) < rank(*best))) best = &way;
  if (best == nullptr) return nothing_fits(situation);
  return best->id;
}

std::unique_ptr<ClientMechanism> make_client_mechanism(MechanismId id,
                                                       const ClientSituation& situation,
                                                       ClientCredentials credentials) {
  return info_of(id).make_client(situation, std::move(credentials));
}

}  // namespace restante::sasl
