#include "maildrop/log/check/dump.h"

#include <gmock/gmock.h>

#include "disk/memory.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/test_support.h"

namespace restante::maildrop::log {
namespace {

using ::testing::SizeIs;

class Dump : public ::testing::Test {
 protected:
  Dump() : store_(disk_) {
    EXPECT_TRUE(store_.deliver("Subject: 1\r\n"));
    EXPECT_TRUE(store_.deliver("Subject: 2\r\n", kAccount, "kept!"));
    EXPECT_TRUE(store_.deliver("Subject: 3\r\n"));
  }

  std::vector<DumpLine> dump() {
    std::vector<DumpLine> lines;
    const auto file = *disk_.open(path_, disk::OpenMode::kRead);
    const auto found = dump_log(*file, file->status()->size, {},
                                [&](const DumpLine& line) { lines.push_back(line); });
    EXPECT_TRUE(found) << found.error().message();
    return lines;
  }

  disk::MemoryDisk disk_;
  TestStore store_;
  const std::string path_ = log_paths("/data", kAccount).log;
};

TEST_F(Dump, SaysWhatEachRecordIs) {
  auto session = store_.open();
  const std::string uid = TestStore::uid(**session, 1);
  ASSERT_TRUE((*session)->commit(end_deleting({MessageNumber{1}, MessageNumber{2}})));
  const auto lines = dump();
  ASSERT_THAT(lines, SizeIs(4));
  EXPECT_EQ(lines[0].type, "message");
  EXPECT_EQ(lines[0].state, "ok");
  EXPECT_EQ(lines[0].key, 1U);
  EXPECT_EQ(lines[0].octets, 12U);
  EXPECT_EQ(lines[0].body_bytes, 12U);
  EXPECT_EQ(lines[0].uid, uid);
  EXPECT_EQ(lines[0].offset, records_start(kAccount));
  EXPECT_EQ(lines[1].uid, "kept!");
  EXPECT_EQ(lines[3].type, "deletion");
  EXPECT_EQ(lines[3].says, "deleted 1-2");
  EXPECT_EQ(lines[3].octets, 2U);
}

TEST_F(Dump, ShowsDamageInItsPlace) {
  std::string bytes = *disk_.content(path_);
  bytes[bytes.find("kept!")] = 'K';
  disk_.set_content(path_, bytes + "torn");
  const auto lines = dump();
  ASSERT_THAT(lines, SizeIs(4));
  EXPECT_EQ(lines[1].state, "damaged");
  EXPECT_EQ(lines[1].type, "");
  EXPECT_EQ(lines[1].offset + lines[1].bytes, lines[2].offset);
  EXPECT_EQ(lines[2].key, 3U);
  EXPECT_TRUE(lines[3].in_tail);
  EXPECT_EQ(lines[3].bytes, 4U);
}

TEST_F(Dump, ATornMessageIsCutShort) {
  const std::string bytes = *disk_.content(path_);
  disk_.set_content(path_, bytes.substr(0, bytes.size() - 3));
  const auto lines = dump();
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_EQ(lines[2].state, "cut short");
  EXPECT_EQ(lines[2].key, 3U);
}

TEST_F(Dump, RefusesWhatIsNoLog) {
  for (const std::string& bytes : {std::string(5000, 'x'), std::string(), std::string(100, '\0')}) {
    disk_.set_content(path_, bytes);
    const auto file = *disk_.open(path_, disk::OpenMode::kRead);
    EXPECT_FALSE(dump_log(*file, bytes.size(), {}, [](const DumpLine&) { FAIL(); }));
  }
}

}  // namespace
}  // namespace restante::maildrop::log
