#include "maildrop/log/backup/manifest.h"

#include <gtest/gtest.h>

namespace restante::backup {
namespace {

Manifest example() {
  Manifest manifest;
  manifest.serial = 3;
  manifest.made = WallTime(std::chrono::milliseconds(1'700'000'000'000));
  FileEntry log;
  log.kind = FileKind::kLog;
  log.name = "maildrops/3f/alice@example.test.log";
  log.stored = log.name + ".1";
  log.parts = {{100, 0xABCDEF}, {50, ~Checksum{0}}};
  log.mark = {77, 5, 192, 6};
  log.damaged = 2;
  FileEntry config;
  config.kind = FileKind::kConfig;
  config.name = "config/a b%\n\xC3\xA9.toml";
  config.stored = config.name + ".3";
  manifest.files = {log, config};
  return manifest;
}

TEST(Manifest, ComesBack) {
  const Manifest before = example();
  const auto after = decode_manifest(encode(before));
  ASSERT_TRUE(after) << after.error().message();
  EXPECT_EQ(after->serial, 3U);
  EXPECT_EQ(after->made, before.made);
  ASSERT_EQ(after->files.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(after->files[i].kind, before.files[i].kind);
    EXPECT_EQ(after->files[i].name, before.files[i].name);
    EXPECT_EQ(after->files[i].stored, before.files[i].stored);
    EXPECT_EQ(after->files[i].parts, before.files[i].parts);
    EXPECT_EQ(after->files[i].mark, before.files[i].mark);
    EXPECT_EQ(after->files[i].damaged, before.files[i].damaged);
  }
  EXPECT_EQ(after->files[0].bytes(), 150U);
}

TEST(Manifest, EveryFlippedBitAndEveryCutIsFound) {
  const std::string good = encode(example());
  for (std::size_t at = 0; at < good.size(); ++at) {
    EXPECT_FALSE(decode_manifest(good.substr(0, at))) << at;
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
      EXPECT_FALSE(decode_manifest(bad)) << at << '.' << bit;
    }
  }
  EXPECT_FALSE(decode_manifest(good + "x"));
}

TEST(Manifest, NamesStayInTheirFolder) {
  for (const char* const name : {"", "/etc/passwd", "../x", "a/../../x", "a//b", "a/.", ".."}) {
    for (const bool stored : {false, true}) {
      Manifest manifest = example();
      (stored ? manifest.files[0].stored : manifest.files[0].name) = name;
      EXPECT_FALSE(decode_manifest(encode(manifest))) << name;
    }
  }
  Manifest manifest = example();
  manifest.files[0].name = std::string("a\0b", 3);
  EXPECT_FALSE(decode_manifest(encode(manifest)));
}

// Found by fuzzing: such a number became a time before 1970, which no manifest can say.
TEST(Manifest, IsOfATimeThatCanBeShown) {
  Manifest manifest = example();
  manifest.made = WallTime(std::chrono::milliseconds(253'402'300'799'999));
  EXPECT_TRUE(decode_manifest(encode(manifest)));
  manifest.made += std::chrono::milliseconds(1);
  EXPECT_FALSE(decode_manifest(encode(manifest)));
}

TEST(Manifest, Hex) {
  EXPECT_EQ(to_hex(0), "0000000000000000");
  EXPECT_EQ(to_hex(0xABC), "0000000000000abc");
  EXPECT_EQ(to_hex(~Checksum{0}), "ffffffffffffffff");
}

}  // namespace
}  // namespace restante::backup
