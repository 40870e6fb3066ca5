#include "maildrop/log/format/check_header.h"

#include <gtest/gtest.h>

#include "disk/memory.h"

namespace restante::maildrop::log {
namespace {

class FindLogHeader : public ::testing::Test {
 protected:
  Result<FoundHeader> find(const std::string& bytes) {
    disk_.set_content("/log", bytes);
    return find_log_header(**disk_.open("/log", disk::OpenMode::kRead));
  }
  static std::string good(const std::string& account = "alice@example.test") {
    LogHeader header;
    header.seed = 7;
    header.account = account;
    return encode_log_header(header);
  }

  disk::MemoryDisk disk_;
};

TEST_F(FindLogHeader, OfAnyAccount) {
  for (const std::string& account : {std::string("a"), std::string(320, 'x')}) {
    const auto found = find(good(account));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->header.account, account);
    EXPECT_EQ(found->header.seed, 7U);
    EXPECT_FALSE(found->first_damaged || found->second_damaged);
  }
}

TEST_F(FindLogHeader, OneCopyIsEnoughWhicheverByteIsHit) {
  const std::string bytes = good();
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x41);
    const auto found = find(damaged);
    ASSERT_TRUE(found) << at;
    EXPECT_EQ(found->first_damaged, at < bytes.size() / 2) << at;
    EXPECT_EQ(found->second_damaged, at >= bytes.size() / 2) << at;
  }
}

TEST_F(FindLogHeader, NeverCompleted) {
  const std::string bytes = good();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto found = find(bytes.substr(0, size));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Errc::kState) << size;
  }
  EXPECT_EQ(find(std::string(bytes.size(), '\0')).error().code, Errc::kState);
}

TEST_F(FindLogHeader, Damaged) {
  EXPECT_EQ(find(std::string(4096, 'x')).error().code, Errc::kCorrupt);
}

}  // namespace
}  // namespace restante::maildrop::log
