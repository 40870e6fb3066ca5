#include "journal/key.h"

#include <gtest/gtest.h>

#include "files/test_support.h"

namespace restante::journal {
namespace {

TEST(JournalKey, IsMadeOnceAndIsTheFoldersOwn) {
  const files::TempFolder folder;
  const files::TempFolder other;
  const auto key = key_of(folder.path());
  ASSERT_TRUE(key) << key.error().message();
  EXPECT_EQ(*key_of(folder.path()), *key);
  EXPECT_NE(*key_of(other.path()), *key);
  EXPECT_EQ(key_of(folder / "nowhere").error().code, Errc::kNotFound);
}

TEST(JournalKey, AHashTellsNothingAndIsTheSameForTheSameName) {
  const std::string key(32, 'k');
  EXPECT_EQ(hash_of("hunter2", key), hash_of("hunter2", key));
  EXPECT_NE(hash_of("hunter2", key), hash_of("hunter3", key));
  EXPECT_NE(hash_of("hunter2", key), hash_of("hunter2", std::string(32, 'l')));
  EXPECT_EQ(hash_of("hunter2", key).size(), std::string_view("hash:").size() + 32);
}

}  // namespace
}  // namespace restante::journal
