#include "copies/queue.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "files/test_support.h"

namespace restante::copies {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr WallTime kNow{std::chrono::milliseconds(1'700'000'000'123)};

class CopyQueue : public testing::Test {
 protected:
  Queue open() {
    auto opened = Queue::open(file_);
    EXPECT_TRUE(opened) << opened.error().message();
    return std::move(*opened);
  }
  static Setback setback(std::string account, std::string label, std::string uid) {
    Setback out;
    out.account = std::move(account);
    out.label = std::move(label);
    out.uid = std::move(uid);
    out.tries = 1;
    out.first = kNow;
    out.next = kNow + std::chrono::minutes(5);
    out.reason = "450 4.2.0 try later";
    return out;
  }
  /// "account/label/uid" of each.
  static std::vector<std::string> names(const Result<std::vector<Setback>>& all) {
    EXPECT_TRUE(all);
    std::vector<std::string> out;
    for (const Setback& one : *all) out.push_back(one.account + "/" + one.label + "/" + one.uid);
    return out;
  }

  files::TempFolder folder_;
  const std::filesystem::path file_ = folder_ / kFileName;
};

TEST_F(CopyQueue, KeepsAllOfASetback) {
  Setback given = setback("a", "copy", "u1");
  given.tries = 7;
  given.is_set_aside = true;
  given.is_told = true;
  given.reason = "550 5.1.1 \xC3\xBC";
  ASSERT_TRUE(open().put(given));
  const auto all = open().all();
  ASSERT_EQ(all->size(), 1U);
  const Setback& found = all->front();
  EXPECT_EQ(found.tries, 7U);
  EXPECT_EQ(found.first, given.first);
  EXPECT_EQ(found.next, given.next);
  EXPECT_TRUE(found.is_set_aside);
  EXPECT_TRUE(found.is_told);
  EXPECT_EQ(found.reason, given.reason);
  given.is_set_aside = false;
  given.is_told = false;
  ASSERT_TRUE(open().put(given));
  ASSERT_EQ(open().all()->size(), 1U) << "one of a message";
  EXPECT_FALSE(open().all()->front().is_set_aside);
  EXPECT_FALSE(open().all()->front().is_told);
  struct stat stored {};
  ASSERT_EQ(::stat(file_.c_str(), &stored), 0);
  EXPECT_EQ(stored.st_mode & 0777U, 0600U);
}

TEST_F(CopyQueue, IsInTheOrderOfTheFailures) {
  Queue queue = open();
  Setback late = setback("a", "copy", "u1");
  late.first += std::chrono::hours(1);
  for (const Setback& one : {setback("b", "copy", "u1"), late, setback("a", "far", "u1"),
                             setback("a", "copy", "u3"), setback("a", "copy", "u2")})
    ASSERT_TRUE(queue.put(one));
  EXPECT_THAT(names(queue.all()),
              ElementsAre("a/copy/u2", "a/copy/u3", "a/copy/u1", "a/far/u1", "b/copy/u1"));
  EXPECT_THAT(names(queue.of("a", "copy")), ElementsAre("a/copy/u2", "a/copy/u3", "a/copy/u1"));
  EXPECT_THAT(names(queue.of("a", "none")), IsEmpty());
}

TEST_F(CopyQueue, LosesOneOrAllOfACopy) {
  Queue queue = open();
  for (const Setback& one : {setback("a", "copy", "u1"), setback("a", "copy", "u2"),
                             setback("a", "far", "u1"), setback("b", "copy", "u1")})
    ASSERT_TRUE(queue.put(one));
  ASSERT_TRUE(queue.remove("a", "copy", "u1"));
  ASSERT_TRUE(queue.remove("a", "copy", "never"));
  EXPECT_THAT(names(queue.all()), ElementsAre("a/copy/u2", "a/far/u1", "b/copy/u1"));
  ASSERT_TRUE(queue.forget("a", "copy"));
  EXPECT_THAT(names(queue.all()), ElementsAre("a/far/u1", "b/copy/u1"));
}

TEST_F(CopyQueue, TriesAgainWhatIsMeant) {
  Queue queue = open();
  for (const char* const label : {"copy", "far"})
    for (const char* const uid : {"u1", "u2"}) {
      Setback one = setback("a", label, uid);
      one.is_set_aside = true;
      ASSERT_TRUE(queue.put(one));
    }
  ASSERT_TRUE(queue.put(setback("b", "copy", "u1")));
  const auto waiting = [&] {
    std::vector<std::string> out;
    const auto all = queue.all();
    for (const Setback& one : *all)
      if (!one.is_set_aside && one.next == kNow)
        out.push_back(one.account + "/" + one.label + "/" + one.uid);
    return out;
  };
  EXPECT_EQ(queue.retry("a", "far", "u2", kNow), 1U);
  EXPECT_THAT(waiting(), ElementsAre("a/far/u2"));
  EXPECT_EQ(queue.retry("a", "copy", "", kNow), 2U);
  EXPECT_THAT(waiting(), ElementsAre("a/copy/u1", "a/copy/u2", "a/far/u2"));
  EXPECT_EQ(queue.retry("nobody", "", "", kNow), 0U);
  EXPECT_EQ(queue.retry("a", "", "", kNow), 4U);
  EXPECT_EQ(queue.retry("", "", "", kNow), 5U);
  EXPECT_EQ(waiting().size(), 5U);
}

TEST_F(CopyQueue, IsReadWithoutBeingMade) {
  EXPECT_EQ(Queue::open_to_read(file_).error().code, Errc::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(file_));
  Queue writer = open();
  ASSERT_TRUE(writer.put(setback("a", "copy", "u1")));
  auto reader = Queue::open_to_read(file_);
  ASSERT_TRUE(reader) << reader.error().message();
  EXPECT_THAT(names(reader->all()), ElementsAre("a/copy/u1"));
  ASSERT_TRUE(writer.forget("a", "copy"));
  EXPECT_THAT(names(reader->all()), IsEmpty());
}

TEST_F(CopyQueue, RefusesWhatItDoesNotKnow) {
  static_cast<void>(open());
  {
    auto connection = sql::Connection::open(file_, {sql::Mode::kCreate, {}, ""});
    ASSERT_TRUE(connection);
    ASSERT_TRUE(connection->run("PRAGMA user_version = 2"));
  }
  EXPECT_EQ(Queue::open(file_).error().code, Errc::kState);
  EXPECT_EQ(Queue::open_to_read(file_).error().code, Errc::kState);
  folder_.write(kFileName,
                "this is no database, but long enough to be looked at " + std::string(1000, '.'));
  EXPECT_EQ(Queue::open(file_).error().code, Errc::kCorrupt);
}

}  // namespace
}  // namespace restante::copies
