#include "archive/care/verify.h"

#include "archive/database/catalog.h"
#include "archive/mailbox/sha256.h"
#include "archive/mailbox/test_support.h"

namespace restante::archive {
namespace {

namespace fs = std::filesystem;
using Kind = Finding::Kind;

class VerifyTest : public ArchiveTest {
 protected:
  VerifyTest() {
    auto database = Database::open(archive_.path(), Access::kCreate);
    EXPECT_TRUE(database);
    database_ = std::make_unique<Database>(std::move(*database));
    Mailbox mailbox = open();
    kept_ = keep(mailbox, {"Subject: one\r\n\r\nx\r\n", "bare\nlf\r\n", ""});
    EXPECT_TRUE(synchronize(*database_, mailbox));
  }
  Path file(std::size_t number) const { return maildir() / "new" / kept_[number].name; }
  Verified run(bool with_database = true) {
    found_.clear();
    const auto verified =
        verify(archive_.path(), with_database ? database_.get() : nullptr, {"home"},
               [this](const Finding& finding) { found_.push_back(finding.kind); }, {});
    EXPECT_TRUE(verified);
    return verified ? *verified : Verified{};
  }

  std::unique_ptr<Database> database_;
  std::vector<Kept> kept_;
  std::vector<Kind> found_;
};

TEST_F(VerifyTest, AWholeArchive) {
  const Verified verified = run();
  EXPECT_TRUE(verified.is_whole());
  EXPECT_EQ(verified.messages, 3U);
  EXPECT_EQ(verified.bytes, *bytes_to_verify(archive_.path(), {"home"}));
  EXPECT_TRUE(found_.empty());
}

TEST_F(VerifyTest, EveryBitThatFlips) {
  const std::string content = read_file(file(0));
  for (std::size_t at = 0; at < content.size(); ++at) {
    std::string damaged = content;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    write_file(file(0), damaged);
    EXPECT_EQ(run().damaged, 1U) << at;
  }
  write_file(file(0), content.substr(1));
  EXPECT_EQ(run().damaged, 1U);
  write_file(file(0), content + "\n");
  EXPECT_EQ(run().damaged, 1U);
  write_file(file(0), content);
  EXPECT_TRUE(run().is_whole());
}

TEST_F(VerifyTest, WhatIsGone) {
  fs::remove(file(1));
  EXPECT_EQ(run().missing, 1U);
  EXPECT_EQ(found_, std::vector<Kind>{Kind::kMissing});
  EXPECT_TRUE(run(false).is_whole());
  // Two messages with the same octets had one file.
  ASSERT_TRUE(database_->run(
      "INSERT INTO messages (account, sha256, copy, name, size, arrived, date) "
      "SELECT account, sha256, 2, name, size, arrived, date FROM messages WHERE copy = 1"));
  EXPECT_EQ(run().missing, 1U);
}

TEST_F(VerifyTest, RenamedByAMailReaderIsNoDamage) {
  fs::rename(file(0), maildir() / "cur" / (kept_[0].name + ":2,S"));
  EXPECT_TRUE(run().is_whole());
  EXPECT_TRUE(found_.empty());
}

TEST_F(VerifyTest, OtherProgramsFilesAndDoubles) {
  write_file(maildir() / "cur" / "1.host:2,", "theirs");
  fs::copy_file(file(0), maildir() / "cur" / ("1" + kept_[0].name + ":2,"));
  const Verified verified = run();
  EXPECT_TRUE(verified.is_whole());
  EXPECT_EQ(verified.foreign, 1U);
  EXPECT_EQ(verified.doubles, 1U);
  // Once it is known, a change of it is found, too.
  Mailbox mailbox = open();
  ASSERT_TRUE(synchronize(*database_, mailbox));
  write_file(maildir() / "cur" / "1.host:2,", "changed");
  EXPECT_EQ(run().damaged, 1U);
}

TEST_F(VerifyTest, MayBeStopped) {
  const auto verified =
      verify(archive_.path(), nullptr, {"home"}, {}, [](std::uint64_t) { return false; });
  ASSERT_TRUE(verified);
  EXPECT_LT(verified->messages, 3U);
}

}  // namespace
}  // namespace restante::archive
