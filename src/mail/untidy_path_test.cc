#include "mail/untidy_path.h"

#include <gtest/gtest.h>

namespace restante::mail {
namespace {

struct Case {
  std::string_view text;
  std::string_view local;
  std::string_view domain;
  std::string_view rest = "";
};

TEST(UntidyPath, FindsTheAddress) {
  for (const Case& c : {
           Case{"a@b.example SIZE=1", "a", "b.example", " SIZE=1"},
           Case{"a@b.example\tSIZE=1", "a", "b.example", "\tSIZE=1"},
           Case{"a@b.example AUTH=<>", "a", "b.example", " AUTH=<>"},
           Case{"<a@b.example>SIZE=1", "a", "b.example", "SIZE=1"},
           Case{"< a@b.example >", "a", "b.example"},
           Case{"<<a@b.example>> X", "a", "b.example", " X"},
           Case{"<a@b.example>> X", "a", "b.example", "> X"},
           Case{"The Printer <a@b.example> X", "a", "b.example", " X"},
           Case{"\"<The> Printer\" <a@b.example>", "a", "b.example"},
           Case{"\"Printer\"<a@b.example>", "a", "b.example"},
           Case{"<>", "", ""},
           Case{"< > X", "", "", " X"},
           Case{"root", "root", ""},
           Case{"<root@>", "root", ""},
       }) {
    std::string_view text = c.text;
    const auto mailbox = take_untidy_path(text);
    ASSERT_TRUE(mailbox) << c.text;
    EXPECT_EQ(mailbox->local, c.local) << c.text;
    EXPECT_EQ(mailbox->domain, c.domain) << c.text;
    EXPECT_EQ(text, c.rest) << c.text;
  }
}

TEST(UntidyPath, KeepsWhatStandsInIt) {
  for (const Case& c : {
           Case{"<.a..b.@c.example>", ".a..b.", "c.example"},
           Case{"<a b@c.example>", "a b", "c.example"},
           Case{"<http://x,(y);z@c.example>", "http://x,(y);z", "c.example"},
           Case{"<a@b@c.example>", "a@b", "c.example"},
           Case{"<\"a@b\">", "a@b", ""},
           Case{"<\"a..b\"@c.example.>", "a..b", "c.example."},
           Case{R"(<"a\"\\b>"@c.example.>)", R"(a"\b>)", "c.example."},
           Case{R"(a\b@c.example)", R"(a\b)", "c.example"},
           Case{"<root@(none)>", "root", "(none)"},
           Case{"<a@-b..c>", "a", "-b..c"},
           Case{"<@[192.0.2.1],@x:a@b.example>", "a", "b.example"},
       }) {
    std::string_view text = c.text;
    const auto mailbox = take_untidy_path(text);
    ASSERT_TRUE(mailbox) << c.text;
    EXPECT_EQ(mailbox->local, c.local) << c.text;
    EXPECT_EQ(mailbox->domain, c.domain) << c.text;
  }
  std::string_view text = "<b\xC3\xBC..@c.example>";
  EXPECT_TRUE(take_untidy_path(text)->non_ascii);
}

TEST(UntidyPath, RefusesWhatIsNone) {
  for (const std::string_view bad :
       {"", " ", "<", "<a@b.example", "x <a@b.example", "@b.example", "<@b.example>",
        "<@x.example:>", "<\"\"@b.example>", "<a\r@b.example>", "<a\x01@b.example>",
        "<a\xC3@b.example>", "<a@b\xFF.example>", "<a<b@c.example>", "<\"a@b.example>"}) {
    std::string_view text = bad;
    EXPECT_FALSE(take_untidy_path(text)) << bad;
    EXPECT_EQ(text, bad);
  }
  const std::string long_domain = "a@" + std::string(256, 'd');
  std::string_view text = long_domain;
  EXPECT_EQ(take_untidy_path(text).error().code, Errc::kLimit);
}

// A path that keeps to the grammar is read by it under each setting.
TEST(UntidyPath, IsForTheUntidyOnly) {
  std::string_view text = "<\"a..b\"@c.example> X";
  EXPECT_EQ(take_reverse_path(text, Grammar::kTolerant)->plain(), "a..b@c.example");
  EXPECT_EQ(text, " X");
  text = "<a@b.example.>";
  EXPECT_EQ(take_forward_path(text, Grammar::kTolerant)->plain(), "a@b.example");
  for (const std::string_view bad : {"<>", "<a@b..c>", "<a@(none)>", "<a@b.example..>"}) {
    text = bad;
    EXPECT_FALSE(take_forward_path(text, Grammar::kTolerant)) << bad;
    EXPECT_EQ(text, bad);
  }
}

}  // namespace
}  // namespace restante::mail
