#include "archive/database/message_numbers.h"

#include "archive/database/catalog.h"
#include "archive/database/rebuild.h"
#include "archive/mailbox/account_lock.h"
#include "archive/mailbox/test_support.h"

namespace restante::archive {
namespace {

namespace fs = std::filesystem;

class MessageNumbers : public ArchiveTest {
 protected:
  Database database() { return std::move(*Database::open(archive_.path(), Access::kCreate)); }
  void put(const std::string& subject, const std::string& account = "home") {
    Mailbox mailbox = open(account);
    keep(mailbox, {"Subject: " + subject + "\r\n\r\nword\r\n"});
    Database opened = database();
    ASSERT_TRUE(synchronize_all(opened, archive_.path(), clock_));
    ASSERT_TRUE(keep_numbers(opened, archive_.path()));
  }
  /// "NUMBER ACCOUNT SHA256" of every message.
  std::vector<std::string> numbers() {
    Database opened = database();
    auto query = opened.prepare(
        "SELECT id || ' ' || account || ' ' || sha256 FROM messages "
        "WHERE removed = 0 ORDER BY id");
    EXPECT_TRUE(query);
    std::vector<std::string> all;
    while (*query->step()) all.emplace_back(query->text(0));
    return all;
  }
  void lose_database() {
    for (const char* const ending : {"", "-wal", "-shm"})
      fs::remove(Database::file_of(archive_.path()).string() + ending);
  }
  void rebuild_it() {
    const auto done = rebuild(archive_.path(), std::chrono::milliseconds(50));
    ASSERT_TRUE(done) << done.error().message();
  }
};

TEST_F(MessageNumbers, OutliveALostDatabase) {
  put("one");
  put("two", "work");
  put("three");
  ASSERT_TRUE(database().run("DELETE FROM messages WHERE id = 2"));
  fs::remove_all(archive_.path() / "work");
  put("four", "an account / with a strange name");
  const auto before = numbers();
  ASSERT_EQ(before.size(), 3U);
  lose_database();
  rebuild_it();
  EXPECT_EQ(numbers(), before);
  put("five");
  EXPECT_EQ(numbers().back().substr(0, 2), "5 ");
}

TEST_F(MessageNumbers, ALineThatWasCutCostsOnlyItself) {
  put("one");
  put("two");
  put("three");
  const auto before = numbers();
  const Path file = numbers_file(archive_.path());
  const std::string whole = read_file(file);
  for (const std::size_t cut : {std::size_t{1}, std::size_t{30}, whole.size() / 3 + 1}) {
    write_file(file, whole.substr(0, whole.size() - cut));
    {
      Database opened = database();
      ASSERT_TRUE(keep_numbers(opened, archive_.path()));
    }
    lose_database();
    rebuild_it();
    EXPECT_EQ(numbers(), before) << cut;
  }
  write_file(file,
             "nonsense\n\n9999999999999999999 x\n" + std::string(5000, '\x5a') + "\n" + whole);
  lose_database();
  rebuild_it();
  EXPECT_EQ(numbers(), before);
}

TEST_F(MessageNumbers, GoToTheAccountThatHasTheNameNowAndNotToTheOneBefore) {
  put("one");
  put("two");
  // The account is renamed, and its old name is another's, with the same mail.
  fs::rename(maildir("home"), maildir("work"));
  {
    Database opened = database();
    ASSERT_TRUE(opened.run("UPDATE messages SET account = 'work'"));
    ASSERT_TRUE(keep_numbers_of(opened, archive_.path(), "work"));
  }
  put("one");
  const auto before = numbers();
  ASSERT_EQ(before.size(), 3U);
  ASSERT_EQ(before[0].substr(0, 6), "1 work");
  ASSERT_EQ(before[2].substr(0, 6), "3 home");
  lose_database();
  rebuild_it();
  EXPECT_EQ(numbers(), before);
}

TEST_F(MessageNumbers, NothingIsWrittenWhenNothingIsNew) {
  put("one");
  const std::string before = read_file(numbers_file(archive_.path()));
  EXPECT_EQ(std::count(before.begin(), before.end(), '\n'), 1);
  Database opened = database();
  ASSERT_TRUE(keep_numbers(opened, archive_.path()));
  EXPECT_EQ(read_file(numbers_file(archive_.path())), before);
}

TEST_F(MessageNumbers, ALostDatabaseIsNotBegunAnewWithoutAWord) {
  put("one");
  lose_database();
  for (const bool is_empty : {false, true}) {
    if (is_empty) write_file(Database::file_of(archive_.path()), "");
    for (const Access access : {Access::kCreate, Access::kWrite, Access::kRead}) {
      const auto opened = Database::open(archive_.path(), access);
      ASSERT_FALSE(opened);
      EXPECT_EQ(opened.error().code, Errc::kCorrupt);
      EXPECT_NE(opened.error().detail.find("reindex"), std::string::npos);
    }
  }
  rebuild_it();
  EXPECT_EQ(numbers().size(), 1U);
}

}  // namespace
}  // namespace restante::archive
