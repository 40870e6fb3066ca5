#include "archive/mailbox/name_table.h"

#include <gmock/gmock.h>

namespace restante::archive {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

const std::string kOne(64, '1');
const std::string kTwo(64, '2');

std::string name(const std::string& sha256, std::string_view seconds, std::string_view tail = "") {
  return std::string(seconds) + "." + sha256 + ".restante,S=10" + std::string(tail);
}

TEST(NameTable, WhatIsAddedIsFoundUnderItsName) {
  NameTable table;
  table.add(Folder::kNew, name(kOne, "200"));
  table.add(Folder::kCur, name(kTwo, "100", ":2,FS"));
  ASSERT_EQ(table.size(), 2U);
  const auto place = table.find(kTwo);
  ASSERT_TRUE(place);
  EXPECT_EQ(place->folder, Folder::kCur);
  EXPECT_EQ(place->name, name(kTwo, "100", ":2,FS"));
  EXPECT_EQ(place->flags, "FS");
  EXPECT_EQ(place->seconds, 100);
  EXPECT_EQ(place->file_bytes, 10U);
  EXPECT_FALSE(table.find(std::string(64, '3')));
  EXPECT_FALSE(table.find("no checksum"));
}

TEST(NameTable, NamesOfOthersMakingStay) {
  NameTable table;
  table.add(Folder::kCur, name(kOne, "100", ":2,SF"));
  EXPECT_EQ(table.find(kOne)->name, name(kOne, "100", ":2,SF"));
  EXPECT_EQ(table.find(kOne)->flags, "FS");
  table.put(kOne, named_place(kOne, Place{Folder::kCur, "", "SR", 100, 10}));
  EXPECT_EQ(table.find(kOne)->name, name(kOne, "100", ":2,RS"));
  table.add(Folder::kCur, name(kOne, "100", ":2,SF"));
  table.erase(kOne);
  table.add(Folder::kCur, name(kOne, "100", ":2,"));
  EXPECT_EQ(table.find(kOne)->name, name(kOne, "100", ":2,"));
}

TEST(NameTable, TheLaterPlaceHolds) {
  NameTable table;
  table.add(Folder::kNew, name(kOne, "100"));
  table.add(Folder::kCur, name(kOne, "100", ":2,S"));
  EXPECT_EQ(table.size(), 1U);
  EXPECT_EQ(table.find(kOne)->folder, Folder::kCur);
}

TEST(NameTable, ComesInTheOrderOfArrival) {
  NameTable table;
  table.add(Folder::kNew, name(kOne, "200"));
  table.add(Folder::kNew, name(kTwo, "100"));
  table.add(Folder::kNew, name(std::string(64, '0'), "200"));
  std::vector<std::string> order;
  table.for_each([&](std::string_view sha256, const Place&) { order.emplace_back(sha256); });
  EXPECT_THAT(order, ElementsAre(kTwo, std::string(64, '0'), kOne));
}

TEST(NameTable, ForeignFilesAreNoMessages) {
  NameTable table;
  table.add(Folder::kCur, "1.M2P3.host:2,SF");
  EXPECT_EQ(table.size(), 0U);
  ASSERT_THAT(table.foreign(), SizeIs(1));
  EXPECT_EQ(table.foreign()[0].flags, "FS");
  table.clear();
  EXPECT_THAT(table.foreign(), SizeIs(0));
}

}  // namespace
}  // namespace restante::archive
