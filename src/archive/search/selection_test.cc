// That no query reads the rows of messages, or sorts them: asked of SQLite itself, for every
// statement that a query runs.
#include "archive/search/selection.h"

#include <algorithm>

#include "archive/mailbox/test_support.h"
#include "archive/search/search.h"

namespace restante::archive {
namespace {

int note_statement(unsigned /*event*/, void* statements, void* statement, void* /*text*/) {
  const char* const sql = sqlite3_sql(static_cast<sqlite3_stmt*>(statement));
  static_cast<std::vector<std::string>*>(statements)->emplace_back(sql);
  return 0;
}

/// Of all that is prepared.
int count_select(void* count, int action, const char* /*what*/, const char* /*more*/,
                 const char* /*database*/, const char* /*trigger*/) {
  if (action == SQLITE_SELECT) ++*static_cast<int*>(count);
  return SQLITE_OK;
}

class PlanTest : public ArchiveTest, public ::testing::WithParamInterface<std::string> {
 protected:
  PlanTest() : database_(std::move(*Database::open(archive_.path(), Access::kCreate))) {}

  std::vector<std::string> statements_of(std::string_view query, Order order) {
    const ParsedQuery parsed = parse_query(query, std::chrono::sys_seconds());
    EXPECT_TRUE(parsed.tree) << query;
    std::vector<std::string> statements;
    sqlite3_trace_v2(database_.connection(), SQLITE_TRACE_STMT, note_statement, &statements);
    const auto found = search(database_, archive_.path(), *parsed.tree, {order, 20, 5, false});
    sqlite3_trace_v2(database_.connection(), 0, nullptr, nullptr);
    EXPECT_TRUE(found) << found.error().message();
    return statements;
  }
  std::vector<std::string> plan_of(const std::string& sql) {
    std::vector<std::string> steps;
    auto query = database_.prepare("EXPLAIN QUERY PLAN " + sql);
    while (query && *query->step()) steps.emplace_back(query->text(3));
    return steps;
  }
  /// More than what is looked up one by one, so that walks are seen, too.
  void fill(int count) {
    const std::string sql =
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
        std::to_string(count) +
        ") INSERT INTO messages (account, sha256, name, flags, size, arrived, date) "
        "SELECT 'home', printf('%064d', i), 'x', CASE i % 3 WHEN 0 THEN 'FRS' ELSE '' END, i, i, i "
        "FROM n";
    ASSERT_TRUE(database_.run(sql.c_str()));
    ASSERT_TRUE(
        database_.run("INSERT INTO search (rowid, body) SELECT id, 'word other' FROM messages"));
  }

  Database database_;
};

TEST_P(PlanTest, ReadsNoRowsOfMessagesAndSortsNothing) {
  fill(1500);
  for (const Order order : {Order::kNewest, Order::kOldest, Order::kRank}) {
    const auto statements = statements_of(GetParam(), order);
    EXPECT_FALSE(statements.empty());
    for (const std::string& sql : statements) {
      for (const std::string& step : plan_of(sql)) {
        const bool reads_rows = step.starts_with("SCAN messages") &&
                                step.find("USING COVERING INDEX messages_") == std::string::npos;
        EXPECT_FALSE(reads_rows) << sql << "\n" << step;
        EXPECT_EQ(step.find("TEMP B-TREE"), std::string::npos) << sql << "\n" << step;
        EXPECT_EQ(step.find("AUTOMATIC"), std::string::npos) << sql << "\n" << step;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Queries, PlanTest,
                         ::testing::Values("", "word", "\"word other\"", "wo*", "not word",
                                           "word -other", "word or is:flagged", "subject:word",
                                           "date:2024..2025", "date:2024..", "size:1k..2M",
                                           "account:home", "is:unread", "is:read", "is:flagged",
                                           "is:replied", "is:draft", "is:removed", "is:broken",
                                           "has:attachment", "is:unread has:attachment", "thread:7",
                                           "id:7", "id:<a@b.example>", "id:0123456789abcdef"));

TEST_F(PlanTest, AmongSomeItIsTheSameAsAmongAllOfThem) {
  fill(200);
  IdSet some;
  for (std::int64_t id = 50; id < 150; id += 3) some.add(id);
  for (const char* const query :
       {"word", "not word", "is:read", "is:unread", "size:60..100", "account:home -is:flagged",
        "\"word other\" or size:1..", "other not (is:flagged or size:70..80)"}) {
    const ParsedQuery parsed = parse_query(query, std::chrono::sys_seconds());
    auto all = select(database_, *parsed.tree);
    const auto among = select(database_, *parsed.tree, &some);
    ASSERT_TRUE(all && among) << query;
    all->ids.keep_only(some);
    std::vector<std::int64_t> expected;
    all->ids.for_each([&](std::int64_t id) { expected.push_back(id); });
    std::vector<std::int64_t> ids;
    among->ids.for_each([&](std::int64_t id) { ids.push_back(id); });
    EXPECT_EQ(ids, expected) << query;
  }
}

TEST_F(PlanTest, AnEmptySelectionIsAmongNothing) {
  fill(3);
  const ParsedQuery parsed = parse_query("not nothing", std::chrono::sys_seconds());
  const IdSet none;
  const auto among = select(database_, *parsed.tree, &none);
  ASSERT_TRUE(among);
  EXPECT_EQ(among->ids.size(), 0U);
}

TEST_F(PlanTest, ACommonPhraseIsFoundWithoutLookingAtEverything) {
  fill(40'000);
  const ParsedQuery parsed = parse_query("\"word other\"", std::chrono::sys_seconds());
  for (const Order order : {Order::kNewest, Order::kOldest}) {
    const auto early = search(database_, archive_.path(), *parsed.tree, {order, 20, 40, false});
    ASSERT_TRUE(early);
    EXPECT_TRUE(early->is_least);
    EXPECT_LT(early->total, 40'000U);
    // The same page as one that comes from all of them.
    const auto whole = search(database_, archive_.path(), *parsed.tree, {order, 20'000, 0, false});
    ASSERT_TRUE(whole);
    EXPECT_FALSE(whole->is_least);
    EXPECT_EQ(whole->total, 40'000U);
    for (std::size_t i = 0; i < 20; ++i)
      EXPECT_EQ(early->entries.at(i).id, whole->entries.at(40 + i).id);
  }
  const ParsedQuery rare = parse_query("\"other word\"", std::chrono::sys_seconds());
  const auto none = search(database_, archive_.path(), *rare.tree, {});
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->is_least);
  EXPECT_EQ(none->total, 0U);
}

TEST_F(PlanTest, APartOfManyWordsIsFoundWithFewStatements) {
  fill(1500);
  ASSERT_TRUE(database_.run(
      "INSERT INTO search (rowid, body) SELECT id + 2000, printf('in%d part%dx', id % 2, id) FROM "
      "messages; INSERT INTO messages (id, account, sha256, name, size, arrived, date) SELECT "
      "id + 2000, 'work', sha256, name, size, arrived, date FROM messages"));
  const auto statements = [&](std::string_view query) {
    const ParsedQuery parsed = parse_query(query, std::chrono::sys_seconds());
    int made = 0;
    sqlite3_set_authorizer(database_.connection(), count_select, &made);
    const auto selected = select(database_, *parsed.tree);
    sqlite3_set_authorizer(database_.connection(), nullptr, nullptr);
    EXPECT_EQ(selected->ids.size(), 1500U);
    return made;
  };
  statements("*n0 or *n1");  // The list of words is made.
  EXPECT_EQ(statements("*art*x or *n1"), statements("*n0 or *n1"));
}

TEST_F(PlanTest, OfCopiesOneRowIsTheSameOnEveryPage) {
  fill(20'000);
  // The one that stays is among the oldest: its copy came to another account, without a date.
  ASSERT_TRUE(
      database_.run("UPDATE messages SET sameness = 7, shared = 1, account = iif(id = 9, "
                    "'work', 'home') WHERE id IN (9, 19990)"));
  const ParsedQuery parsed = parse_query("\"word other\"", std::chrono::sys_seconds());
  SearchRequest request{Order::kNewest, 20, 0, false, true};
  const auto early = search(database_, archive_.path(), *parsed.tree, request);
  request.limit = 30'000;
  const auto whole = search(database_, archive_.path(), *parsed.tree, request);
  ASSERT_TRUE(early && whole);
  EXPECT_EQ(whole->total, 19'999U);
  for (std::size_t i = 0; i < 20; ++i)
    EXPECT_EQ(early->entries.at(i).id, whole->entries.at(i).id) << i;
}

}  // namespace
}  // namespace restante::archive
