#include "archive/index/same_message.h"

#include "archive/database/catalog.h"
#include "archive/index/indexer.h"
#include "archive/mailbox/test_support.h"
#include "archive/search/search.h"

namespace restante::archive {
namespace {

class SameMessage : public ArchiveTest {
 protected:
  SameMessage() {
    auto database = Database::open(archive_.path(), Access::kCreate);
    EXPECT_TRUE(database);
    database_ = std::make_unique<Database>(std::move(*database));
  }
  void add(std::string_view account, const std::string& message) {
    Mailbox mailbox = open(account);
    keep(mailbox, {message});
    EXPECT_TRUE(synchronize_all(*database_, archive_.path(), clock_));
    EXPECT_TRUE(index_pending(*database_, archive_.path()));
  }
  /// Of each row its account and those of its copies.
  std::string rows(std::string_view query) {
    SearchRequest request;
    request.order = Order::kOldest;
    request.copies_as_one = true;
    const auto parsed = parse_query(query, {});
    const auto found = search(*database_, archive_.path(), *parsed.tree, request);
    std::string rows;
    for (const Entry& entry : found->entries) {
      rows += rows.empty() ? "" : " ";
      for (const Copy& copy : entry.copies) rows += copy.account + ",";
    }
    EXPECT_EQ(found->total, found->entries.size());
    return rows;
  }
  static std::string message(const std::string& trace, const std::string& from = "ann") {
    return "Received: " + trace + "\r\nFrom: " + from +
           "\r\nMessage-ID: <a@b>\r\nSubject: x\r\n\r\ntext\r\n";
  }

  std::unique_ptr<Database> database_;
};

TEST_F(SameMessage, OfSeveralAccountsIsOne) {
  add("home", message("one"));
  EXPECT_EQ(rows("text"), "home,");
  add("work", message("two"));
  add("club", message("two"));
  EXPECT_EQ(rows("text"), "home,work,club,");
  EXPECT_EQ(rows(""), "home,work,club,");
  EXPECT_EQ(rows("account:club"), "club,home,work,");
  EXPECT_EQ(rows("account:club or account:work"), "work,home,club,");
}

TEST_F(SameMessage, TwoOfOneAccountStayTwo) {
  add("home", message("one"));
  add("home", message("two"));
  EXPECT_EQ(rows("text"), "home, home,");
  add("work", message("three"));
  EXPECT_EQ(rows("text"), "home,home,work, home,home,work,");
}

TEST_F(SameMessage, NotWhatLooksDifferent) {
  add("home", message("one"));
  add("work", message("one", "mallory"));
  add("club", message("one") + "more\r\n");
  EXPECT_EQ(rows("text"), "home, work, club,");
}

TEST_F(SameMessage, WithoutAMessageIdOnlyTheSameOctets) {
  add("home", "Subject: y\r\n\r\ntext\r\n");
  add("work", "Subject: y\r\n\r\ntext\r\n");
  add("club", "X: z\r\nSubject: y\r\n\r\ntext\r\n");
  EXPECT_EQ(rows("text"), "home,work, club,");
}

}  // namespace
}  // namespace restante::archive
