// The golden files of tests/format: version 1 as it is for ever. They open, they are what is
// written today, docs/format.md shows one of them, and no damage to them loses or fakes a message.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "disk/memory.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/format/log_scanner.h"
#include "maildrop/log/test_support.h"

namespace restante::maildrop::log {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kFolder = RESTANTE_SOURCE_DIR "/tests/format/v1/";
const std::string kWithViews = "../v2/views";  // In it.
const std::string kWithCopies = "../v2/copies";
const std::string kOne = "Subject: one\r\n\r\nHello.\r\n";
const std::string kTwo = "Subject: two\r\n\r\n..dot\r\n\xC3\xA4\r\n";
const std::string kThree = "Subject: three\r\n\r\n";
const std::string kFour = "Subject: four\r\n\r\nThe last one.\r\n";

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

/// As `hexdump -C` prints it.
std::string hexdump(const std::string& bytes) {
  std::string out;
  std::array<char, 16> text{};
  for (std::size_t line = 0; line < bytes.size(); line += 16) {
    std::snprintf(text.data(), text.size(), "%08zx ", line);
    out += text.data();
    std::string shown;
    for (std::size_t i = line; i < line + 16; ++i) {
      if (i % 8 == 0) out += ' ';
      if (i >= bytes.size()) {
        out += "   ";
        continue;
      }
      const auto byte = static_cast<unsigned char>(bytes[i]);
      std::snprintf(text.data(), text.size(), "%02x ", byte);
      out += text.data();
      shown += byte >= 0x20 && byte < 0x7f ? static_cast<char>(byte) : '.';
    }
    out += " |" + shown + "|\n";
  }
  std::snprintf(text.data(), text.size(), "%08zx\n", bytes.size());
  return out + text.data();
}

class GoldenTest : public ::testing::Test {
 protected:
  /// One message, and its deletion: the worked example.
  void write_small() {
    const auto receipt = store.deliver(kOne);
    ASSERT_TRUE(receipt);
    small_uid = receipt->uid;
    commit(View::kDefault, 1);
  }

  /// Some of everything.
  void write_mixed() {
    ASSERT_TRUE(store.deliver(kOne));
    ASSERT_TRUE(store.deliver(kTwo, kAccount, "imported-uid"));
    ASSERT_TRUE(store.deliver(kThree));
    commit(View{7}, 2);
    commit(View::kDefault, 1);
    ASSERT_TRUE(store.deliver(kFour));
  }

  /// What a rewriting makes, and what follows it: every type of record.
  void write_rewritten() {
    ASSERT_TRUE(store.deliver(kOne, kAccount, "forgotten-uid"));
    ASSERT_TRUE(store.deliver(kTwo));
    ASSERT_TRUE(store.deliver(kThree));
    commit(View::kDefault, 1);
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(store.deliver(std::string(5000, 'x')));
    {
      auto session = store.open();
      SessionEnd end;
      for (std::uint32_t i = 3; i <= 22; ++i) end.deleted.push_back(MessageNumber{i});
      ASSERT_TRUE((*session)->commit(end));
    }
    store.clock_.advance(std::chrono::hours(1));
    {
      auto session = store.open();
      ASSERT_TRUE((*session)->commit({{MessageNumber{1}}, {MessageNumber{1}, MessageNumber{2}}}));
    }
    UpkeepPolicy policy;
    policy.undelete_window = std::chrono::minutes(30);
    ASSERT_GT(store->upkeep(kAccount, policy, {})->reclaimed_bytes, 0U);
    ASSERT_EQ(store->undelete(kAccount, View::kDefault, {})->size(), 1U);
    ASSERT_TRUE(store.deliver(kFour));
    auto session = store.open();
    ASSERT_TRUE((*session)->commit({{MessageNumber{2}}, {MessageNumber{3}}}));
  }

  /// Every kind of view, its end and its change, a deletion for all, and the trash.
  void write_views() {
    ASSERT_TRUE(store.deliver(kOne));
    ASSERT_TRUE(store.deliver(kTwo));
    const View phone = *store->make_view(kAccount, {"phone", ViewRole::kEach, {}});
    NewView own{"tablet", ViewRole::kReader, {ViewStart::From::kNow, {}}};
    own.of_device = true;
    ASSERT_TRUE(store->make_view(kAccount, own));
    ASSERT_TRUE(store->end_view(kAccount, *store->make_view(kAccount, {"gone", {}, {}})));
    ASSERT_TRUE(store.deliver(kThree));
    commit(phone, 2);
    ASSERT_TRUE(store->set_role(kAccount, View::kDefault, ViewRole::kMain));
    commit(View::kDefault, 1);
    auto trash = *store->open_trash(kAccount, std::chrono::hours(1));
    ASSERT_EQ(trash->count(), 2U);
    ASSERT_TRUE(trash->commit(end_deleting({MessageNumber{2}})));
    ASSERT_TRUE(store.deliver(kFour));
  }

  /// Views of copies, and what leaves one view and every view in one step.
  void write_copies() {
    ASSERT_TRUE(store.deliver(kOne));
    NewView copy{"copy", ViewRole::kEach, {ViewStart::From::kNow, {}}};
    copy.of_copy = true;
    const View first = *store->make_view(kAccount, copy);
    copy.name = "copy-2";
    const View second = *store->make_view(kAccount, copy);
    for (const std::string& text : {kTwo, kThree, kFour}) ASSERT_TRUE(store.deliver(text));
    const auto session = store->open(kAccount, first);
    ASSERT_TRUE((*session)->commit({{MessageNumber{1}, MessageNumber{2}}, {}, {MessageNumber{2}}}));
    ASSERT_TRUE((*session)->commit({{MessageNumber{3}}, {}, {MessageNumber{3}}}));
    commit(second, 1);
  }

  void commit(View view, std::uint32_t number) {
    auto session = store->open(kAccount, view);
    ASSERT_TRUE(session);
    ASSERT_TRUE((*session)->commit(end_deleting({MessageNumber{number}})));
  }

  /// The file as written today against the golden one. With RESTANTE_WRITE_GOLDEN set it is written
  /// instead: for a new version, never to make a test pass.
  void compare(const std::string& written, const std::string& golden) {
    if (std::getenv("RESTANTE_WRITE_GOLDEN") != nullptr)
      std::ofstream(kFolder + golden, std::ios::binary) << written;
    EXPECT_EQ(hexdump(written), hexdump(read_file(kFolder + golden))) << golden;
  }

  void put(const std::string& log, const std::string& index) {
    disk.set_content(paths.log, log);
    disk.set_content(paths.index, index);
    disk.set_content(paths.aside, "");
    store.reopen();
  }

  void make_directories() { ASSERT_TRUE(store.deliver("x")); }

  disk::MemoryDisk disk;
  TestStore store{disk};
  const LogPaths paths = log_paths("/data", kAccount);
  std::string small_uid;
};

TEST_F(GoldenTest, SmallIsWhatIsWrittenToday) {
  write_small();
  compare(*disk.content(paths.log), "small.log");
}

TEST_F(GoldenTest, MixedIsWhatIsWrittenToday) {
  write_mixed();
  ASSERT_TRUE(store->close());
  compare(*disk.content(paths.log), "mixed.log");
  compare(*disk.content(paths.index), "mixed.idx");
}

TEST_F(GoldenTest, RewrittenIsWhatIsWrittenToday) {
  write_rewritten();
  ASSERT_TRUE(store->close());
  compare(*disk.content(paths.log), "rewritten.log");
  compare(*disk.content(paths.index), "rewritten.idx");
}

TEST_F(GoldenTest, ViewsAreWhatIsWrittenToday) {
  write_views();
  ASSERT_TRUE(store->close());
  compare(*disk.content(paths.log), kWithViews + ".log");
  compare(*disk.content(paths.index), kWithViews + ".idx");
}

TEST_F(GoldenTest, TheOneWithViewsOpens) {
  make_directories();
  for (const bool indexed : {false, true}) {
    put(read_file(kFolder + kWithViews + ".log"),
        indexed ? read_file(kFolder + kWithViews + ".idx") : "");
    EXPECT_THAT(store.texts(), ElementsAre(kTwo, kThree, kFour));
    const auto phone = store->find_view(kAccount, "phone");
    ASSERT_TRUE(phone);
    EXPECT_EQ((*store->open(kAccount, phone->view))->count(), 2U);
    const auto tablet = store->find_view(kAccount, "tablet");
    ASSERT_TRUE(tablet);
    EXPECT_TRUE(tablet->of_device);
    EXPECT_EQ((*store->open(kAccount, tablet->view))->count(), 2U);
    EXPECT_EQ((*store->open_trash(kAccount, std::chrono::hours(1)))->count(), 1U);
    EXPECT_EQ(*store->make_view(kAccount, {"new", {}, {}}), View{4}) << "3 has ended";
  }
}

TEST_F(GoldenTest, CopiesAreWhatIsWrittenToday) {
  write_copies();
  ASSERT_TRUE(store->close());
  compare(*disk.content(paths.log), kWithCopies + ".log");
  compare(*disk.content(paths.index), kWithCopies + ".idx");
}

TEST_F(GoldenTest, TheOneWithCopiesOpens) {
  make_directories();
  for (const bool indexed : {false, true}) {
    put(read_file(kFolder + kWithCopies + ".log"),
        indexed ? read_file(kFolder + kWithCopies + ".idx") : "");
    EXPECT_THAT(store.texts(), ElementsAre(kOne, kTwo));
    const auto first = store->find_view(kAccount, "copy");
    const auto second = store->find_view(kAccount, "copy-2");
    ASSERT_TRUE(first && second);
    EXPECT_TRUE(first->of_copy && second->of_copy);
    EXPECT_EQ((*store->open(kAccount, first->view))->count(), 0U);
    EXPECT_EQ((*store->open(kAccount, second->view))->count(), 2U);
  }
}

TEST_F(GoldenTest, TheRewrittenOneOpens) {
  make_directories();
  for (const bool indexed : {false, true}) {
    put(read_file(kFolder + "rewritten.log"), indexed ? read_file(kFolder + "rewritten.idx") : "");
    EXPECT_THAT(store.texts(), ElementsAre(kTwo, kFour));
    EXPECT_EQ(store.deliver("x", kAccount, "forgotten-uid").error().code, Errc::kExists);
    const auto entries = *store->list(kAccount, View::kDefault);
    ASSERT_EQ(entries.size(), 3U);
    EXPECT_EQ(entries[0].info.sequence, Sequence{2});
    EXPECT_FALSE(entries[0].deleted);
    EXPECT_TRUE(entries[1].deleted);
    EXPECT_TRUE(entries[0].retrieved_at && entries[1].retrieved_at && entries[2].retrieved_at);
    EXPECT_EQ(store.deliver("next")->sequence, Sequence{25});
  }
}

TEST_F(GoldenTest, TheDocumentShowsThem) {
  write_small();
  const std::string document = read_file(RESTANTE_SOURCE_DIR "/docs/format.md");
  EXPECT_THAT(document, HasSubstr("`" + small_uid + "`"));
  EXPECT_THAT(document, HasSubstr("```\n" + hexdump(read_file(kFolder + "small.log")) + "```"));
  EXPECT_THAT(document, HasSubstr("```\n" + hexdump(read_file(kFolder + "mixed.idx")) + "```"));
}

TEST_F(GoldenTest, TheyOpen) {
  make_directories();
  put(read_file(kFolder + "small.log"), "");
  EXPECT_THAT(store.texts(), ElementsAre());
  for (const bool indexed : {false, true}) {
    put(read_file(kFolder + "mixed.log"), indexed ? read_file(kFolder + "mixed.idx") : "");
    EXPECT_THAT(store.texts(), ElementsAre(kTwo, kThree, kFour));
    auto session = store.open();
    ASSERT_TRUE(session);
    ASSERT_EQ((*session)->count(), 3U);
    EXPECT_EQ(TestStore::uid(**session, 1), "imported-uid");
    EXPECT_EQ(TestStore::uid(**session, 2), "bqagacuagy-3-3i5ds5qe");
    EXPECT_EQ((*session)->info(MessageNumber{3}).sequence, Sequence{4});
    auto phone = store->open(kAccount, View{7});
    EXPECT_EQ((*phone)->count(), 3U);
  }
}

/// Where the records of the golden log lie, by the text of the message or "" for a deletion.
struct Place {
  std::size_t from;
  std::size_t to;
  std::string text;
};

class GoldenDamageTest : public GoldenTest {
 protected:
  void SetUp() override {
    make_directories();
    golden = read_file(kFolder + "mixed.log");
    put(golden, "");
    const auto header = decode_log_header(as_bytes(golden), kAccount);
    ASSERT_TRUE(header);
    auto file = disk.open(paths.log, disk::OpenMode::kRead);
    const auto scan = scan_log(
        **file, header->seed, {records_start(kAccount), golden.size(), true},
        [&](ScannedRecord&& record) {
          const bool is_message = record.header.type == RecordType::kMessage;
          places.push_back({record.offset, record.end,
                            is_message ? golden.substr(record.body_offset, record.header.body_bytes)
                                       : std::string()});
        });
    ASSERT_TRUE(scan);
    ASSERT_EQ(places.size(), 6U);
  }

  /// Every message that [from, to) does not touch is there, but for the deleted one; that one may
  /// be back only when its deletion was hit; nothing else is given out as good.
  void check(std::size_t from, std::size_t to, const std::string& where) {
    const auto found = store.texts();
    std::map<std::string, std::size_t> counts;
    for (const std::string& text : found) ++counts[text];
    bool deletion_hit = false;
    for (const Place& place : places)
      deletion_hit |= place.text.empty() && from < place.to && place.from < to;
    for (const Place& place : places) {
      if (place.text.empty()) continue;
      const bool hit = from < place.to && place.from < to;
      const std::size_t count = std::exchange(counts[place.text], 0);
      ASSERT_LE(count, 1U) << where;
      if (hit) {
        ASSERT_EQ(count, 0U) << where << ": given out though damaged";
      } else if (place.text != kOne) {
        ASSERT_EQ(count, 1U) << where << ": lost " << place.text;
      } else if (!deletion_hit) {
        ASSERT_EQ(count, 0U) << where << ": undeleted";
      }
    }
    counts["!corrupt"] = 0;
    for (const auto& [text, count] : counts) ASSERT_EQ(count, 0U) << where << ": " << text;
  }

  std::string golden;
  std::vector<Place> places;
};

TEST_F(GoldenDamageTest, EveryByteFlipped) {
  for (std::size_t at = 0; at < golden.size(); ++at) {
    for (const char mask : {'\x01', '\x80', '\xFF'}) {
      std::string damaged = golden;
      damaged[at] = static_cast<char>(damaged[at] ^ mask);
      put(damaged, "");
      check(at, at + 1, "byte " + std::to_string(at));
      if (HasFailure()) return;
    }
  }
}

TEST_F(GoldenDamageTest, EveryTruncation) {
  for (std::size_t size = 0; size <= golden.size(); ++size) {
    put(golden.substr(0, size), "");
    check(size, golden.size(), "cut at " + std::to_string(size));
    ASSERT_TRUE(store.deliver("goes on\r\n")) << size;
    if (HasFailure()) return;
  }
}

TEST_F(GoldenDamageTest, EverySectorOfZeros) {
  constexpr std::size_t kHole = 64;
  for (std::size_t at = records_start(kAccount); at < golden.size(); at += 8) {
    std::string damaged = golden;
    const std::size_t end = std::min(golden.size(), at + kHole);
    std::fill(damaged.begin() + static_cast<std::ptrdiff_t>(at),
              damaged.begin() + static_cast<std::ptrdiff_t>(end), '\0');
    put(damaged, "");
    check(at, end, "hole at " + std::to_string(at));
    if (HasFailure()) return;
  }
}

// One promise holds for every content of the file: nothing false is given out, nothing crashes.
TEST_F(GoldenDamageTest, RandomDamageInManyPlaces) {
  std::minstd_rand random(1);  // NOLINT: the same damage in every run.
  for (int round = 0; round < 1500; ++round) {
    std::string damaged = golden;
    for (std::size_t hits = random() % 12 + 1; hits > 0; --hits) {
      const std::size_t from = random() % damaged.size();
      switch (random() % 4) {
        case 0: damaged[from] = static_cast<char>(random()); break;
        case 1: damaged.erase(from, random() % 40 + 1); break;
        case 2: damaged.insert(from, golden, random() % golden.size(), 100); break;
        default: damaged.append(golden, random() % golden.size(), 300);
      }
    }
    put(damaged, round % 2 == 0 ? read_file(kFolder + "mixed.idx") : "");
    for (const std::string& text : store.texts())
      ASSERT_TRUE(text == kOne || text == kTwo || text == kThree || text == kFour ||
                  text.starts_with('!'))
          << round << ": " << text;
  }
}

// The same for a rewritten one, with repair and upkeep behind it: they keep to it too.
TEST_F(GoldenDamageTest, RandomDamageThenRepair) {
  const std::string rewritten = read_file(kFolder + "rewritten.log");
  std::minstd_rand random(2);  // NOLINT: the same damage in every run.
  for (int round = 0; round < 500; ++round) {
    std::string damaged = rewritten;
    for (std::size_t hits = random() % 3 + 1; hits > 0; --hits) {
      char& byte = damaged[random() % damaged.size()];
      byte = static_cast<char>(byte ^ (1 << random() % 8));
    }
    put(damaged, round % 2 == 0 ? read_file(kFolder + "rewritten.idx") : "");
    const auto before = store.texts();
    const auto repaired = store->repair(kAccount, {});
    if (!repaired) {
      ASSERT_EQ(repaired.error().code, Errc::kCorrupt) << round;
      continue;
    }
    std::vector<std::string> expected = before;
    std::erase(expected, "!corrupt");
    for (int again = 0; again < 2; ++again) {
      ASSERT_EQ(store.texts(), expected) << round;
      ASSERT_TRUE(store->repair(kAccount, {})->set_aside.empty()) << round;
      ASSERT_TRUE(store->upkeep(kAccount, {}, {})) << round;
      store.reopen();
    }
    for (const std::string& text : expected)
      ASSERT_TRUE(text == kTwo || text == kThree || text == kFour) << round << ": " << text;
  }
}

TEST_F(GoldenDamageTest, ADamagedLogWithAGoodIndex) {
  const std::string index = read_file(kFolder + "mixed.idx");
  for (std::size_t at = records_start(kAccount); at < golden.size(); ++at) {
    std::string damaged = golden;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x04);
    put(damaged, index);
    const auto found = store.texts();
    // The index knows where things are, so damaged headers cost nothing at all.
    ASSERT_GE(found.size(), 2U) << at;
    for (const std::string& text : found)
      ASSERT_TRUE(text == kOne || text == kTwo || text == kThree || text == kFour ||
                  text == "!corrupt")
          << at << ": " << text;
  }
}

}  // namespace
}  // namespace restante::maildrop::log
