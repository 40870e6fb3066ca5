#include "accounts/passwords/scram_secret.h"

#include <gtest/gtest.h>

#include "accounts/passwords/password.h"
#include "sasl/base64.h"

namespace restante::accounts {
namespace {

using sasl::Hash;

// As `doveadm pw -s SCRAM-SHA-256` writes it; the keys are those of RFC 7677's example.
const std::string kSecret =
    "{SCRAM-SHA-256}4096,W22ZaJ0SNY7soEsUEjb6gQ==,WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=,"
    "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

TEST(ScramSecret, IsWhatDovecotWrites) {
  const auto keys = sasl::derive_scram_keys(
      Hash::kSha256, "pencil", sasl::decode_base64("W22ZaJ0SNY7soEsUEjb6gQ==").value(), 4096);
  EXPECT_EQ(format_scram_secret(Hash::kSha256, keys), kSecret);
  const auto parsed = scram_keys_of(Hash::kSha256, kSecret);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->iterations, 4096U);
  EXPECT_EQ(parsed->stored_key, keys.stored_key);
  EXPECT_EQ(parsed->server_key, keys.server_key);
}

TEST(ScramSecret, VerifiesAPasswordInClear) {
  EXPECT_TRUE(verify_password(kSecret, "pencil"));
  EXPECT_EQ(verify_password(kSecret, "pencils").error().code, Errc::kAuth);
  EXPECT_EQ(scheme_of(kSecret), "SCRAM-SHA-256");
}

TEST(ScramSecret, EveryCutIsRefused) {
  for (std::size_t cut = 0; cut < kSecret.size(); ++cut) {
    EXPECT_FALSE(scram_keys_of(Hash::kSha256, kSecret.substr(0, cut))) << cut;
    EXPECT_FALSE(is_known_scheme(kSecret.substr(0, cut))) << cut;
  }
  EXPECT_FALSE(scram_keys_of(Hash::kSha256, kSecret + ","));
  EXPECT_FALSE(scram_keys_of(Hash::kSha1, kSecret));
}

TEST(ScramSecret, RefusesNumbersOutOfBounds) {
  const std::string rest = kSecret.substr(kSecret.find(','));
  for (const char* iterations : {"0", "-1", "04096", "4096 ", "2000001", "99999999999", ""})
    EXPECT_FALSE(is_known_scheme("{SCRAM-SHA-256}" + std::string(iterations) + rest)) << iterations;
}

TEST(ScramSecret, IsMadeWhenChosen) {
  SecretSettings settings;
  settings.scheme = NewScheme::kScramSha256;
  settings.scram_iterations = 4096;
  const auto secret = make_secret("p\x61\xCC\x88ss", settings);
  ASSERT_TRUE(secret);
  EXPECT_TRUE(verify_password(*secret, "p\xC3\xA4ss"));
  EXPECT_TRUE(verify_password(*secret, "p\x61\xCC\x88ss"));
  EXPECT_NE(*make_secret("x", settings), *make_secret("x", settings));
  EXPECT_EQ(make_secret("a\x07", settings).error().code, Errc::kSyntax);
}

}  // namespace
}  // namespace restante::accounts
