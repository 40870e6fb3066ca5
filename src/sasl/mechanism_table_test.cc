#include "sasl/mechanism_table.h"

#include <gtest/gtest.h>

#include "sasl/mechanism.h"

namespace restante::sasl {
namespace {

TEST(Mechanisms, AreFoundWithoutRegardToCase) {
  ASSERT_NE(find_server_mechanism("plain"), nullptr);
  EXPECT_EQ(find_server_mechanism("Login")->name, "LOGIN");
  EXPECT_EQ(find_server_mechanism(""), nullptr);
  EXPECT_EQ(find_server_mechanism("PLAIN "), nullptr);
  EXPECT_EQ(find_server_mechanism("GSSAPI"), nullptr);
}

TEST(Mechanisms, AreFoundByTheNamesTheyAreListedUnder) {
  ASSERT_FALSE(server_mechanisms().empty());
  for (const MechanismInfo& info : server_mechanisms()) {
    EXPECT_EQ(find_server_mechanism(info.name), &info);
    EXPECT_NE(info.make_server(ExchangeContext{}), nullptr);
    EXPECT_NE(info.make_client(ClientSituation{}, ClientCredentials{}), nullptr);
  }
}

TEST(Mechanisms, AreNoCommands) {
  for (const std::string_view command : {"APOP", "USER"}) {
    EXPECT_EQ(find_server_mechanism(command), nullptr);
    ASSERT_NE(find_login_way(command), nullptr);
    EXPECT_EQ(find_login_way(command)->make_server, nullptr);
  }
  EXPECT_EQ(info_of(MechanismId::kUser).name, "USER");
}

TEST(Mechanisms, BringTheirBoundFormsAlong) {
  using Id = MechanismId;
  EXPECT_EQ(with_bound_forms({Id::kPlain, Id::kScramSha1}),
            (MechanismSet{Id::kPlain, Id::kScramSha1, Id::kScramSha1Plus}));
  EXPECT_EQ(with_bound_forms({Id::kScramSha256Plus}), MechanismSet{Id::kScramSha256Plus});
  EXPECT_EQ(with_bound_forms({Id::kCramMd5}), MechanismSet{Id::kCramMd5});
}

TEST(Mechanisms, WithBindingAreKnownFromAnyOfThem) {
  for (const MechanismInfo& info : server_mechanisms())
    EXPECT_EQ(has_bound_form({info.id}), info.needs == Needs::kBinding) << info.name;
  EXPECT_FALSE(has_bound_form({}));
}

/// Without privacy only what hides the password, or has none, may be said.
TEST(Mechanisms, NeedPrivacyUnlessTheyHideThePassword) {
  for (const MechanismInfo& info : login_ways()) {
    const bool hides =
        info.scram || info.is_old_digest || info.takes == CredentialKind::kCertificate;
    EXPECT_EQ(info.needs == Needs::kPrivacy, !hides) << info.name;
  }
}

}  // namespace
}  // namespace restante::sasl
