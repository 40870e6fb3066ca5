#include "restantectl/accounts/hash_work.h"

#include <gtest/gtest.h>

namespace restante::ctl {
namespace {

TEST(HashWork, EachGetsWhatItsPasswordNeeds) {
  console::OutputSettings quiet;
  quiet.quiet = true;
  const console::Output out(quiet);
  std::vector<HashJob> jobs(5);
  for (std::size_t i = 0; i < jobs.size(); ++i)
    jobs[i].password = SecretString("password " + std::to_string(i));
  jobs[1].stored = "{PLAIN}password 1";
  jobs[2].stored = "{PLAIN}another";
  jobs[3].password = SecretString("line\nend");
  accounts::SecretSettings settings;
  settings.scheme = accounts::NewScheme::kScramSha256;
  hash_all(out, settings, jobs);
  EXPECT_TRUE(jobs[1].is_same);
  EXPECT_FALSE(jobs[3].made) << "no login could send it";
  for (const std::size_t place : {0U, 2U, 4U}) {
    EXPECT_FALSE(jobs[place].is_same);
    ASSERT_TRUE(jobs[place].made);
    EXPECT_TRUE(accounts::verify_password(*jobs[place].made, jobs[place].password)) << place;
  }
}

}  // namespace
}  // namespace restante::ctl
