#include "archive/database/absence.h"

#include "archive/care/removal.h"
#include "archive/care/verify.h"
#include "archive/database/catalog.h"
#include "archive/mailbox/sha256.h"
#include "archive/mailbox/test_support.h"
#include "archive/search/query.h"
#include "archive/search/search.h"

namespace restante::archive {
namespace {

namespace fs = std::filesystem;

const std::string kMessage = "Subject: a\r\n\r\nbody\r\n";

class AbsenceTest : public ArchiveTest {
 protected:
  AbsenceTest() : mailbox_(open()), database_(*Database::open(archive_.path(), Access::kCreate)) {
    keep(mailbox_, {kMessage, "Subject: b\r\n\r\n"});
    look();
  }
  void look() { EXPECT_TRUE(synchronize(database_, mailbox_)); }
  void lose() {
    fs::remove(mailbox_.path_of(*mailbox_.find(sha256_of(kMessage))));
    look();
  }
  Absence absence() { return *Catalog::open(database_)->absence_of("home", sha256_of(kMessage)); }
  std::uint64_t missing() {
    const auto verified = verify(
        archive_.path(), &database_, {"home"}, [](const Finding&) {},
        [](std::uint64_t) { return true; });
    EXPECT_TRUE(verified);
    return verified->missing;
  }
  std::size_t listed() {
    return search(database_, archive_.path(), QueryNode{AllOf{}}, {})->entries.size();
  }

  Mailbox mailbox_;
  Database database_;
};

TEST_F(AbsenceTest, AFileThatIsGoneStaysKnownAsGone) {
  lose();
  EXPECT_EQ(absence(), Absence::kGone);
  EXPECT_EQ(*count_gone(database_), 1U);
  EXPECT_EQ(*count_gone(database_, "home"), 1U);
  EXPECT_EQ(*count_gone(database_, "work"), 0U);
  EXPECT_EQ(missing(), 1U);
  EXPECT_EQ(listed(), 1U);
  const auto gone = all_gone(database_, {"home"});
  ASSERT_EQ(gone->size(), 1U);
  EXPECT_EQ(gone->front().sha256, sha256_of(kMessage));
}

TEST_F(AbsenceTest, WhatIsDeletedHereIsNotGone) {
  const auto entries = search(database_, archive_.path(), QueryNode{AllOf{}}, {})->entries;
  ASSERT_TRUE(remove_messages(database_, archive_.path(), entries));
  look();
  EXPECT_EQ(absence(), Absence::kDeleted);
  EXPECT_EQ(*count_gone(database_), 0U);
  EXPECT_EQ(missing(), 0U);
}

TEST_F(AbsenceTest, AFileThatComesBackIsThereAgain) {
  lose();
  keep(mailbox_, {kMessage});
  look();
  EXPECT_EQ(absence(), Absence::kNone);
  EXPECT_EQ(*count_gone(database_), 0U);
  EXPECT_EQ(missing(), 0U);
  EXPECT_EQ(listed(), 2U);
}

TEST_F(AbsenceTest, ItsOwnerMayKnow) {
  for (const Absence as : {Absence::kAccepted, Absence::kDeleted}) {
    lose();
    EXPECT_EQ(*accept_gone(database_, {"work"}, as), 0U);
    EXPECT_EQ(*accept_gone(database_, {"home"}, as), 1U);
    EXPECT_EQ(absence(), as);
    EXPECT_EQ(*count_gone(database_), 0U);
    EXPECT_EQ(missing(), 0U);
    look();
    EXPECT_EQ(absence(), as);
    keep(mailbox_, {kMessage});
    look();
    EXPECT_EQ(absence(), Absence::kNone);
  }
}

}  // namespace
}  // namespace restante::archive
