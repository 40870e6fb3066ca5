#include "mail/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::mail {
namespace {

using testing::IsEmpty;

std::string plain_of(std::string_view wire) {
  const auto mailbox = parse_mailbox(wire);
  return mailbox ? mailbox->plain() : "error";
}

TEST(Mailbox, IsUnquoted) {
  EXPECT_EQ(plain_of("alice@example.test"), "alice@example.test");
  EXPECT_EQ(plain_of("a.b+c=d/e@Example.TEST"), "a.b+c=d/e@Example.TEST");
  EXPECT_EQ(plain_of("\"alice\"@example.test"), "alice@example.test");
  EXPECT_EQ(plain_of("\"a b\"@example.test"), "a b@example.test");
  EXPECT_EQ(plain_of("\"a@b\"@example.test"), "a@b@example.test");
  EXPECT_EQ(plain_of("\"a>b\"@example.test"), "a>b@example.test");
  EXPECT_EQ(plain_of(R"("a\"b\\c\d"@example.test)"), R"(a"b\cd@example.test)");
  EXPECT_EQ(plain_of("u@[192.0.2.1]"), "u@[192.0.2.1]");
  EXPECT_EQ(plain_of("u@[ipv6:2001:DB8::1]"), "u@[ipv6:2001:DB8::1]");
  EXPECT_EQ(plain_of("u@my_host.example"), "u@my_host.example");
  EXPECT_EQ(plain_of("u@localhost"), "u@localhost");
  EXPECT_EQ(plain_of("u@1.2.3.4"), "u@1.2.3.4");
}

TEST(Mailbox, RefusesWhatIsNone) {
  for (const std::string_view bad : {"",
                                     "a",
                                     "a@",
                                     "@b.example",
                                     "a@b@c",
                                     ".a@b.example",
                                     "a.@b.example",
                                     "a..b@c.example",
                                     "a b@c.example",
                                     "a@b c",
                                     "a@-b.example",
                                     "a@b-.example",
                                     "a@.example",
                                     "a@b.",
                                     "a@b..c",
                                     "\"\"@b.example",
                                     "\"a@b.example",
                                     "\"a\"b@c.example",
                                     "a\"b\"@c.example",
                                     "\"a\\\"@b",
                                     "a@[1.2.3]",
                                     "a@[1.2.3.4",
                                     "a@[1.2.3.256]",
                                     "a@[::1]",
                                     "a@[IPv6:1::2::3]",
                                     "a@[]",
                                     "a@[tag:x]",
                                     "<a@b.example>",
                                     "a@b.example>",
                                     "a,b@c.example",
                                     "a:b@c.example",
                                     "a\r@b.example",
                                     "\"a\r\n\"@b.example",
                                     "\"a\\\n\"@b.example",
                                     "a@b\n.example",
                                     "\xC3@b.example",
                                     "a@\xFF.example",
                                     "\"\xC3\"@b.example"})
    EXPECT_EQ(plain_of(bad), "error") << bad;
  EXPECT_EQ(plain_of(std::string_view("a\0@b.example", 12)), "error");
  EXPECT_EQ(plain_of(std::string_view("a@b\0.example", 12)), "error");
  EXPECT_EQ(plain_of(std::string_view("a@[1.2.3.4\0]", 12)), "error");
}

TEST(Mailbox, ReportsNonAscii) {
  EXPECT_FALSE(parse_mailbox("alice@example.test")->non_ascii);
  EXPECT_TRUE(parse_mailbox("gr\xC3\xBC\xC3\x9F@example.test")->non_ascii);
  EXPECT_TRUE(parse_mailbox("alice@b\xC3\xBC.example")->non_ascii);
  EXPECT_TRUE(parse_mailbox("\"\xC3\xBC \"@example.test")->non_ascii);
}

// RFC 5321 s.4.5.3.1: domains to the octet (RFC 1035 s.2.3.4), local parts and paths without limit.
TEST(Mailbox, KeepsLimits) {
  const std::string domain = std::string(63, 'b') + "." + std::string(63, 'c') + "." +
                             std::string(63, 'd') + "." + std::string(61, 'e');  // 253 octets.
  EXPECT_TRUE(parse_mailbox("a@" + domain + "ee"));
  EXPECT_EQ(parse_mailbox("a@" + domain + "eee").error().code, Errc::kLimit);
  EXPECT_FALSE(parse_mailbox("a@" + std::string(64, 'b') + ".example"));
  std::string wide;  // 24 characters of three octets; its A-label has 30.
  for (int i = 0; i < 24; ++i) wide += "\u65e5";
  EXPECT_TRUE(parse_mailbox("a@" + wide + ".example"));
  const std::string local(3000, 'a');
  EXPECT_EQ(parse_mailbox(local + "@b.example")->local, local);
  const std::string path = "<" + local + "@" + domain + ">";
  std::string_view text = path;
  EXPECT_TRUE(take_forward_path(text, Grammar::kStrict));
  text = path;
  EXPECT_TRUE(take_reverse_path(text, Grammar::kStrict));
}

TEST(Path, LeavesWhatFollows) {
  std::string_view text = "<a@b.example> SIZE=1";
  EXPECT_EQ(take_reverse_path(text, Grammar::kStrict)->plain(), "a@b.example");
  EXPECT_EQ(text, " SIZE=1");
  text = "<@x.example,@y.example:a@b.example>";
  EXPECT_EQ(take_forward_path(text, Grammar::kStrict)->plain(), "a@b.example");
  EXPECT_THAT(text, IsEmpty());
}

TEST(Path, NullSenderAndPostmaster) {
  std::string_view text = "<> X";
  EXPECT_THAT(take_reverse_path(text, Grammar::kStrict)->plain(), IsEmpty());
  EXPECT_EQ(text, " X");
  text = "<PostMaster>";
  EXPECT_EQ(take_forward_path(text, Grammar::kStrict)->plain(), "PostMaster");
  text = "<postmaster>";
  EXPECT_FALSE(take_reverse_path(text, Grammar::kStrict));
  text = "<>";
  EXPECT_FALSE(take_forward_path(text, Grammar::kStrict));
  EXPECT_EQ(text, "<>");
}

TEST(Path, RefusesWhatIsNone) {
  for (const std::string_view bad :
       {"", "<", "a@b.example", "<a@b.example", "<a>", "<<a@b.example>>", "< a@b.example>",
        "<a@b.example >", "<@x.example>", "<@x.example:>", "<@x.example,a@b.example>", "<@:a@b>",
        "<@x.example,@y.example a@b.example>", "<@[1.2.3.4]:a@b.example>", "<\"a@b.example>"}) {
    std::string_view text = bad;
    EXPECT_FALSE(take_forward_path(text, Grammar::kStrict)) << bad;
    EXPECT_EQ(text, bad);
    EXPECT_FALSE(take_reverse_path(text, Grammar::kStrict)) << bad;
  }
}

TEST(Wire, QuotesWhereNeeded) {
  EXPECT_EQ(to_wire("a.b@c.example"), "a.b@c.example");
  EXPECT_EQ(to_wire("a b@c.example"), "\"a b\"@c.example");
  EXPECT_EQ(to_wire("a@b@c.example"), "\"a@b\"@c.example");
  EXPECT_EQ(to_wire("a\"\\@c.example"), R"("a\"\\"@c.example)");
  EXPECT_EQ(to_wire("postmaster"), "postmaster");
  for (const std::string_view wire : {"\"a..b\"@c.example", "\".a\"@c.example", "\"a\\\\\"@b"})
    EXPECT_EQ(to_wire(parse_mailbox(wire)->plain()), wire);
}

TEST(Split, AtTheLastAt) {
  EXPECT_EQ(split_address("a@b@c").local, "a@b");
  EXPECT_EQ(split_address("a@b@c").domain, "c");
  EXPECT_EQ(split_address("alone").local, "alone");
  EXPECT_EQ(split_address("alone").domain, "");
}

TEST(Domain, IsAName) {
  EXPECT_TRUE(is_domain("a-b.example"));
  EXPECT_FALSE(is_domain(""));
}

}  // namespace
}  // namespace restante::mail
