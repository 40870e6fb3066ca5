#include "sasl/choose_mechanism.h"

#include <gtest/gtest.h>

#include "sasl/base64.h"
#include "sasl/crypto.h"
#include "sasl/scram_keys.h"

namespace restante::sasl {
namespace {

using Id = MechanismId;

const MechanismSet kAll = {
    Id::kScramSha256Plus, Id::kScramSha256, Id::kScramSha1Plus, Id::kScramSha1, Id::kExternal,
    Id::kOauthBearer,     Id::kXoauth2,     Id::kPlain,         Id::kLogin,     Id::kCramMd5};

ClientSituation situation(MechanismSet offered, bool is_private) {
  ClientSituation out;
  out.offered = offered;
  out.is_private = is_private;
  if (is_private) out.bindings = {{"tls-exporter", "exported"}, {"tls-unique", "finished"}};
  out.service = {"pop.example.test", 995};
  return out;
}

/// All that are chosen, one after another, as each is taken from the offer.
std::vector<Id> preferences(ClientSituation where) {
  std::vector<Id> out;
  for (auto chosen = choose_mechanism(where); chosen; chosen = choose_mechanism(where)) {
    out.push_back(*chosen);
    where.offered.remove(out.back());
  }
  return out;
}

TEST(ChooseMechanism, PrefersWhatGivesLeastAway) {
  EXPECT_EQ(preferences(situation(kAll, true)),
            (std::vector{Id::kScramSha256Plus, Id::kScramSha256, Id::kScramSha1Plus, Id::kScramSha1,
                         Id::kPlain, Id::kLogin}));
}

TEST(ChooseMechanism, SaysNoPasswordWhereOthersRead) {
  EXPECT_EQ(preferences(situation(kAll, false)), (std::vector{Id::kScramSha256, Id::kScramSha1}));
  const auto none = choose_mechanism(situation({Id::kPlain, Id::kLogin, Id::kCramMd5}, false));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::kNotFound);
  EXPECT_NE(none.error().detail.find("use TLS"), std::string::npos);
  ClientSituation token = situation(kAll, false);
  token.kind = CredentialKind::kToken;
  EXPECT_TRUE(preferences(token).empty());
}

TEST(ChooseMechanism, TakesOldDigestsOnlyWhenAsked) {
  ClientSituation where = situation({Id::kCramMd5}, false);
  where.offered.add(Id::kApop);
  EXPECT_FALSE(choose_mechanism(where));
  where.old_digests = true;
  EXPECT_EQ(choose_mechanism(where).value(), Id::kCramMd5);
  where.offered.remove(Id::kCramMd5);
  EXPECT_EQ(choose_mechanism(where).value(), Id::kApop);
  where.offered.add(Id::kScramSha1);
  EXPECT_EQ(choose_mechanism(where).value(), Id::kScramSha1);
}

TEST(ChooseMechanism, SaysUserLast) {
  ClientSituation where = situation({Id::kUser, Id::kLogin}, true);
  EXPECT_EQ(preferences(where), (std::vector{Id::kLogin, Id::kUser}));
  where.is_private = false;
  EXPECT_FALSE(choose_mechanism(where));
}

TEST(ChooseMechanism, FollowsTheCredentials) {
  ClientSituation where = situation(kAll, true);
  where.kind = CredentialKind::kToken;
  EXPECT_EQ(preferences(where), (std::vector{Id::kOauthBearer, Id::kXoauth2}));
  where.kind = CredentialKind::kCertificate;
  EXPECT_EQ(preferences(where), (std::vector{Id::kExternal}));
}

TEST(ChooseMechanism, ReadsTheListsOfServers) {
  EXPECT_EQ(parse_mechanism_names("plain GSSAPI  SCRAM-SHA-256 "),
            (MechanismSet{Id::kPlain, Id::kScramSha256}));
  EXPECT_EQ(parse_mechanism_names(""), MechanismSet());
}

/// How an exchange ended at the server, when its password is "pencil" and its token "good".
struct End {
  bool let_in = false;
  bool client_finished = false;
};

bool is_good(const Step& step) {
  if (const auto* const shown = std::get_if<Credentials>(&step))
    return shown->password.view() == "pencil";
  if (const auto* const digest = std::get_if<Digest>(&step))
    return hmac_md5_hex("pencil", digest->challenge).value() == digest->digest;
  if (const auto* const token = std::get_if<Token>(&step)) return token->token.view() == "good";
  return std::holds_alternative<Proven>(step) || std::holds_alternative<External>(step);
}

End run(Id id, const ClientSituation& where, std::string_view secret) {
  ExchangeContext context{situation({}, true).bindings, where.is_private, "<1.2@example.test>"};
  const auto server = info_of(id).make_server(context);
  const auto client = make_client_mechanism(id, where, {"user", {}, SecretString(secret)});
  const auto initial = client->start().value();
  Step step = initial ? server->start(initial->view()) : server->start(std::nullopt);
  for (int i = 0; i < 10; ++i) {
    if (const auto* const wanted = std::get_if<KeysWanted>(&step)) {
      step = server->keys(derive_scram_keys(wanted->hash, "pencil", "salt", 4096), make_nonce());
    } else if (const auto* const challenge = std::get_if<Challenge>(&step)) {
      const auto answer = client->respond(challenge->bytes);
      if (!answer) return {};
      step = server->respond(*answer);
    } else if (std::holds_alternative<Token>(step) && !is_good(step)) {
      step = server->refused();
    } else {
      break;
    }
  }
  return {is_good(step), client->finished()};
}

TEST(ClientsAndServers, UnderstandEachOther) {
  const ClientSituation where = situation(kAll, true);
  for (const MechanismInfo& info : server_mechanisms()) {
    const bool token = info.takes == CredentialKind::kToken;
    const End right = run(info.id, where, token ? "good" : "pencil");
    EXPECT_TRUE(right.let_in) << info.name;
    EXPECT_TRUE(right.client_finished) << info.name;
    EXPECT_EQ(run(info.id, where, "wrong").let_in, info.id == Id::kExternal) << info.name;
  }
}

TEST(ClientsAndServers, SeeAChannelThatIsNotTheSame) {
  ClientSituation where = situation(kAll, true);
  where.bindings = {{"tls-exporter", "of somebody in between"}};
  EXPECT_FALSE(run(Id::kScramSha256Plus, where, "pencil").let_in);
  EXPECT_FALSE(run(Id::kScramSha1Plus, where, "pencil").let_in);
}

TEST(ClientsAndServers, SeeThatPlusWasTakenFromTheOffer) {
  EXPECT_FALSE(run(Id::kScramSha256, situation({Id::kScramSha256}, true), "pencil").let_in);
  EXPECT_TRUE(run(Id::kScramSha256, situation(kAll, true), "pencil").let_in);
}

}  // namespace
}  // namespace restante::sasl
