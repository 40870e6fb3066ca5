#include "disk/text_file.h"

#include <gtest/gtest.h>

#include "disk/memory.h"

namespace restante::disk {
namespace {

TEST(TextFileTest, IsReadWholeUpToItsLimit) {
  MemoryDisk disk;
  disk.set_content("/note", "four");
  EXPECT_EQ(read_text(disk, "/note", 4).value(), "four");
  EXPECT_EQ(read_text(disk, "/note", 3).error().code, Errc::kLimit);
  EXPECT_EQ(read_text(disk, "/none", 4).error().code, Errc::kNotFound);
  disk.set_content("/empty", "");
  EXPECT_EQ(read_text(disk, "/empty", 0).value(), "");
}

}  // namespace
}  // namespace restante::disk
