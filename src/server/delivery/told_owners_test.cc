#include "server/delivery/told_owners.h"

#include <gtest/gtest.h>

#include <fstream>

#include "accounts/test_support.h"

namespace restante::server {
namespace {

using accounts::TempDir;

TEST(ToldOwners, EachIsToldOnceUntilThereIsRoom) {
  ToldOwners told("");
  EXPECT_TRUE(told.note("a@x.test"));
  EXPECT_FALSE(told.note("a@x.test"));
  EXPECT_TRUE(told.note("b@x.test"));
  told.forget("a@x.test");
  told.forget("nobody@x.test");
  EXPECT_TRUE(told.note("a@x.test"));
}

TEST(ToldOwners, ARestartRemembers) {
  const TempDir dir;
  {
    ToldOwners told(dir / "told");
    EXPECT_TRUE(told.note("a@x.test"));
    EXPECT_TRUE(told.note("b@x.test"));
    told.forget("b@x.test");
  }
  ToldOwners told(dir / "told");
  EXPECT_FALSE(told.note("a@x.test"));
  EXPECT_TRUE(told.note("b@x.test"));
}

TEST(ToldOwners, WhatAnotherProcessHasToldIsKnown) {
  const TempDir dir;
  ToldOwners server(dir / "told");
  ToldOwners tool(dir / "told");
  EXPECT_TRUE(tool.note("a@x.test"));
  EXPECT_FALSE(server.note("a@x.test"));
  server.forget("a@x.test");
  EXPECT_TRUE(tool.note("a@x.test"));
}

TEST(ToldOwners, AnyFileIsRead) {
  const TempDir dir;
  std::ofstream(dir / "told") << "\n+\n?x\n+a@x.test\n+torn";
  ToldOwners told(dir / "told");
  EXPECT_FALSE(told.note("a@x.test"));
  EXPECT_TRUE(told.note("torn"));
  EXPECT_TRUE(ToldOwners(dir / "no" / "folder").note("a@x.test"));
}

TEST(ToldOwners, AFileOfDeadLinesIsWrittenAnew) {
  const TempDir dir;
  {
    std::ofstream file(dir / "told");
    for (int i = 0; i < 6000; ++i) file << "+a@x.test\n-a@x.test\n";
    file << "+b@x.test\n";
  }
  ToldOwners told(dir / "told");
  EXPECT_EQ(std::filesystem::file_size(dir / "told"), 10U);
  EXPECT_TRUE(told.note("a@x.test"));
  EXPECT_FALSE(told.note("b@x.test"));
}

}  // namespace
}  // namespace restante::server
