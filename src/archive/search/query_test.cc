#include "archive/search/query.h"

#include <gtest/gtest.h>

#include "archive/search/match.h"
#include "archive/search/query_range.h"
#include "archive/search/test_zone.h"

namespace restante::archive {
namespace {

// 2026-11-22 05:00 UTC.
constexpr std::chrono::sys_seconds kNow{std::chrono::seconds(1795323600)};
constexpr std::int64_t kDay = 86400;

std::string understood(std::string_view query) {
  const ParsedQuery parsed = parse_query(query, kNow);
  return parsed.tree ? to_string(*parsed.tree)
                     : "at " + std::to_string(parsed.mistake.at) + ": " + parsed.mistake.what;
}

TEST(Query, IsUnderstood) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "()"},
      {"word", "\"word\""},
      {"two words", "(\"two\" and \"words\")"},
      {"https://a.example/b?c=d:e", "\"https://a.example/b?c=d:e\""},
      {"mailto:ann@a.example", "\"ann@a.example\""},
      {"std::string", "\"std::string\""},
      {"\"a phrase\"", "\"a phrase\""},
      {"pre*", "\"pre\"*"},
      {"a and b or c", "((\"a\" and \"b\") or \"c\")"},
      {"a (b or c)", "(\"a\" and (\"b\" or \"c\"))"},
      {"a -b", "(\"a\" and not \"b\")"},
      {"a not b", "(\"a\" and not \"b\")"},
      {"NOT not a", "\"a\""},
      {"from:alice@example.com", "from:\"alice@example.com\""},
      {"subject:\"two words\"", "subject:\"two words\""},
      {"From:x To:y", "(from:\"x\" and to:\"y\")"},
      {"account:work is:unread has:attachment",
       "(account:\"work\" and is:unread and has:attachment)"},
      {"id:<a@b>", "id:\"<a@b>\""},
      {"well-known", "\"well-known\""},
      {"size:1M..", "size:[1048576,)"},
      {"size:1k..2k", "size:[1024,2049)"},
      {"size:..10", "size:[,11)"},
      {"日本", "\"日本\""},
      {"\"and\"", "\"and\""},
      {"is:removed or is:broken", "(is:removed or is:broken)"},
      {"thread:12", "thread:12"},
      {"message-id:a@b.example", "id:\"<a@b.example>\""},
      {"message-id:<a@b.example>", "id:\"<a@b.example>\""},
      {"message-id:<a@b.example", "id:\"<a@b.example>\""},
      {"list:news", "header:list-id:\"news\""},
      {"List-Id:news reply-to:x*", "(header:list-id:\"news\" and header:reply-to:\"x\"*)"},
      {"header:X-Mailer:\"my mailer\"", "header:x-mailer:\"my mailer\""},
      {"header:subject:x header:list-id:y", "(subject:\"x\" and header:list-id:\"y\")"},
      {"filename:\"my report*\"", "filename:\"my report\"*"},
      {"subject:(a b)", "(subject:\"a\" and subject:\"b\")"},
      {"from:(a or -b) c", "((from:\"a\" or not from:\"b\") and \"c\")"},
      {"is:(unread or flagged)", "(is:unread or is:flagged)"},
      {"header:x-a:(b c*)", "(header:x-a:\"b\" and header:x-a:\"c\"*)"},
      {"\"final rep*\"", "\"final rep\"*"},
      {"\"final rep\"*", "\"final rep\"*"},
      {"*Voice*", "\"*voice*\""},
      {"subject:*voice", "subject:\"*voice\""},
      {"Invo*É", "\"invo*e\""},
      {"*a**b*", "\"*a*b*\""},
      {"*@example.com", "\"@example.com\""},
      {"日*", "\"日\"*"},
      {"size:>2M", "size:[2097153,)"},
      {"size:2MB size:1.5M", "(size:[2097152,) and size:[1572864,))"},
      {"larger:10k smaller:10KiB", "(size:[10241,) and size:[,10240))"},
      {"size:>=1k..",
       "at 0: \"1k..\" is no size: write 100k, 1.5M or 2G, 1M..10M for a range, or >1M"},
      {"id:42", "id:\"42\""},
      {"id:42..", "id:[42,)"},
      {"id:..42", "id:[,43)"},
      {"id:42..50", "id:[42,51)"},
      {"id:42..42", "id:[42,43)"},
      {"IS:Unread HAS:Attachment", "(is:unread and has:attachment)"},
      {"id:<a..b@c>", "id:\"<a..b@c>\""},
      {"arrived:2026-11-21T05:00:00Z", "arrived:[1795237200,)"},
      {"arrived:2026-11-21T06:00:00.5+01:00..", "arrived:[1795237200,)"},
      {"date:..2026-11-21T03:30:00-01:30", "date:[,1795237200)"},
      {"arrived:1h", "arrived:[1795320000,)"},
  };
  for (const auto& [query, expected] : cases) EXPECT_EQ(understood(query), expected);
}

TEST(Query, MistakesHaveAPlace) {
  const std::pair<std::string_view, std::size_t> cases[] = {
      {"a and", 5},
      {"or b", 0},
      {"a (b", 2},
      {"a) b", 1},
      {"\"open", 0},
      {"a ()", 3},
      {"x:y", 0},
      {"a from:", 2},
      {"is:odd", 0},
      {"date:soon", 0},
      {"arrived:soon", 0},
      {"arrived:2026-11-21T25:00:00Z", 0},
      {"arrived:2026-11-31T05:00:00Z", 0},
      {"arrived:2026-11-21T05:00:00", 0},
      {"a - ", 2},  // A minus alone means nothing.
      {"ready - final", 6},
      {"(a -)", 3},
      {"a --b", 2},
      {"*", 0},
      {"a foo-*", 2},
      {"a *x", 2},
      {"*foo-bar*", 0},
      {"日*本", 0},
      {"\"fin* report\"", 0},
      {"account:w*", 0},
      {"from: alice", 0},
      {"http:example.com", 0},
      {"list-ids:x", 0},
      {"header:x", 0},
      {"header:received:x", 0},
      {"subject:(from:x)", 9},
      {"form:(x)", 0},
      {"date:(2024", 0},
      {"size:1.5", 0},
      {"size:2MM", 0},
      {"date:3/5/2024", 0},
      {"size:big", 0},
      {"!!!", 0},
      {"has:legs", 0},
      {"a or or b", 5},
      {"thread:x", 0},
      {"date:2025..2024", 0},
      {"size:2M..1M", 0},
      {"id:50..42", 0},
  };
  for (const auto& [query, at] : cases) {
    const ParsedQuery parsed = parse_query(query, kNow);
    EXPECT_FALSE(parsed.tree) << query;
    EXPECT_EQ(parsed.mistake.at, at) << query;
    EXPECT_FALSE(parsed.mistake.what.empty()) << query;
  }
  EXPECT_NE(parse_query("form:x", kNow).mistake.what.find("perhaps \"from:\""), std::string::npos);
  // As mu, notmuch and mairix call them.
  for (const auto& [theirs, ours] : {std::pair("s:x", "subject"), std::pair("mid:x", "message-id"),
                                     std::pair("flag:x", "is"), std::pair("maildir:x", "account")})
    EXPECT_NE(parse_query(theirs, kNow).mistake.what.find(std::string("perhaps \"") + ours + ":\""),
              std::string::npos)
        << theirs;
  EXPECT_FALSE(parse_query(std::string(5000, 'a'), kNow).tree);
  EXPECT_FALSE(parse_query(std::string(60, '(') + "a" + std::string(60, ')'), kNow).tree);
}

TEST(Query, TheCaretPointsAtIt) {
  const std::string_view query = "grüße from:";
  const ParsedQuery parsed = parse_query(query, kNow);
  ASSERT_FALSE(parsed.tree);
  EXPECT_EQ(show_mistake(query, parsed.mistake).substr(0, query.size() + 13),
            std::string(query) + "\n      ^^^^^\n");
}

TEST(Query, Dates) {
  const TestZone zone("UTC");
  struct Case {
    std::string_view text;
    std::optional<std::int64_t> first, last;
  };
  const std::int64_t midnight = 1795305600;
  for (const Case& one : {
           Case{"2024", 1704067200, 1735689600},
           Case{"2024..2025", 1704067200, 1767225600},
           Case{"2024-03..", 1709251200, std::nullopt},
           Case{"..2024-02-29", std::nullopt, 1709251200},
           Case{"2024-12", 1733011200, 1735689600},
           Case{"today", midnight, midnight + kDay},
           Case{"yesterday", midnight - kDay, midnight},
           Case{"7d..", 1795323600 - 7 * kDay, std::nullopt},
           Case{"7d", 1795323600 - 7 * kDay, std::nullopt},
           Case{"2w..1w", 1795323600 - 14 * kDay, 1795323600 - 7 * kDay},
           Case{"1998/01/05", 883958400, 883958400 + kDay},
           Case{"1998-1-5", 883958400, 883958400 + kDay},
           Case{"19980105", 883958400, 883958400 + kDay},
           Case{"05.01.1998", 883958400, 883958400 + kDay},
           Case{"5 Jan 1998", 883958400, 883958400 + kDay},
           Case{"5. january 1998", 883958400, 883958400 + kDay},
           Case{"Jan 5, 1998", 883958400, 883958400 + kDay},
           Case{"5-jan-1998", 883958400, 883958400 + kDay},
           Case{"31/01/1998", 886204800, 886204800 + kDay},
           Case{"1998-W02", 883958400, 883958400 + 7 * kDay},
           Case{"jan-1998", 883612800, 886291200},
           Case{"1998-jan", 883612800, 886291200},
           Case{"1998/1", 883612800, 886291200},
           Case{"01.1998..02.1998", 883612800, 888710400},
           Case{">2024", 1735689600, std::nullopt},
           Case{">=2024", 1704067200, std::nullopt},
           Case{"<2024", std::nullopt, 1704067200},
           Case{"<=2024", std::nullopt, 1735689600},
           Case{">7d", 1795323600 - 7 * kDay, std::nullopt},
           Case{"<7d", std::nullopt, 1795323600 - 7 * kDay},
       }) {
    const auto range = parse_date_range(one.text, kNow);
    ASSERT_TRUE(range) << one.text;
    EXPECT_EQ(range->first, one.first) << one.text;
    EXPECT_EQ(range->last, one.last) << one.text;
  }
  for (const std::string_view text :
       {"",          "..",       "2024-13",  "2023-02-29",    "24",       "7x",
        "d",         "2024..x",  "20244",    "2024-01-01x",   "-7d",      "1/5/1998",
        "ja-1998",   "1998-W54", "1999-W53", "1998-01-05-06", "5 x 1998", ">",
        "32.1.1998", "1998-",    "jan"})
    EXPECT_FALSE(parse_date_range(text, kNow)) << text;
}

TEST(Query, DaysAreTheZones) {
  struct Case {
    const char* zone;
    std::string_view text;
    std::int64_t first, last;
  };
  constexpr const char* kWest = "PST8PDT,M3.2.0,M11.1.0";
  constexpr const char* kEast = "<+13>-13";
  constexpr const char* kEurope = "CET-1CEST,M3.5.0,M10.5.0/3";
  constexpr std::int64_t kMidnight = 1795305600;  // 2026-11-22, UTC.
  for (const Case& one : {
           // 21:00 on the 21st there, and 18:00 on the 22nd.
           Case{kWest, "today", kMidnight - kDay + 8 * 3600, kMidnight + 8 * 3600},
           Case{kWest, "2026-11-22", kMidnight + 8 * 3600, kMidnight + kDay + 8 * 3600},
           Case{kEast, "today", kMidnight - 13 * 3600, kMidnight + kDay - 13 * 3600},
           Case{kEast, "yesterday", kMidnight - kDay - 13 * 3600, kMidnight - 13 * 3600},
           Case{kEast, "2024", 1704067200 - 13 * 3600, 1735689600 - 13 * 3600},
           // The clocks change within: a day of 23 hours, a month with one of 25.
           Case{kEurope, "2026-03-29", 1774738800, 1774738800 + 23 * 3600},
           Case{kEurope, "2026-10", 1790805600, 1793487600},
           Case{kEurope, "2026-10-25..2026-10-26", 1792879200, 1792879200 + 49 * 3600},
       }) {
    const TestZone zone(one.zone);
    const auto range = parse_date_range(one.text, kNow);
    ASSERT_TRUE(range) << one.text;
    EXPECT_EQ(range->first, one.first) << one.zone << " " << one.text;
    EXPECT_EQ(range->last, one.last) << one.zone << " " << one.text;
  }
}

TEST(Query, WhatIsMeantForTheIndexIsQuoted) {
  const auto match = [](std::string_view query) {
    const ParsedQuery parsed = parse_query(query, kNow);
    return parsed.tree ? match_of(*parsed.tree) : "mistake";
  };
  EXPECT_EQ(match("a from:b*"), "(\"a\" AND from_ : \"b\" *)");
  EXPECT_EQ(match("日本 or x"), "(\"日本\" OR \"x\")");
  EXPECT_EQ(match("list:x"), "body : \"\x01list-id\x04x\"");
  EXPECT_EQ(match("filename:x*"),
            "attachment : \"\x01"
            "filename\x04x\" *");
  EXPECT_EQ(match("is:unread -x"), "");
  EXPECT_EQ(match("a is:unread -x"), "(\"a\")");
  EXPECT_EQ(match("NEAR(x)"), "(\"NEAR\" AND \"x\")");
}

TEST(Query, RemovedIsOnlyMeantWhenSaid) {
  const auto mentions = [](std::string_view query) {
    return mentions_removed(*parse_query(query, kNow).tree);
  };
  EXPECT_TRUE(mentions("a (b or -is:removed)"));
  EXPECT_FALSE(mentions("a (b or is:unread)"));
}

}  // namespace
}  // namespace restante::archive
