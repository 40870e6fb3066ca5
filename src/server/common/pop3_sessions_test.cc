#include "server/common/pop3_sessions.h"

#include "server/common/test_session.h"

namespace restante::server {
namespace {

using std::chrono::seconds;
using End = net::Connection::End;

class Pop3SessionsTest : public ::testing::Test {
 protected:
  Pop3Sessions::Place enter(TestSession& session, const std::string& device = "",
                             const std::string& view = {}) {
    return sessions_.enter({account_, session.context(), device, view, use_}, start_);
  }
  [[nodiscard]] bool end_if_idle(std::string_view id, seconds span, seconds after) {
    return sessions_.end_if_idle(account_, id, span, start_ + after);
  }

  const std::string account_ = "alice@example.test";
  const OpenSession::TimePoint start_{seconds(1000)};
  const std::string no_device_;
  SessionUse use_;
  TestServices all_;
  Pop3Sessions& sessions_ = all_.services.pop3_sessions;
  net::Worker worker_{0};
  SettingsPtr settings_ = std::make_shared<Settings>();
  TestSession session_{worker_, all_.services, settings_, "5f-1"};
};

TEST_F(Pop3SessionsTest, TellsWhoHasAMaildropAsLongAsItHas) {
  EXPECT_FALSE(sessions_.find(account_, {}, start_));
  auto place = enter(session_, "phone");
  const auto seen = sessions_.find(account_, {}, start_ + seconds(5));
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->id, "5f-1");
  EXPECT_EQ(seen->peer, "192.0.2.7:4711");
  EXPECT_EQ(seen->device, "phone");
  EXPECT_EQ(seen->since, start_);
  EXPECT_EQ(seen->worker, &worker_);
  EXPECT_FALSE(sessions_.find("bob@example.test", {}, start_));
  place.reset();
  EXPECT_FALSE(sessions_.find(account_, {}, start_));
}

TEST_F(Pop3SessionsTest, IsIdleOnlyWhileItWaits) {
  const auto place = enter(session_);
  EXPECT_EQ(sessions_.find(account_, {}, start_ + seconds(50))->idle, std::nullopt);
  place->wait(start_ + seconds(60));
  EXPECT_EQ(sessions_.find(account_, {}, start_ + seconds(70))->idle, seconds(10));
  place->work(start_ + seconds(80));
  EXPECT_EQ(sessions_.find(account_, {}, start_ + seconds(90))->idle, std::nullopt);
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

TEST_F(Pop3SessionsTest, TellsWhatASessionHasMoved) {
  const auto place = enter(session_);
  use_.add_retrieved();
  use_.add_octets(700);
  use_.add_octets(77);
  const auto seen = sessions_.find_id("5f-1", start_);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->account, account_);
  EXPECT_EQ(seen->retrieved, 1U);
  EXPECT_EQ(seen->octets, 777U);
  EXPECT_FALSE(seen->has_tls);
  EXPECT_FALSE(sessions_.find_id("5f-2", start_));
}

TEST_F(Pop3SessionsTest, AnAccountMayHaveSeveral) {
  TestSession other(worker_, all_.services, settings_, "5f-2");
  const auto first = enter(session_);
  {
    const auto second =
        sessions_.enter({account_, other.context(), no_device_, no_device_, use_, true},
                        start_ + seconds(1));
    EXPECT_EQ(sessions_.find(account_, {}, start_)->id, "5f-2");
    EXPECT_TRUE(sessions_.find(account_, {}, start_)->elsewhere);
    EXPECT_EQ(sessions_.list_of(account_, start_).size(), 2U);
    EXPECT_EQ(sessions_.busiest(1, start_).size(), 1U);
    EXPECT_EQ(sessions_.count(), 2U);
  }
  EXPECT_EQ(sessions_.find(account_, {}, start_)->id, "5f-1");
  EXPECT_EQ(sessions_.busiest(10, start_).size(), 1U);
}

TEST_F(Pop3SessionsTest, TheBusiestHaveMovedTheMost) {
  TestSession other(worker_, all_.services, settings_, "5f-2");
  SessionUse much;
  much.add_octets(99);
  const auto first = enter(session_);
  const auto second =
      sessions_.enter({"bob@example.test", other.context(), no_device_, no_device_, much}, start_);
  const auto busiest = sessions_.busiest(1, start_);
  ASSERT_EQ(busiest.size(), 1U);
  EXPECT_EQ(busiest.front().id, "5f-2");
}

TEST_F(Pop3SessionsTest, EndsTheOneThatIsMeant) {
  TestSession other(worker_, all_.services, settings_, "5f-2");
  const auto first = enter(session_);
  const auto second = enter(other);
  EXPECT_FALSE(sessions_.end(account_, "5f-3"));
  EXPECT_FALSE(sessions_.end("bob@example.test", "5f-2"));
  EXPECT_TRUE(sessions_.end(account_, "5f-2"));
  EXPECT_EQ(session_.connection().ended_by(), End::kNone);
  EXPECT_EQ(other.connection().ended_by(), End::kOperator);
}

TEST_F(Pop3SessionsTest, EachViewHasItsOwn) {
  const auto own = enter(session_);
  TestSession other(worker_, all_.services, settings_, "5f-2");
  const auto phone = enter(other, "", "phone");
  EXPECT_EQ(sessions_.find(account_, {}, start_)->id, "5f-1");
  EXPECT_EQ(sessions_.find(account_, "phone", start_)->id, "5f-2");
  EXPECT_EQ(sessions_.find(account_, "phone", start_)->view, "phone");
  EXPECT_FALSE(sessions_.find(account_, "tablet", start_));
  EXPECT_EQ(sessions_.list_of(account_, start_).size(), 2U);
}

}  // namespace
}  // namespace restante::server
