#include "restante/accounts/secret_keeping.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fetch/secrets/secret_source.h"

namespace restante::cli {
namespace {

TEST(SecretKeeping, AFileIsItsOwnersAloneAndNeverAnother) {
  const std::filesystem::path folder =
      testing::TempDir() + "restante_secret_" + std::to_string(::getpid());
  const auto first = keep_in_file(folder, "work", SecretString("one"));
  const auto second = keep_in_file(folder, "work", SecretString("two"));
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->filename(), "work.password");
  EXPECT_EQ(second->filename(), "work.password-2");
  EXPECT_EQ(fetch::read_secret_file(first->string())->view(), "one");
  EXPECT_EQ(fetch::read_secret_file(second->string())->view(), "two");
  struct stat status {};
  ASSERT_EQ(::stat(first->c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace restante::cli
