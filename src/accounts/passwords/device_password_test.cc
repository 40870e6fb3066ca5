#include "accounts/passwords/device_password.h"

#include <gtest/gtest.h>

#include <set>

#include "base/limits.h"

namespace restante::accounts {
namespace {

constexpr std::string_view kPassword = "abcde-fghjk-mnpqr-stvwx";

TEST(DevicePassword, HasFourGroupsOfLettersThatNobodyMixesUp) {
  std::set<std::string> made;
  std::set<char> letters;
  for (int i = 0; i < 200; ++i) {
    const std::string password = make_device_password();
    ASSERT_EQ(password.size(), 23U);
    for (std::size_t at = 0; at < password.size(); ++at) {
      ASSERT_EQ(password[at] == '-', at % 6 == 5) << password;
      if (password[at] != '-') letters.insert(password[at]);
    }
    EXPECT_TRUE(device_tag("alice@x.test", password));
    EXPECT_TRUE(made.insert(password).second);
  }
  // 4,000 letters: one of 22 that never came would be one in 10^80.
  EXPECT_EQ(std::string(letters.begin(), letters.end()), "abcdefghjkmnpqrstvwxyz");
}

TEST(DevicePassword, ItsWritingDoesNotCount) {
  const auto tag = device_tag("alice@x.test", kPassword);
  ASSERT_TRUE(tag);
  for (const auto* same : {"abcdefghjkmnpqrstvwx", "ABCDE FGHJK MNPQR STVWX",
                           " abcde-fghjk-mnpqr-stvwx ", "abc de--fghjkmnpqr-stvwx"})
    EXPECT_EQ(device_tag("alice@x.test", same), tag) << same;
}

TEST(DevicePassword, TagsDifferByAccountAndLetters) {
  const auto tag = device_tag("alice@x.test", kPassword);
  EXPECT_NE(device_tag("alice@x.tes", kPassword), tag);
  EXPECT_NE(device_tag("bob@x.test", kPassword), tag);
  EXPECT_NE(device_tag("alice@x.test", "bbcde-fghjk-mnpqr-stvwx"), tag);
  EXPECT_TRUE(same_tag(*tag, *device_tag("alice@x.test", kPassword)));
  for (std::size_t i = 0; i < tag->size(); ++i) {
    DeviceTag other = *tag;
    other[i] ^= 1;
    EXPECT_FALSE(same_tag(*tag, other));
  }
}

TEST(DevicePassword, OtherPasswordsAreNone) {
  for (const auto* other : {"", "secret", "abcde-fghjk-mnpqr-stvw", "abcde-fghjk-mnpqr-stvwxy",
                            "abcde-fghjk-mnpqr-stvwi", "abcde-fghjk-mnpqr-stvw1",
                            "abcde_fghjk_mnpqr_stvwx", "abcde-fghjk-mnpqr-stvw\xc3\xa9"})
    EXPECT_FALSE(device_tag("alice@x.test", other)) << other;
  EXPECT_FALSE(device_tag("alice@x.test", std::string(kPassword) + '\0'));
}

TEST(DevicePassword, Labels) {
  for (const auto* good : {"phone", "Alice's \"phone\"", "T\xc3\xa9l\xc3\xa9phone", "a b", "%n"})
    EXPECT_TRUE(is_device_label(good)) << good;
  for (const auto* bad : {"", " phone", "phone ", "a\nb", "a\x7f", "\xff"})
    EXPECT_FALSE(is_device_label(bad)) << bad;
  EXPECT_TRUE(is_device_label(std::string(limits::kDeviceLabelBytesMax, 'x')));
  EXPECT_FALSE(is_device_label(std::string(limits::kDeviceLabelBytesMax + 1, 'x')));
}

}  // namespace
}  // namespace restante::accounts
