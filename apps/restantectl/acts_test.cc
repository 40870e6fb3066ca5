#include "restantectl/acts.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <boost/json/parse.hpp>
#include <fstream>
#include <sstream>
#include <thread>

namespace restante::ctl {
namespace {

namespace json = boost::json;

class Acts : public testing::Test {
 protected:
  Acts() {
    std::string pattern = (std::filesystem::temp_directory_path() / "acts-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~Acts() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::vector<std::string> lines(const std::string& name) const {
    std::ifstream file(folder_ / name);
    std::vector<std::string> out;
    for (std::string line; std::getline(file, line);) out.push_back(line);
    return out;
  }
  std::filesystem::path folder_;
};

TEST_F(Acts, ALineSaysWhatWhoAndHowItEnded) {
  Actor actor;
  actor.uid = 1000;
  actor.user = "ann";
  actor.sudo_user = "bob\"\n";
  Act act{"account add", {"a\xFF\n@x.test", "--x"}, 73};
  act.details["uid"] = "u1";
  const std::string line = act_line(act, actor, WallTime(std::chrono::milliseconds(5)));
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const json::object read = json::parse(line).as_object();
  EXPECT_EQ(read.at("time").as_string(), "1970-01-01T00:00:00.005Z");
  EXPECT_EQ(read.at("act").as_string(), "account add");
  EXPECT_EQ(read.at("words").as_array().at(0).as_string(), "a?\n@x.test");
  EXPECT_EQ(read.at("exit").as_int64(), 73);
  EXPECT_EQ(read.at("user").as_string(), "ann");
  EXPECT_EQ(read.at("sudo_user").as_string(), "bob\"\n");
}

TEST_F(Acts, OnlyWhatChangesSomethingIsOne) {
  EXPECT_TRUE(is_act("account add"));
  EXPECT_TRUE(is_act("deliver"));
  EXPECT_FALSE(is_act("account list"));
  EXPECT_FALSE(is_act(""));
}

TEST(ActWords, AreThoseBehindTheCommand) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(
      words_behind("account add", {"--config", "c", "account", "add", "add", "--scheme", "x"}),
      (Words{"add", "--scheme", "x"}));
  EXPECT_EQ(words_behind("deliver", {"--format=json", "-q", "deliver", "--config=c", "alice"}),
            (Words{"alice"}));
}

TEST_F(Acts, TheFileIsTheOwnersAndTurnsOverWhenItIsLarge) {
  ASSERT_TRUE(write_act(folder_, "first\n"));
  struct stat found {};
  ASSERT_EQ(::stat((folder_ / "acts.log").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
  ASSERT_TRUE(write_act(folder_, std::string(kActsBytesMax - 6, 'x') + "\n"));
  EXPECT_EQ(lines("acts.log.1"), std::vector<std::string>{"first"});
  ASSERT_TRUE(write_act(folder_, "the last\n"));
  EXPECT_EQ(lines("acts.log"), std::vector<std::string>{"the last"});
  EXPECT_EQ(write_act(folder_ / "none", "x\n").error().code, Errc::kIo);
}

TEST_F(Acts, ManyAtOnceLoseNone) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([this] {
      for (int n = 0; n < 50; ++n) EXPECT_TRUE(write_act(folder_, std::string(50'000, 'y') + "\n"));
    });
  for (std::thread& thread : threads) thread.join();
  std::size_t count = 0;
  for (const char* name : {"acts.log", "acts.log.1"})
    for (const std::string& line : lines(name)) {
      EXPECT_EQ(line.size(), 50'000U);
      ++count;
    }
  EXPECT_GT(count, kActsBytesMax / 50'001);
}

}  // namespace
}  // namespace restante::ctl
