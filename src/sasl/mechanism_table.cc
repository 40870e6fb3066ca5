#include "sasl/mechanism_table.h"

#include <array>

#include "base/ascii.h"
#include "sasl/bearer.h"
#include "sasl/cram_md5.h"
#include "sasl/external.h"
#include "sasl/login.h"
#include "sasl/plain.h"
#include "sasl/scram.h"

namespace restante::sasl {
namespace {

using Id = MechanismId;
using Kind = CredentialKind;
using Server = std::unique_ptr<ServerMechanism>;
using Client = std::unique_ptr<ClientMechanism>;

template <typename Mechanism>
Server serve(const ExchangeContext& /*context*/) {
  return std::make_unique<Mechanism>();
}

Server serve_cram_md5(const ExchangeContext& context) {
  return std::make_unique<CramMd5Server>(context);
}

template <Hash kHash, ScramServer::Binding kBinding>
Server serve_scram(const ExchangeContext& context) {
  return std::make_unique<ScramServer>(kHash, kBinding, context);
}

template <BearerDialect kDialect>
Server serve_bearer(const ExchangeContext& /*context*/) {
  return std::make_unique<BearerServer>(kDialect);
}

template <typename Mechanism>
Client use(const ClientSituation& /*situation*/, ClientCredentials credentials) {
  return std::make_unique<Mechanism>(std::move(credentials));
}

template <Hash kHash, ScramServer::Binding kBinding>
Client use_scram(const ClientSituation& situation, ClientCredentials credentials) {
  const bool is_plus = kBinding == ScramServer::Binding::kRequired;
  return std::make_unique<ScramClient>(kHash, std::move(credentials),
                                       binding_for(is_plus, situation), make_nonce());
}

template <BearerDialect kDialect>
Client use_bearer(const ClientSituation& situation, ClientCredentials credentials) {
  return std::make_unique<BearerClient>(kDialect, std::move(credentials), situation.service);
}

constexpr auto kPlus = ScramServer::Binding::kRequired;
constexpr auto kNoPlus = ScramServer::Binding::kNone;
constexpr auto kOauthBearer = BearerDialect::kOauthBearer;
constexpr auto kXoauth2 = BearerDialect::kXoauth2;

constexpr std::array kWays = {
    MechanismInfo{.id = Id::kScramSha256Plus,
                  .name = "SCRAM-SHA-256-PLUS",
                  .needs = Needs::kBinding,
                  .scram = Hash::kSha256,
                  .says_authorization = true,
                  .make_server = &serve_scram<Hash::kSha256, kPlus>,
                  .make_client = &use_scram<Hash::kSha256, kPlus>},
    MechanismInfo{.id = Id::kScramSha256,
                  .name = "SCRAM-SHA-256",
                  .needs = Needs::kNothing,
                  .scram = Hash::kSha256,
                  .says_authorization = true,
                  .make_server = &serve_scram<Hash::kSha256, kNoPlus>,
                  .make_client = &use_scram<Hash::kSha256, kNoPlus>},
    MechanismInfo{.id = Id::kScramSha1Plus,
                  .name = "SCRAM-SHA-1-PLUS",
                  .needs = Needs::kBinding,
                  .scram = Hash::kSha1,
                  .says_authorization = true,
                  .make_server = &serve_scram<Hash::kSha1, kPlus>,
                  .make_client = &use_scram<Hash::kSha1, kPlus>},
    MechanismInfo{.id = Id::kScramSha1,
                  .name = "SCRAM-SHA-1",
                  .needs = Needs::kNothing,
                  .scram = Hash::kSha1,
                  .says_authorization = true,
                  .make_server = &serve_scram<Hash::kSha1, kNoPlus>,
                  .make_client = &use_scram<Hash::kSha1, kNoPlus>},
    MechanismInfo{.id = Id::kExternal,
                  .name = "EXTERNAL",
                  .takes = Kind::kCertificate,
                  .needs = Needs::kCertificate,
                  .says_authorization = true,
                  .make_server = &serve<ExternalServer>,
                  .make_client = &use<ExternalClient>},
    MechanismInfo{.id = Id::kOauthBearer,
                  .name = "OAUTHBEARER",
                  .takes = Kind::kToken,
                  .needs = Needs::kPrivacy,
                  .says_authorization = true,
                  .make_server = &serve_bearer<kOauthBearer>,
                  .make_client = &use_bearer<kOauthBearer>},
    MechanismInfo{.id = Id::kXoauth2,
                  .name = "XOAUTH2",
                  .takes = Kind::kToken,
                  .needs = Needs::kPrivacy,
                  .make_server = &serve_bearer<kXoauth2>,
                  .make_client = &use_bearer<kXoauth2>},
    MechanismInfo{.id = Id::kPlain,
                  .name = "PLAIN",
                  .needs = Needs::kPrivacy,
                  .says_authorization = true,
                  .make_server = &serve<PlainServer>,
                  .make_client = &use<PlainClient>},
    MechanismInfo{.id = Id::kLogin,
                  .name = "LOGIN",
                  .needs = Needs::kPrivacy,
                  .make_server = &serve<LoginServer>,
                  .make_client = &use<LoginClient>},
    MechanismInfo{.id = Id::kCramMd5,
                  .name = "CRAM-MD5",
                  .needs = Needs::kNothing,
                  .is_old_digest = true,
                  .make_server = &serve_cram_md5,
                  .make_client = &use<CramMd5Client>},
    // The two commands take no part in AUTH, so they have no sides to make: the sessions speak
    // them.
    MechanismInfo{.id = Id::kApop, .name = "APOP", .needs = Needs::kNothing, .is_old_digest = true},
    MechanismInfo{.id = Id::kUser, .name = "USER", .needs = Needs::kPrivacy},
};
constexpr std::size_t kCommands = 2;

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < kWays.size(); ++i)
    if (kWays[i].id != static_cast<Id>(i)) return false;
  return kWays.back().id == Id::kUser;
}
static_assert(is_in_order(), "a row stands at the place of its id");

/// with_bound_forms() finds them by their hash.
constexpr bool bound_ones_are_scram() {
  for (const MechanismInfo& way : kWays)
    if (way.needs == Needs::kBinding && !way.scram) return false;
  return true;
}
static_assert(bound_ones_are_scram());

const MechanismInfo* find(std::span<const MechanismInfo> among, std::string_view name) {
  for (const MechanismInfo& info : among)
    if (equals_ignore_case(info.name, name)) return &info;
  return nullptr;
}

}  // namespace

std::span<const MechanismInfo> login_ways() { return kWays; }

std::span<const MechanismInfo> server_mechanisms() {
  // They stand at the end, which is_in_order() holds.
  return login_ways().first(kWays.size() - kCommands);
}

std::vector<std::string_view> names_of(std::span<const MechanismInfo> ways) {
  std::vector<std::string_view> out;
  for (const MechanismInfo& way : ways) out.push_back(way.name);
  return out;
}

const MechanismInfo& info_of(MechanismId id) { return kWays[static_cast<std::size_t>(id)]; }

const MechanismInfo* find_server_mechanism(std::string_view name) {
  return find(server_mechanisms(), name);
}

const MechanismInfo* find_login_way(std::string_view name) { return find(login_ways(), name); }

bool has_bound_form(MechanismSet mechanisms) {
  return std::any_of(kWays.begin(), kWays.end(), [&](const MechanismInfo& way) {
    return way.needs == Needs::kBinding && mechanisms.has(way.id);
  });
}

MechanismSet with_bound_forms(MechanismSet mechanisms) {
  MechanismSet out = mechanisms;
  // Every hash has its bound form: who allows the one has no reason to keep out the safer one.
  for (const MechanismInfo& bound : kWays)
    for (const MechanismInfo& plain : kWays)
      if (bound.needs == Needs::kBinding && plain.scram == bound.scram && mechanisms.has(plain.id))
        out.add(bound.id);
  return out;
}

}  // namespace restante::sasl
