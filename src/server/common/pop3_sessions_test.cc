#include "server/common/pop3_sessions.h"

#include "server/common/test_session.h"

namespace restante::server {
namespace {

using std::chrono::seconds;
using End = net::Connection::End;

class Pop3SessionsTest : public ::testing::Test {
 protected:
  Pop3Sessions::Place enter(TestSession& session, const std::string& device = "") {
    return sessions_.enter(account_, session.context(), device, start_);
  }
  [[nodiscard]] bool end_if_idle(std::string_view id, seconds span, seconds after) {
    return sessions_.end_if_idle(account_, id, span, start_ + after);
  }

  const std::string account_ = "alice@example.test";
  const OpenSession::TimePoint start_{seconds(1000)};
  TestServices all_;
  Pop3Sessions& sessions_ = all_.services.pop3_sessions;
  net::Worker worker_{0};
  SettingsPtr settings_ = std::make_shared<Settings>();
  TestSession session_{worker_, all_.services, settings_, "5f-1"};
};

TEST_F(Pop3SessionsTest, TellsWhoHasAMaildropAsLongAsItHas) {
  EXPECT_FALSE(sessions_.find(account_, start_));
  auto place = enter(session_, "phone");
  const auto seen = sessions_.find(account_, start_ + seconds(5));
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->id, "5f-1");
  EXPECT_EQ(seen->peer, "192.0.2.7:4711");
  EXPECT_EQ(seen->device, "phone");
  EXPECT_EQ(seen->since, start_);
  EXPECT_EQ(seen->worker, &worker_);
  EXPECT_FALSE(sessions_.find("bob@example.test", start_));
  place.reset();
  EXPECT_FALSE(sessions_.find(account_, start_));
}

TEST_F(Pop3SessionsTest, IsIdleOnlyWhileItWaits) {
  const auto place = enter(session_);
  EXPECT_EQ(sessions_.find(account_, start_ + seconds(50))->idle, std::nullopt);
  place->wait(start_ + seconds(60));
  EXPECT_EQ(sessions_.find(account_, start_ + seconds(70))->idle, seconds(10));
  place->work(start_ + seconds(80));
  EXPECT_EQ(sessions_.find(account_, start_ + seconds(90))->idle, std::nullopt);
}

TEST_F(Pop3SessionsTest, EndsAnIdleOne) {
  const auto place = enter(session_);
  place->wait(start_);
  EXPECT_FALSE(end_if_idle("5f-1", seconds(30), seconds(29)));
  EXPECT_EQ(session_.connection().ended_by(), End::kNone);
  EXPECT_TRUE(end_if_idle("5f-1", seconds(30), seconds(30)));
  EXPECT_EQ(session_.connection().ended_by(), End::kTakeover);
}

TEST_F(Pop3SessionsTest, EndsNoneThatWorksNorAnother) {
  const auto place = enter(session_);
  EXPECT_FALSE(end_if_idle("5f-1", seconds(30), seconds(3000)));
  place->wait(start_);
  EXPECT_FALSE(end_if_idle("5f-2", seconds(30), seconds(3000)));
  EXPECT_FALSE(
      sessions_.end_if_idle("bob@example.test", "5f-1", seconds(30), start_ + seconds(3000)));
  EXPECT_EQ(session_.connection().ended_by(), End::kNone);
}

TEST_F(Pop3SessionsTest, EndsNoneWhoseClientHasJustSpoken) {
  const auto place = enter(session_);
  place->wait(start_);
  session_.hear("QUIT\r\n");  // On its way to the session.
  EXPECT_FALSE(end_if_idle("5f-1", seconds(30), seconds(3000)));
}

TEST_F(Pop3SessionsTest, ASecondOneOfAnAccountIsNotEntered) {
  TestSession other(worker_, all_.services, settings_, "5f-2");
  const auto first = enter(session_);
  {
    const auto second = enter(other);
    EXPECT_FALSE(second);
  }
  EXPECT_EQ(sessions_.find(account_, start_)->id, "5f-1");
}

}  // namespace
}  // namespace restante::server
