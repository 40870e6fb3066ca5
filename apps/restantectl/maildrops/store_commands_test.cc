// The commands that look at maildrops, over a store that is not the log: what they say comes
// through the store's interface alone.
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "restantectl/commands.h"
#include "server/common/test_support.h"

namespace restante::ctl {
namespace {

using server::FakeStore;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kAlice = "alice@example.test";
constexpr const char* kBob = "bob@example.test";

class StoreCommands : public testing::Test {
 protected:
  StoreCommands() {
    store_->delivered[kAlice] = {"Subject: 1\r\n\r\n..dot\r\n", "Subject: 2\r\n\r\n"};
    store_->delivered[kBob] = {"Subject: 3\r\n\r\n"};
  }

  static settings::Config config_in(const std::filesystem::path& folder) {
    settings::Config config;
    config.data_dir = folder;
    config.witness_dir = folder;
    return config;
  }

  /// Runs the command; what it printed is in out_.
  Exit run(const std::string& words) {
    CLI::App app("restantectl");
    Chosen chosen;
    add_check_commands(app, chosen);
    add_stats_commands(app, chosen);
    add_export_commands(app, chosen);
    app.parse(words);
    testing::internal::CaptureStdout();
    const Exit exit = chosen.run(office_);
    out_ = testing::internal::GetCapturedStdout();
    return exit;
  }

  [[nodiscard]] std::string text_of(const std::string& name) const {
    std::ifstream file(dir_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const accounts::TempDir dir_;
  FakeStore* const store_ = new FakeStore;  // The office's.
  Office office_{config_in(dir_.path()), Output(console::OutputSettings{}), "",
                 std::unique_ptr<maildrop::Store>(store_)};
  std::string out_;
};

TEST_F(StoreCommands, StatsCountWithoutReadingBodies) {
  EXPECT_EQ(run("stats --all"), Exit::kOk);
  EXPECT_THAT(out_, ContainsRegex("alice@example.test +2 +35 +0 +35 "));
  EXPECT_THAT(out_, ContainsRegex("bob@example.test +1 +14 +0 +14 "));
  EXPECT_THAT(store_->depths,
              ElementsAre(maildrop::CheckDepth::kHeaders, maildrop::CheckDepth::kHeaders));
}

TEST_F(StoreCommands, CheckReadsAllAndSaysWhatIsDamaged) {
  store_->findings[kBob] = {{7, 9, "a page is torn", false, std::nullopt}};
  EXPECT_EQ(run("check alice@example.test"), Exit::kOk);
  EXPECT_EQ(run("check alice@example.test bob@example.test"), Exit::kData);
  EXPECT_THAT(out_, HasSubstr("bob@example.test: offset 7, 9 bytes: a page is torn\n"));
  EXPECT_EQ(store_->depths.back(), maildrop::CheckDepth::kAll);
  store_->failures[kAlice] = Errc::kIo;
  EXPECT_EQ(run("check --all"), Exit::kIo) << "and bob's all the same:";
  EXPECT_THAT(out_, HasSubstr("a page is torn"));
}

TEST_F(StoreCommands, ExportAndShowHandOutWhatIsWhole) {
  EXPECT_EQ(run("show alice@example.test uid-1"), Exit::kOk);
  EXPECT_EQ(out_, "Subject: 1\r\n\r\n.dot\r\n");
  EXPECT_EQ(run("show alice@example.test 3"), Exit::kNoUser);
  EXPECT_EQ(run("export alice@example.test"), Exit::kOk);
  EXPECT_THAT(out_, StartsWith("From "));
  EXPECT_THAT(out_, HasSubstr("Subject: 2\n"));
  store_->delivered[kAlice][0] = "";
  EXPECT_EQ(run("show alice@example.test 1"), Exit::kData);
  EXPECT_EQ(run("export alice@example.test --to " + (dir_ / "out").string()), Exit::kData);
  EXPECT_EQ(text_of("out/000000000001.eml"), "");
  EXPECT_EQ(text_of("out/000000000002.eml"), "Subject: 2\r\n\r\n");
}

}  // namespace
}  // namespace restante::ctl
