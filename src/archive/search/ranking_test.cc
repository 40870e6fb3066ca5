#include "archive/search/ranking.h"

#include "archive/database/search_columns.h"
#include "archive/mailbox/test_support.h"

namespace restante::archive {
namespace {

class RankingTest : public ArchiveTest {
 protected:
  RankingTest() : database_(std::move(*Database::open(archive_.path(), Access::kCreate))) {}

  /// A row of the index alone, and of messages what an order needs.
  void add(std::int64_t id, std::string_view subject, std::string_view body) {
    auto row = database_.prepare(
        "INSERT INTO messages (id, account, sha256, name, size, arrived, date, indexed) VALUES "
        "(?1, 'home', printf('%064d', ?1), 'x', 1, ?1, ?1, 1)");
    row->bind(1, id);
    ASSERT_TRUE(row->run());
    auto text = database_.prepare("INSERT INTO search (rowid, subject, body) VALUES (?1, ?2, ?3)");
    text->bind(1, id);
    text->bind(2, subject);
    text->bind(3, body);
    ASSERT_TRUE(text->run());
  }
  std::vector<std::int64_t> ranked(std::string_view query, std::uint64_t offset = 0,
                                   std::uint64_t limit = 10) {
    const ParsedQuery parsed = parse_query(query, std::chrono::sys_seconds());
    const auto selected = select(database_, *parsed.tree);
    EXPECT_TRUE(selected);
    const auto page = by_rank(database_, *selected, *parsed.tree, offset, limit);
    EXPECT_TRUE(page) << page.error().message();
    return page ? *page : std::vector<std::int64_t>();
  }
  using Ids = std::vector<std::int64_t>;

  Database database_;
};

TEST_F(RankingTest, ColumnsAreWeighedByTheirNames) {
  auto columns = database_.prepare("SELECT name FROM pragma_table_info('search') ORDER BY cid");
  ASSERT_TRUE(columns);
  for (const SearchColumn& column : kSearchColumns) {
    ASSERT_TRUE(*columns->step());
    EXPECT_EQ(columns->text(0), column.name);
  }
  EXPECT_FALSE(*columns->step()) << "a column without a weight: " << columns->text(0);
}

TEST_F(RankingTest, TheSubjectMoreOftenAndShorterComesFirst) {
  add(1, "apple", "nothing else");
  add(2, "", "apple and many other words that make it longer than the others are by far");
  add(3, "", "apple apple apple");
  add(4, "", "apple");
  add(5, "", "pear");
  EXPECT_EQ(ranked("apple"), (Ids{1, 3, 4, 2}));
}

TEST_F(RankingTest, ARareWordSaysMoreThanACommonOne) {
  for (std::int64_t id = 1; id <= 20; ++id) add(id, "", "common common common");
  add(21, "", "common rare filler");
  add(22, "", "common common common");
  EXPECT_EQ(ranked("common or rare", 0, 2), (Ids{21, 22}));
  EXPECT_EQ(ranked("common rare"), (Ids{21}));
}

TEST_F(RankingTest, WhatFitsEquallyIsNewestFirstOnEveryPage) {
  for (std::int64_t id = 1; id <= 7; ++id) add(id, "", "same");
  EXPECT_EQ(ranked("same", 0, 3), (Ids{7, 6, 5}));
  EXPECT_EQ(ranked("same", 3, 3), (Ids{4, 3, 2}));
  EXPECT_EQ(ranked("same", 6, 3), (Ids{1}));
  EXPECT_EQ(ranked("same", 9, 3), Ids());
  EXPECT_EQ(ranked("size:1..", 0, 2), (Ids{7, 6}));
}

TEST_F(RankingTest, WithoutTextItIsByDateBehindWhatFits) {
  add(1, "", "apple");
  add(2, "", "pear");
  add(3, "", "pear");
  EXPECT_EQ(ranked("apple or size:1.."), (Ids{1, 3, 2}));
  EXPECT_EQ(ranked("apple or size:1..", 2), (Ids{2}));
}

TEST_F(RankingTest, OfVeryManyTheNewestAreRanked) {
  const auto transaction = database_.begin();
  ASSERT_TRUE(transaction);
  add(1, "word", "word word word");
  for (std::int64_t id = 2; id <= static_cast<std::int64_t>(kRankedMax); ++id) add(id, "", "word");
  EXPECT_EQ(ranked("word", 0, 1), (Ids{1}));
  add(static_cast<std::int64_t>(kRankedMax) + 1, "", "word");
  EXPECT_EQ(ranked("word", 0, 1), (Ids{static_cast<std::int64_t>(kRankedMax) + 1}));
  EXPECT_EQ(ranked("word", kRankedMax, 5), (Ids{1}));
}

}  // namespace
}  // namespace restante::archive
