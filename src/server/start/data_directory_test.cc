#include "server/start/data_directory.h"

#include <gtest/gtest.h>

#include <fstream>

namespace restante::server {
namespace {

TEST(DataDirectory, IsMadeForOneAlone) {
  std::string pattern = (std::filesystem::temp_directory_path() / "restante-dd-XXXXXX").string();
  const std::filesystem::path parent = ::mkdtemp(pattern.data());
  settings::Config config;
  config.data_dir = parent / "data";
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(make_data_directory(config, "", process::own_identity()));
    for (const auto& made :
         {parent / "data", parent / "data" / "maildrops", parent / "data.witness"})
      EXPECT_EQ(std::filesystem::status(made).permissions(), std::filesystem::perms::owner_all);
  }
  std::filesystem::remove_all(parent);
}

TEST(DataDirectory, IsHeldByOne) {
  std::string pattern = (std::filesystem::temp_directory_path() / "restante-dd-XXXXXX").string();
  const std::filesystem::path parent = ::mkdtemp(pattern.data());
  const auto directory = parent / "data";
  std::filesystem::create_directory(directory);
  {
    const auto lock = lock_data_directory(directory);
    ASSERT_TRUE(lock);
    const auto second = lock_data_directory(directory);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::kBusy);
  }
  EXPECT_TRUE(lock_data_directory(directory));
  EXPECT_TRUE(check_restored(directory));
  std::ofstream(directory / "restore.unfinished").put('\n');
  const auto half_restored = check_restored(directory);
  ASSERT_FALSE(half_restored);
  EXPECT_EQ(half_restored.error().code, Errc::kBusy);
  std::filesystem::remove_all(parent);
}

}  // namespace
}  // namespace restante::server
