#include "server/delivery/spool.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace restante::server {
namespace {

std::string read_at(Spool& spool, std::uint64_t offset, std::size_t count) {
  std::string out(count, '\0');
  const Status status = spool.read(offset, std::as_writable_bytes(std::span(out)));
  return status ? out : "error";
}

TEST(Spool, SmallMailStaysInMemory) {
  Spool spool("/does/not/exist");
  spool.append("hello ");
  spool.append("world");
  EXPECT_FALSE(spool.needs_flush());
  EXPECT_EQ(spool.size(), 11U);
  EXPECT_EQ(read_at(spool, 4, 5), "o wor");
}

TEST(Spool, LargeMailReadsAcrossFileAndMemory) {
  Spool spool(std::filesystem::temp_directory_path());
  spool.append(std::string(limits::kSpillBytes, 'a'));
  ASSERT_TRUE(spool.needs_flush());
  ASSERT_TRUE(spool.flush());
  EXPECT_FALSE(spool.needs_flush());
  spool.append("bcd");
  EXPECT_EQ(spool.size(), limits::kSpillBytes + 3);
  EXPECT_EQ(read_at(spool, limits::kSpillBytes - 2, 4), "aabc");
  EXPECT_EQ(read_at(spool, limits::kSpillBytes, 3), "bcd");
  EXPECT_EQ(read_at(spool, 0, 2), "aa");
}

TEST(Spool, ReadingBeyondTheEndIsAnError) {
  Spool spool("/does/not/exist");
  spool.append("abc");
  EXPECT_EQ(read_at(spool, 2, 2), "error");
  EXPECT_EQ(read_at(spool, 4, 1), "error");
}

TEST(Spool, ADirectoryThatIsNotThereIsAnError) {
  Spool spool("/does/not/exist");
  spool.append("abc");
  const Status flushed = spool.flush();
  ASSERT_FALSE(flushed);
  EXPECT_EQ(flushed.error().code, Errc::kIo);
}

}  // namespace
}  // namespace restante::server
