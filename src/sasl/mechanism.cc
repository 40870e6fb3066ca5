#include "sasl/mechanism.h"

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

using Made = std::unique_ptr<ServerMechanism>;

template <typename Mechanism>
Made make(const ExchangeContext& /*context*/) {
  return std::make_unique<Mechanism>();
}

Made make_cram_md5(const ExchangeContext& context) {
  return std::make_unique<CramMd5Server>(context);
}

template <Hash kHash, ScramServer::Binding kBinding>
Made make_scram(const ExchangeContext& context) {
  return std::make_unique<ScramServer>(kHash, kBinding, context);
}

template <BearerDialect kDialect>
Made make_bearer(const ExchangeContext& /*context*/) {
  return std::make_unique<BearerServer>(kDialect);
}

constexpr auto kPlus = ScramServer::Binding::kRequired;
constexpr auto kNoPlus = ScramServer::Binding::kNone;
constexpr auto kOauthBearer = BearerDialect::kOauthBearer;
constexpr auto kXoauth2 = BearerDialect::kXoauth2;

// What it takes: a password in clear, channel binding, a certificate.
constexpr std::array kMechanisms = {
    MechanismInfo{MechanismId::kScramSha256Plus, "SCRAM-SHA-256-PLUS", false, true, false,
                  &make_scram<Hash::kSha256, kPlus>},
    MechanismInfo{MechanismId::kScramSha256, "SCRAM-SHA-256", false, false, false,
                  &make_scram<Hash::kSha256, kNoPlus>},
    MechanismInfo{MechanismId::kScramSha1Plus, "SCRAM-SHA-1-PLUS", false, true, false,
                  &make_scram<Hash::kSha1, kPlus>},
    MechanismInfo{MechanismId::kScramSha1, "SCRAM-SHA-1", false, false, false,
                  &make_scram<Hash::kSha1, kNoPlus>},
    MechanismInfo{MechanismId::kExternal, "EXTERNAL", false, false, true, &make<ExternalServer>},
    MechanismInfo{MechanismId::kOauthBearer, "OAUTHBEARER", true, false, false,
                  &make_bearer<kOauthBearer>},
    MechanismInfo{MechanismId::kXoauth2, "XOAUTH2", true, false, false, &make_bearer<kXoauth2>},
    MechanismInfo{MechanismId::kPlain, "PLAIN", true, false, false, &make<PlainServer>},
    MechanismInfo{MechanismId::kLogin, "LOGIN", true, false, false, &make<LoginServer>},
    MechanismInfo{MechanismId::kCramMd5, "CRAM-MD5", false, false, false, &make_cram_md5},
};

}  // namespace

Step ServerMechanism::keys(const ScramKeys& /*keys*/, std::string_view /*nonce*/) {
  return Error(Errc::kState, "keys unasked");
}

Step ServerMechanism::refused() { return Error(Errc::kAuth, "refused"); }

std::span<const MechanismInfo> server_mechanisms() { return kMechanisms; }

const MechanismInfo* find_server_mechanism(std::string_view name) {
  for (const MechanismInfo& info : kMechanisms)
    if (equals_ignore_case(info.name, name)) return &info;
  return nullptr;
}

}  // namespace restante::sasl
