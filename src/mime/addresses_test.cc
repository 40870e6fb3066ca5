#include "mime/addresses.h"

#include <gtest/gtest.h>

#include <ctime>

#include "base/ascii.h"
#include "mime/decoded_words.h"

namespace restante::mime {
namespace {

TEST(Addresses, NamesAndAddresses) {
  using Pairs = std::vector<Mailbox>;
  EXPECT_EQ(parse_addresses("Ann Lee <ann@a.example>, bob@b.example"),
            (Pairs{{"Ann Lee", "ann@a.example"}, {"", "bob@b.example"}}));
  EXPECT_EQ(parse_addresses("\"Lee, Ann\" <ann@a.example>"),
            (Pairs{{"Lee, Ann", "ann@a.example"}}));
  EXPECT_EQ(parse_addresses("ann@a.example (Ann (the) Lee)"),
            (Pairs{{"Ann (the) Lee", "ann@a.example"}}));
  EXPECT_EQ(parse_addresses("\"a b\"@c.example"), (Pairs{{"", "\"a b\"@c.example"}}));
  EXPECT_EQ(parse_addresses("ann@[IPv6:::1], b@c.example"),
            (Pairs{{"", "ann@[IPv6:::1]"}, {"", "b@c.example"}}));
  EXPECT_EQ(parse_addresses("Team: Ann <ann@a.example>, b@c.example; , x@y.example"),
            (Pairs{{"Ann", "ann@a.example"}, {"", "b@c.example"}, {"", "x@y.example"}}));
  EXPECT_EQ(parse_addresses("<@r.example,@s.example:ann@a.example>"),
            (Pairs{{"", "ann@a.example"}}));
  EXPECT_EQ(parse_addresses("\"Say \\\"hi\\\"\" <ann@a.example>"),
            (Pairs{{"Say \"hi\"", "ann@a.example"}}));
}

TEST(Addresses, AsTheyReallyAre) {
  struct Case {
    std::string_view field, expected;
  };
  for (const Case& one : {
           Case{"\"=?utf-8?B?SsO8cmdlbg==?= =?utf-8?B?IE3DvGxsZXI=?=\" <j@a.example>",
                "Jürgen Müller <j@a.example>"},
           Case{"=?utf-8?Q?J=C3=BCrgen,_M=C3=BCller?= <j@a.example>",
                "\"Jürgen, Müller\" <j@a.example>"},
           Case{"=?utf-8?Q?J=C3=BCrgen_<j@a.example>?=", "Jürgen <j@a.example>"},
           Case{"J\xfcrgen <j@a.example>", "Jürgen <j@a.example>"},
           Case{"Lee, Ann <ann@a.example>", "\"Lee, Ann\" <ann@a.example>"},
           Case{"Ann B. Lee <ann@a.example>", "Ann B. Lee <ann@a.example>"},
           Case{"ann@a.example <ann@a.example>", "ann@a.example"},
           Case{"ann@home <ann@a.example>", "ann@home <ann@a.example>"},
           Case{"Ann Lee ann@a.example", "Ann Lee <ann@a.example>"},
           Case{"\"Ann Lee\" ann@a.example", "Ann Lee <ann@a.example>"},
           Case{"ann @ a.example", "ann@a.example"},
           Case{"Ann <ann@a.example", "Ann <ann@a.example>"},
           Case{"Ann <ann@a.example, Bob <bob@b.example>",
                "Ann <ann@a.example>, Bob <bob@b.example>"},
           Case{"Ann <<ann@a.example>>", "Ann <ann@a.example>"},
           Case{"Ann <mailto:ann@a.example>", "Ann <ann@a.example>"},
           Case{"<ann@a.example> (Ann)", "Ann <ann@a.example>"},
           Case{"<ann@a.example> Ann", "Ann <ann@a.example>"},
           Case{"Ann <ann@a.example> <bob@b.example>", "Ann <ann@a.example>, bob@b.example"},
           Case{"ann@a.example; bob@b.example", "ann@a.example, bob@b.example"},
           Case{"\"Ann <ann@a.example>", "Ann <ann@a.example>"},
           Case{"list: ann@a.example", "list <ann@a.example>"},
           Case{"list: Ann <ann@a.example>", "list: Ann <ann@a.example>"},
           Case{"smtp:ann@a.example", "ann@a.example"},
           Case{"Ann (x <ann@a.example>", "Ann (x <ann@a.example>"},
           Case{"Mailer <>", "Mailer"},
           Case{"root, ann@a.example", "root, ann@a.example"},
           // No address at all: as it stands.
           Case{"undisclosed-recipients:;", "undisclosed-recipients:;"},
           Case{"root, =?utf-8?Q?J=C3=BCrgen?=", "root, Jürgen"},
           Case{"", ""},
           Case{"a: b: c: ann@a.example;;;", "ann@a.example"},
           Case{"\x1b$B;3ED\x1b(B <y@a.example>", "山田 <y@a.example>"},
       })
    EXPECT_EQ(addresses_text(one.field), one.expected) << one.field;
  EXPECT_EQ(addresses_text("\x83\x5c\x83\x40 <y@a.example>", "shift_jis"), "ソァ <y@a.example>");
}

TEST(Addresses, BlanksCommentsAndQuotes) {
  struct Case {
    std::string_view field, expected;
  };
  for (const Case& one : {
           Case{"Ann (a \\) b) <ann(her account)@a.example(her host)>", "Ann <ann@a.example>"},
           Case{"<ann @ a . example>", "ann@a.example"},
           Case{"<\"a>b\"@a.example>", "\"a>b\"@a.example"},
           Case{"<\"a, b\"@a.example>", "\"a, b\"@a.example"},
           Case{"<\"ann@a.example>, Bob <bob@b.example>", "\"ann@a.example, Bob <bob@b.example>"},
           Case{"ann@a   . example", "ann@a.example"},
           Case{"ann . lee @ a . example", "ann.lee@a.example"},
           Case{"Ann B. Lee ann@a.example", "Ann B. Lee <ann@a.example>"},
           Case{"ann@a.example bob@b.example", "ann@a.example, bob@b.example"},
           Case{"ann@a.example (a \\) b)", "a ) b <ann@a.example>"},
           Case{"Jira: Project <j@a.example>", "Jira: Project <j@a.example>"},
           Case{"Ann [Dept: X] <ann@a.example>", "Ann [Dept: X] <ann@a.example>"},
           Case{"mailto:ann@a.example", "ann@a.example"},
           Case{"list: ann@a.example", "list <ann@a.example>"},
           Case{"=?utf-8?Q?J=C3=BCrgen?= =?utf-8?Q?_<j@a.example>?=", "Jürgen <j@a.example>"},
           Case{"=?utf-8?Q?J=C3=BCrgen <j@a.example>, =?utf-8?Q?B=C3=B6b?= <b@b.example>",
                "Jürgen <j@a.example>, Böb <b@b.example>"},
           Case{"=?utf-8?Q?x@y.example?= <ann@a.example>", "x@y.example <ann@a.example>"},
       })
    EXPECT_EQ(addresses_text(one.field), one.expected) << one.field;
}

TEST(Addresses, HostileFieldsTakeNoTime) {
  const std::clock_t begin = std::clock();
  for (const std::string_view piece :
       {"a:", "(", "<",   "\"",   "=?",   "a,", "@",      "a@b,",   ":;",   "()",  "<>",
        "\\", "[", "a@[", "<a@b", "a b ", " @", "=?a?Q?", "\"a\" ", "a@b ", "<@a:"}) {
    std::string field;
    while (field.size() < 2 * kFieldBytesMax) field.append(piece);
    EXPECT_LE(parse_addresses(field).size(), kMailboxesMax + 3);
    const std::string text = addresses_text(field);
    EXPECT_TRUE(is_utf8(text) && text.size() <= 3 * kFieldBytesMax) << piece;
  }
  EXPECT_LT((std::clock() - begin) / CLOCKS_PER_SEC, 10);
}

}  // namespace
}  // namespace restante::mime
