#include "migrate/sources/mbox.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace restante::migrate {
namespace {

using testing::ElementsAre;
using testing::StartsWith;
namespace fs = std::filesystem;

const std::string kFrom = "From a@b Mon Jan  1 00:00:00 2024 +0000\n";

class MboxTest : public testing::Test {
 protected:
  MboxTest() {
    std::string name = (fs::temp_directory_path() / "restante-mbox-XXXXXX").string();
    root_ = ::mkdtemp(name.data());
    options_.file = {root_ / "alice", root_.native().size() + 1};
    options_.format = *UidlFormat::parse(kDefaultUidlFormat);
  }
  ~MboxTest() override { fs::remove_all(root_); }

  void put(const std::string& text) { std::ofstream(options_.file.text, std::ios::binary) << text; }
  std::vector<std::string> uids() {
    mbox_ = std::make_unique<Mbox>(options_);
    auto listing = mbox_->list();
    if (!listing) return {"!" + listing.error().message()};
    listing_ = *std::move(listing);
    std::vector<std::string> out;
    for (const Item& item : listing_.items) out.push_back(item.uid);
    return out;
  }
  std::string read(std::size_t index) {
    std::string wire;
    const Status status = mbox_->read(listing_.items.at(index), wire);
    return status ? wire : "!" + std::string(to_string(status.error().code));
  }

  fs::path root_;
  MboxOptions options_;
  std::unique_ptr<Mbox> mbox_;
  Listing listing_;
};

TEST_F(MboxTest, GivesDovecotsIds) {
  put(kFrom + "X-IMAP: 77 9\n\nnote\n\n" +              //
      kFrom + "A: 1\nX-UID: 3\nStatus: O\n\none\n\n" +  //
      kFrom + "A: 2\nX-UID: 5\n\n>From two\n\n" +       //
      kFrom + "A: 3\nX-UID: 4\n\nthree\n\n" +           //
      kFrom + "A: 4\n\nfour\n\n");
  // The first has no validity that counts for the file but in its own note.
  EXPECT_THAT(uids(), ElementsAre("000000030000004d", "000000050000004d", "", ""));
  EXPECT_EQ(read(0), "A: 1\r\n\r\none\r\n");
  EXPECT_EQ(read(1), "A: 2\r\n\r\n>From two\r\n");
  EXPECT_EQ(listing_.items[0].arrived, WallTime(std::chrono::seconds(1704067200)));
  EXPECT_EQ(listing_.items[2].own_uid.size(), 64U);
}

TEST_F(MboxTest, GivesSumsOfHeaders) {
  options_.format = *UidlFormat::parse("%m");
  put(kFrom + "Subject: three\nX-UIDL: abcde\nDate: x\n\nb\n\n");
  options_.ids = MboxIds::kDovecot;
  EXPECT_THAT(uids(), ElementsAre("9dd4e461268c8034f5c8564e155c67a6"));
}

TEST_F(MboxTest, GivesXUidl) {
  put(kFrom + "A: 1\nX-UIDL: a.1\nX-UID: 1\n\none\n>From x\n" + kFrom + "y\n\n" + kFrom +
      "A: 2\n\ntwo\n\n");
  EXPECT_THAT(uids(), ElementsAre("a.1", ""));
  EXPECT_EQ(read(0),
            "A: 1\r\n\r\none\r\nFrom x\r\nFrom a@b Mon Jan  1 00:00:00 2024 +0000\r\n"
            "y\r\n");
}

TEST_F(MboxTest, BelievesContentLength) {
  const std::string inner = "x\n\n" + kFrom + "\ny\n";
  put(kFrom + "Content-Length: " + std::to_string(inner.size()) + "\n\n" + inner + "\n" + kFrom +
      "A: 2\n\nz\n\n");
  EXPECT_EQ(uids().size(), 2U);
  EXPECT_EQ(listing_.items[0].octets, inner.size() + std::string("Content-Length: 47\n\n").size());
}

TEST_F(MboxTest, WaitsForNoWriter) {
  put(kFrom + "A: 1\n\none\n\n");
  {
    const files::Descriptor writer(::open(options_.file.text.c_str(), O_RDWR | O_CLOEXEC));
    struct flock lock {};
    lock.l_type = F_WRLCK;
    ASSERT_EQ(::fcntl(writer.number(), F_OFD_SETLK, &lock), 0);
    EXPECT_THAT(uids(), ElementsAre(StartsWith("!busy")));
  }
  std::ofstream(options_.file.text + ".lock") << "1";
  EXPECT_THAT(uids(), ElementsAre(StartsWith("!busy")));
}

TEST_F(MboxTest, NoticesThatItWasWritten) {
  put(kFrom + "A: 1\n\none\n\n");
  ASSERT_EQ(uids().size(), 1U);
  std::ofstream(options_.file.text, std::ios::app) << kFrom << "A: 2\n\ntwo\n\n";
  EXPECT_EQ(read(0), "!busy");
}

TEST_F(MboxTest, RefusesWhatIsNone) {
  EXPECT_THAT(uids(), ElementsAre(StartsWith("!not found")));
  put("Subject: x\n\ny\n");
  EXPECT_THAT(uids(), ElementsAre(StartsWith("!syntax")));
  put("");
  EXPECT_THAT(uids(), ElementsAre());
  fs::create_symlink(root_ / "alice", root_ / "bob");
  options_.file.text = root_ / "bob";
  EXPECT_THAT(uids(), ElementsAre(StartsWith("!syntax")));
  options_.file.text = root_ / "alice";
  options_.format = *UidlFormat::parse("%f");
  EXPECT_THAT(uids(), ElementsAre(StartsWith("!syntax")));
}

}  // namespace
}  // namespace restante::migrate
