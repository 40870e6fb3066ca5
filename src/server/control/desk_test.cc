#include "server/control/desk.h"

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "journal/search.h"
#include "server/common/test_session.h"

namespace restante::control {
namespace {

constexpr uid_t kStranger = 4711;

/// One session of alice, on a worker that runs.
class DeskTest : public ::testing::Test {
 protected:
  DeskTest() {
    all_.directory.add("alice@example.test");
    all_.services.journal = journal_.get();
    settings::Config config;
    config.accounts.names.default_domain = "example.test";
    server::Settings made;
    made.config = config;
    settings_.set(std::make_shared<const server::Settings>(made));
    about_.user = "restante";
    EXPECT_TRUE(worker_.start());
  }
  ~DeskTest() override {
    spdlog::set_level(level_);
    stop();
  }
  void stop() {
    worker_.stop(std::chrono::seconds(1));
    worker_.join();
  }

  Result<boost::json::object> ask(const Request& request, uid_t user = ::geteuid()) {
    return desk_.answer(request, {user, 1});
  }
  static Request request(Verb verb, const std::string& account = "", const std::string& id = "") {
    Request out;
    out.verb = verb;
    out.account = account;
    out.id = id;
    return out;
  }
  server::Pop3Sessions::Place enter() {
    return all_.services.pop3_sessions.enter(
        {account_, session_.context(), no_device_, no_device_, use_},
        std::chrono::steady_clock::now());
  }
  std::vector<journal::Act> acts() {
    journal_->settle();
    std::vector<journal::Act> out;
    journal::Search search(folder_.path(), {});
    EXPECT_TRUE(search.run([&out](const journal::Act& act) {
      out.push_back(act);
      return true;
    }));
    return out;
  }

  const spdlog::level::level_enum level_ = spdlog::get_level();
  const std::string account_ = "alice@example.test";
  const std::string no_device_;
  server::SessionUse use_;
  accounts::TempDir folder_;
  std::unique_ptr<journal::Journal> journal_ =
      std::move(*journal::Journal::open(folder_.path(), {}, system_clock()));
  server::TestServices all_;
  net::Worker worker_{0};
  server::SettingsPtr none_ = std::make_shared<server::Settings>();
  server::TestSession session_{worker_, all_.services, none_, "5f-1"};
  server::SettingsHolder settings_{none_};
  About about_;
  int reloads_ = 0;
  Desk desk_{all_.services, settings_, about_, [this] {
               ++reloads_;
               ReloadReport report;
               report.changed = {"pop3.takeover"};
               return report;
             }};
};

TEST_F(DeskTest, EverybodyThatComesInMayLook) {
  const auto place = enter();
  use_.add_octets(5);
  const auto status = ask(request(Verb::kStatus), kStranger);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->at("sessions").to_number<int>(), 1);
  const auto list = ask(request(Verb::kSessionList), kStranger);
  ASSERT_TRUE(list);
  EXPECT_EQ(list->at("sessions").as_array().at(0).as_object().at("id").as_string(), "5f-1");
  const auto top = ask(request(Verb::kTop), kStranger);
  ASSERT_TRUE(top);
  EXPECT_EQ(top->at("busiest").as_array().at(0).as_object().at("octets").to_number<int>(), 5);
  EXPECT_TRUE(ask(request(Verb::kLogLevel), kStranger));
  EXPECT_TRUE(acts().empty());
}

TEST_F(DeskTest, OnlyTheServersUserAndRootAct) {
  const auto place = enter();
  for (const Request& each : {request(Verb::kReload), request(Verb::kSessionEnd, "", "5f-1")}) {
    const auto refused = ask(each, kStranger);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::kAuth);
  }
  EXPECT_EQ(reloads_, 0);
  EXPECT_TRUE(acts().empty());
  EXPECT_TRUE(ask(request(Verb::kReload), 0));
  EXPECT_EQ(reloads_, 1);
}

TEST_F(DeskTest, EndsASessionAndTheJournalSaysByWhom) {
  const auto place = enter();
  Request end = request(Verb::kSessionEnd, "", "5f-1");
  end.as = "carol";
  const auto ended = ask(end);
  ASSERT_TRUE(ended) << ended.error().message();
  EXPECT_EQ(ended->at("ended").as_array().size(), 1U);
  stop();
  EXPECT_EQ(session_.connection().ended_by(), net::Connection::End::kOperator);
  const auto noted = acts();
  ASSERT_EQ(noted.size(), 1U);
  EXPECT_EQ(noted.front().kind, journal::Kind::kTool);
  EXPECT_EQ(noted.front().user, "carol");
  EXPECT_EQ(noted.front().account, "alice@example.test");
  EXPECT_EQ(noted.front().session, "5f-1");
  EXPECT_EQ(noted.front().detail, "session end 5f-1");
}

TEST_F(DeskTest, EndsAllOfAnAccountInAnySpelling) {
  const auto place = enter();
  const auto ended = ask(request(Verb::kSessionEnd, "Alice"));
  ASSERT_TRUE(ended) << ended.error().message();
  EXPECT_EQ(ended->at("ended").as_array().size(), 1U);
}

TEST_F(DeskTest, ASessionThatIsNotThereIsSaid) {
  const auto place = enter();
  for (const Request& each :
       {request(Verb::kSessionEnd, "", "5f-2"), request(Verb::kSessionEnd, "bob@example.test")}) {
    const auto ended = ask(each);
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, Errc::kNotFound);
  }
  ASSERT_EQ(acts().size(), 2U);
  EXPECT_NE(acts().front().detail.find("no session"), std::string::npos);
}

TEST_F(DeskTest, TellsOfOneAccount) {
  const auto place = enter();
  const auto alice = ask(request(Verb::kWho, "ALICE"), kStranger);
  ASSERT_TRUE(alice);
  EXPECT_EQ(alice->at("account").as_string(), "alice@example.test");
  EXPECT_TRUE(alice->at("known").as_bool());
  EXPECT_EQ(alice->at("sessions").as_array().size(), 1U);
  const auto bob = ask(request(Verb::kWho, "bob"), kStranger);
  ASSERT_TRUE(bob);
  EXPECT_FALSE(bob->at("known").as_bool());
  const auto none = ask(request(Verb::kWho, "a@b@"), kStranger);
  ASSERT_FALSE(none);
}

TEST_F(DeskTest, SetsTheLevelOfTheLog) {
  spdlog::set_level(spdlog::level::info);
  Request level = request(Verb::kLogLevel);
  level.level = "error";
  const auto set = ask(level);
  ASSERT_TRUE(set);
  EXPECT_EQ(set->at("before").as_string(), "info");
  EXPECT_EQ(set->at("level").as_string(), "error");
  EXPECT_EQ(spdlog::get_level(), spdlog::level::err);
  EXPECT_EQ(ask(request(Verb::kLogLevel))->at("level").as_string(), "error");
  level.level = "debug";
  EXPECT_TRUE(ask(level));
  EXPECT_EQ(spdlog::get_level(), spdlog::level::debug);
}

}  // namespace
}  // namespace restante::control
