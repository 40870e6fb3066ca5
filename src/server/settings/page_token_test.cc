#include "server/settings/page_token.h"

#include <gmock/gmock.h>

#include <fstream>

#include "files/test_support.h"

namespace {
/// Comparisons of as many octets as a hash has that may end at the first difference.
int hasty_comparisons = 0;
}  // namespace

// The sanitizers' runtime tells of each memcmp(), which == of texts is, too.
extern "C" void __sanitizer_weak_hook_memcmp(void* /*caller*/, const void* /*one*/,
                                             const void* /*other*/, std::size_t bytes,
                                             int /*result*/) {
  constexpr std::size_t kHashBytes = 32;
  if (bytes == kHashBytes) ++hasty_comparisons;
}

namespace restante::settings {
namespace {

using testing::HasSubstr;

constexpr const char* kToken = "0123456789abcdefABCDEF-._~+/=";

class PageTokenTest : public ::testing::Test {
 protected:
  Result<PageToken> read(const std::string& text,
                         std::filesystem::perms mode = std::filesystem::perms(0600)) {
    std::ofstream(file_, std::ios::binary) << text;
    std::filesystem::permissions(file_, mode);
    return PageToken::read(file_);
  }

  files::TempFolder folder_;
  std::filesystem::path file_ = folder_.path() / "token";
};

TEST_F(PageTokenTest, IsTheFirstLineOfItsFile) {
  for (const char* const end : {"", "\n", "\r\n", "\nmore\n"}) {
    const auto token = read(std::string(kToken) + end);
    ASSERT_TRUE(token) << token.error().message();
    EXPECT_TRUE(token->matches(kToken));
  }
}

TEST_F(PageTokenTest, NothingElseMatches) {
  const auto token = read(kToken);
  ASSERT_TRUE(token);
  const std::string whole = kToken;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_FALSE(token->matches(whole.substr(0, i)));
    std::string other = whole;
    other[i] = static_cast<char>(other[i] ^ 1);
    EXPECT_FALSE(token->matches(other)) << i;
  }
  EXPECT_FALSE(token->matches(whole + "\n"));
  EXPECT_FALSE(token->matches(whole + "x"));
}

TEST_F(PageTokenTest, AComparisonTakesTheSameTimeForEachToken) {
  const auto token = read(kToken);
  ASSERT_TRUE(token);
  const std::string one(32, 'a');
  const std::string other(32, 'b');
  hasty_comparisons = 0;
  ASSERT_FALSE(one == other);
#if __has_feature(address_sanitizer)
  ASSERT_EQ(hasty_comparisons, 1) << "it would not be seen";
#endif
  hasty_comparisons = 0;
  EXPECT_TRUE(token->matches(kToken));
  EXPECT_FALSE(token->matches("0123456789abcdefABCDEF-._~+/+"));
  EXPECT_EQ(hasty_comparisons, 0);
}

TEST_F(PageTokenTest, AFileThatOthersMayUseIsRefused) {
  for (const unsigned mode : {0640U, 0604U, 0660U, 0610U}) {
    const auto token = read(kToken, std::filesystem::perms(mode));
    ASSERT_FALSE(token) << mode;
    EXPECT_THAT(token.error().detail, HasSubstr("chmod 600"));
  }
}

TEST_F(PageTokenTest, WhatCouldBeGuessedOrNotBeSentIsRefused) {
  for (const std::string& text :
       {std::string(), std::string("\n"), std::string(kTokenBytesMin - 1, 'a'),
        std::string(kTokenBytesMax + 1, 'a'), std::string(5000, 'a'), std::string(kToken) + " ",
        std::string(kToken) + "\xC3\xA9", std::string(30, '\0')}) {
    const auto token = read(text);
    ASSERT_FALSE(token) << text;
    EXPECT_EQ(token.error().code, Errc::kSyntax);
    EXPECT_THAT(token.error().detail, HasSubstr("token"));
  }
  EXPECT_TRUE(read(std::string(kTokenBytesMin, 'a')));
  EXPECT_TRUE(read(std::string(kTokenBytesMax, 'a')));
}

TEST_F(PageTokenTest, AFileThatIsNotThereIsNamed) {
  const auto token = PageToken::read(folder_.path() / "none");
  ASSERT_FALSE(token);
  EXPECT_THAT(token.error().detail, HasSubstr("none"));
  EXPECT_FALSE(PageToken::read(folder_.path())) << "a folder";
}

}  // namespace
}  // namespace restante::settings
