#include "archive/index/read_only.h"

#include <gtest/gtest.h>

#include "archive/database/catalog.h"
#include "archive/mailbox/test_support.h"

namespace restante::archive {
namespace {

class ReadOnlyArchive : public ArchiveTest {
 protected:
  void fill(const std::vector<std::string>& messages) {
    Mailbox mailbox = open();
    keep(mailbox, messages);
  }
  void bring_up_to_date() {
    auto database = Database::open(archive_.path(), Access::kCreate);
    ASSERT_TRUE(database && synchronize_all(*database, archive_.path(), clock_) &&
                index_pending(*database, archive_.path()));
  }
  static std::int64_t count(Database& database) {
    auto query =
        database.prepare("SELECT count(*) FROM messages WHERE removed = 0 AND indexed = 1");
    EXPECT_TRUE(query && query->step());
    return query->number(0);
  }
  std::int64_t count_seen(Freshness look) {
    auto database = open_read_only(archive_.path(), look);
    EXPECT_TRUE(database) << database.error().message();
    return database ? count(*database) : -1;
  }
};

TEST_F(ReadOnlyArchive, IsReadWhereItLies) {
  fill({"Subject: one\r\n\r\n"});
  bring_up_to_date();
  EXPECT_FALSE(is_read_only(archive_.path()));
  EXPECT_EQ(count_seen(Freshness::kNow), 1);
  EXPECT_EQ(count_seen(Freshness::kAsItIs), 1);
}

TEST_F(ReadOnlyArchive, WhatChangedSinceIsSeenInACopy) {
  fill({"Subject: one\r\n\r\n"});
  bring_up_to_date();
  const std::string before = read_file(Database::file_of(archive_.path()));
  fill({"Subject: two\r\n\r\n", "Subject: three\r\n\r\n"});
  EXPECT_EQ(count_seen(Freshness::kNow), 3);
  EXPECT_EQ(count_seen(Freshness::kAsItIs), 1);
  EXPECT_EQ(read_file(Database::file_of(archive_.path())), before);
}

TEST_F(ReadOnlyArchive, OneWithoutADatabaseIsRead) {
  fill({"Subject: one\r\n\r\n"});
  EXPECT_EQ(count_seen(Freshness::kNow), 1);
  EXPECT_FALSE(std::filesystem::exists(Database::file_of(archive_.path())));
  const auto as_it_is = open_read_only(archive_.path(), Freshness::kAsItIs);
  ASSERT_FALSE(as_it_is);
  EXPECT_EQ(as_it_is.error().code, Errc::kNotFound);
}

}  // namespace
}  // namespace restante::archive
