#include "fetch/hand_on/header_block.h"

#include "mail/header_fields.h"

#include <gtest/gtest.h>

namespace restante::fetch {
namespace {

constexpr std::string_view kMessage =
    "From: a@example.test\r\nList-Id: Friends of\r\n\tPost <Post.Example.Test>\r\n"
    "subject : Hello\r\n\r\nList-Id: body\r\n";

TEST(HeaderBlock, EndsAtTheEmptyLineWhereverTheStreamIsCut) {
  HeaderBlock whole;
  whole.feed(kMessage);
  ASSERT_TRUE(whole.whole());
  EXPECT_TRUE(whole.text().ends_with("subject : Hello\n"));
  for (std::size_t cut = 0; cut <= kMessage.size(); ++cut) {
    HeaderBlock block;
    block.feed(kMessage.substr(0, cut));
    block.feed(kMessage.substr(cut));
    EXPECT_EQ(block.text(), whole.text()) << cut;
    EXPECT_TRUE(block.whole()) << cut;
  }
}

TEST(HeaderBlock, BareLineFeedsMakeNoDifference) {
  std::string bare;
  for (const char c : kMessage)
    if (c != '\r') bare += c;
  HeaderBlock one;
  HeaderBlock other;
  one.feed(kMessage);
  other.feed(bare);
  EXPECT_EQ(one.text(), other.text());
}

TEST(HeaderBlock, WithoutAnEmptyLineItIsNotWhole) {
  HeaderBlock block;
  block.feed("From: a\r\n");
  EXPECT_FALSE(block.whole());
}

TEST(HeaderBlock, IsBounded) {
  HeaderBlock block;
  for (std::size_t i = 0; i < HeaderBlock::kBytesMax; ++i) block.feed("aa");
  EXPECT_EQ(block.text().size(), HeaderBlock::kBytesMax);
  block.feed("\r\n\r\n");
  EXPECT_FALSE(block.whole());
}

TEST(HeaderRules, FieldAndTextRegardlessOfCaseAcrossLines) {
  HeaderBlock block;
  block.feed(kMessage);
  const std::vector<profile::HeaderRule> rules{{"X-None", ""},
                                               {"list-id", "of post <post.example"}};
  EXPECT_EQ(find_rule(rules, block.text()), &rules[1]);
  const std::vector<profile::HeaderRule> others{{"List-Id", "foes"}, {"List", ""}, {"body", ""}};
  EXPECT_EQ(find_rule(others, block.text()), nullptr);
  const std::vector<profile::HeaderRule> bare{{"Subject", ""}};
  EXPECT_EQ(find_rule(bare, block.text()), &bare[0]);
}

TEST(HeaderRules, FieldsAreUnfolded) {
  HeaderBlock block;
  block.feed(kMessage);
  EXPECT_EQ(mail::header_field(block.text(), "LIST-ID"), "Friends of Post <Post.Example.Test>");
  EXPECT_EQ(mail::header_field(block.text(), "Subject"), "Hello");
  EXPECT_EQ(mail::header_field(block.text(), "To"), "");
}

}  // namespace
}  // namespace restante::fetch
