#include "fetch/session/session.h"

#include <gtest/gtest.h>

#include "fetch/session/test_client.h"

namespace restante::fetch {
namespace {

constexpr std::string_view kCapabilities = "+OK\r\nUSER\r\nTOP\r\nUIDL\r\n.\r\n";

using SessionTest = ClientTest;

TEST_F(SessionTest, AWholeSession) {
  Server server(after_login(kCapabilities, [](Peer& peer) {
    peer.exchange("STAT", "+OK 2 320\r\n");
    peer.exchange("LIST", "+OK\r\n1 120\r\n2 200\r\n.\r\n");
    peer.exchange("UIDL", "+OK\r\n1 a\r\n2  b\r\n.\r\n");
    peer.exchange("RETR 1", "+OK 120 octets\r\nSubject: x\r\n\r\n..dot\r\n.\r\n");
    peer.exchange("TOP 2 0", "+OK\r\nSubject: y\r\n.\r\n");
    peer.exchange("DELE 1", "+OK gone\r\n");
    peer.exchange("NOOP", "+OK\r\n");
    peer.exchange("QUIT", "+OK bye\r\n");
  }));
  const auto session = logged_in(server);
  ASSERT_TRUE(session);
  EXPECT_EQ(session->login_method(), "USER");
  EXPECT_EQ(session->stat()->messages, 2U);
  EXPECT_EQ(*session->list(), (std::vector<ListedSize>{{1, 120}, {2, 200}}));
  EXPECT_EQ(**session->uidl(), (std::vector<ListedUid>{{1, "a"}, {2, "b"}}));
  ASSERT_TRUE(session->request_retr(1) && session->request_top(2, 0) && session->request_dele(1));
  TextSink sink;
  const auto got = session->receive_message(sink);
  ASSERT_TRUE(got);
  EXPECT_TRUE(got->ok);
  EXPECT_EQ(got->octets, 20U);
  EXPECT_EQ(sink.text, "Subject: x\r\n\r\n.dot\r\n");
  ASSERT_TRUE(session->receive_message(sink));
  const auto deleted = session->receive_reply();
  ASSERT_TRUE(deleted);
  EXPECT_TRUE(deleted->ok);
  EXPECT_EQ(deleted->text, "gone");
  EXPECT_TRUE(session->noop());
  EXPECT_TRUE(session->quit());
  EXPECT_FALSE(session->noop());
  EXPECT_NE(trace_.find(">PASS …\n"), std::string::npos);
  EXPECT_EQ(trace_.find("secret"), std::string::npos);
}

TEST_F(SessionTest, PipelinesUpToTheWindow) {
  Server server(after_login("+OK\r\nPIPELINING\r\n.\r\n", [](Peer& peer) {
    for (int i = 1; i <= 4; ++i) peer.expect("RETR " + std::to_string(i));
    peer.send("+OK\r\n1\r\n.\r\n-ERR [SYS/TEMP] later\r\n");
    // Half of the window is answered: it is filled up, by what was not sent.
    for (int i = 5; i <= 6; ++i) peer.expect("RETR " + std::to_string(i));
    peer.send("+OK\r\n3\r\n.\r\n+OK\r\n4\r\n.\r\n+OK\r\n5\r\n.\r\n+OK\r\n6\r\n.\r\n");
    peer.drain();
  }));
  account_.window = 4;
  const auto session = logged_in(server);
  ASSERT_TRUE(session);
  for (std::uint32_t i = 1; i <= 6; ++i) ASSERT_TRUE(session->request_retr(i));
  TextSink sink;
  for (int i = 1; i <= 6; ++i) {
    const auto got = session->receive_message(sink);
    ASSERT_TRUE(got) << got.error().message();
    EXPECT_EQ(got->ok, i != 2);
    EXPECT_EQ(got->code, i == 2 ? "SYS/TEMP" : "");
  }
  EXPECT_EQ(sink.text, "1\r\n3\r\n4\r\n5\r\n6\r\n");
}

TEST_F(SessionTest, WithoutPipeliningOneAtATime) {
  Server server(after_login(kCapabilities, [](Peer& peer) {
    for (const char* answer : {"+OK\r\n1\r\n.\r\n", "+OK\r\n2\r\n.\r\n"}) {
      peer.read_line();
      // Were more sent, it would be the next line read; here the client waits for us.
      peer.send(answer);
    }
    peer.drain();
  }));
  const auto session = logged_in(server);
  ASSERT_TRUE(session);
  ASSERT_TRUE(session->request_retr(1) && session->request_retr(2));
  TextSink sink;
  EXPECT_TRUE(session->receive_message(sink) && session->receive_message(sink));
  EXPECT_EQ(sink.text, "1\r\n2\r\n");
  EXPECT_LT(trace_.find(">RETR 1"), trace_.find(">RETR 2"));
  EXPECT_LT(trace_.rfind("<+OK\n", trace_.find(">RETR 2")), trace_.find(">RETR 2"));
}

TEST_F(SessionTest, CallsOutOfPlaceEndNothing) {
  Server server(after_login(kCapabilities, [](Peer& peer) {
    peer.exchange("DELE 1", "+OK\r\n");
    peer.exchange("QUIT", "+OK\r\n");
  }));
  const auto session = logged_in(server);
  ASSERT_TRUE(session);
  TextSink sink;
  EXPECT_EQ(session->receive_reply().error().code, Errc::kState);
  ASSERT_TRUE(session->request_dele(1));
  EXPECT_EQ(session->receive_message(sink).error().code, Errc::kState);
  EXPECT_EQ(session->stat().error().code, Errc::kState);
  EXPECT_EQ(session->quit().error().code, Errc::kState);
  EXPECT_TRUE(session->receive_reply());
  EXPECT_TRUE(session->quit());
}

TEST_F(SessionTest, ASinksErrorIsTheEnd) {
  Server server(after_login(kCapabilities, [](Peer& peer) {
    peer.exchange("RETR 1", "+OK\r\nmore than fits\r\n.\r\n");
    peer.drain();
  }));
  const auto session = logged_in(server);
  ASSERT_TRUE(session);
  TextSink sink;
  sink.most = 3;
  ASSERT_TRUE(session->request_retr(1));
  EXPECT_EQ(session->receive_message(sink).error().code, Errc::kFull);
  EXPECT_EQ(session->quit().error().code, Errc::kState);
}

TEST_F(SessionTest, StoppedInTheMiddle) {
  Server server(after_login(kCapabilities, [this](Peer& peer) {
    peer.exchange("RETR 1", "+OK\r\nhalf of it\r\n");
    stop_->raise();
    peer.drain();
  }));
  const auto session = logged_in(server);
  ASSERT_TRUE(session);
  TextSink sink;
  ASSERT_TRUE(session->request_retr(1));
  EXPECT_EQ(session->receive_message(sink).error().code, Errc::kState);
}

}  // namespace
}  // namespace restante::fetch
