#include "sasl/credential_limits.h"

#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"

namespace restante::sasl {
namespace {

using std::string_view_literals::operator""sv;

TEST(CredentialLimits, NamesHoldAnythingButControlCharacters) {
  for (const std::string_view name :
       {"alice"sv, "alice@example.test"sv, "al ice"sv, "%n\"'`$(x)"sv, "\xc3\xa4"sv, "\xff"sv})
    EXPECT_TRUE(check_name(name)) << name;
  for (const std::string_view name : {""sv, "a\0b"sv, "a\r\nb"sv, "a\tb"sv, "a\x7f"sv})
    EXPECT_FALSE(check_name(name)) << name;
}

TEST(CredentialLimits, NamesAndPasswordsEndAtTheirLimits) {
  EXPECT_TRUE(check_name(std::string(limits::kUserNameBytesMax, 'x')));
  EXPECT_EQ(check_name(std::string(limits::kUserNameBytesMax + 1, 'x')).error().code, Errc::kLimit);
  EXPECT_TRUE(check_password(std::string(limits::kPasswordBytesMax, 'x')));
  EXPECT_EQ(check_password(std::string(limits::kPasswordBytesMax + 1, 'x')).error().code,
            Errc::kLimit);
}

TEST(CredentialLimits, PasswordsHoldAnythingButNul) {
  for (const std::string_view password : {" "sv, "a b\t"sv, "\xff\xfe"sv, "\r"sv})
    EXPECT_TRUE(check_password(password));
  EXPECT_FALSE(check_password(""));
  EXPECT_FALSE(check_password("a\0"sv));
}

}  // namespace
}  // namespace restante::sasl
