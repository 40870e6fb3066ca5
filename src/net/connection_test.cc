#include "net/connection.h"

#include <future>

#include "net/proxy_header.h"
#include "net/test_support.h"

namespace restante::net {
namespace {

Task<Status> echo(Connection& connection) {
  for (;;) {
    const Status filled = co_await connection.fill();
    if (!filled) co_return filled;
    std::string bytes(connection.input());
    connection.discard_input();
    const Status sent = co_await connection.send(bytes);
    if (!sent) co_return sent;
  }
}

TEST_F(ConnectionTest, EchoesUntilThePeerCloses) {
  TestPeer peer = start(echo);
  peer.send("hello");
  EXPECT_EQ(peer.receive(5), "hello");
  peer.send(std::string(1000, 'x'));  // Many times the read buffer.
  EXPECT_EQ(peer.receive(1000), std::string(1000, 'x'));
  peer.close();
  const Status ended = await_end();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Errc::kClosed);
}

TEST_F(ConnectionTest, ShutdownEndsAWaitForInput) {
  TestPeer peer = start(echo);
  peer.send("x");
  EXPECT_EQ(peer.receive(1), "x");
  const Status ended = finish();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Errc::kState);
}

/// `is_full` outlives the coroutine.
Task<Status> send_a_lot(Connection& connection, std::promise<void>& is_full) {
  std::string bytes(8U << 20, 'y');
  const Status now = connection.send_now(bytes);
  is_full.set_value();
  if (!now) co_return now;
  EXPECT_FALSE(bytes.empty());  // A socket buffer does not hold that much.
  const Status sent = co_await connection.send(bytes);
  co_return sent;
}

TEST_F(ConnectionTest, ShutdownLetsAReplyUnderWayFinish) {
  std::promise<void> is_full;
  TestPeer peer = start([&](Connection& connection) { return send_a_lot(connection, is_full); });
  is_full.get_future().wait();  // A reader that reads at once might keep up.
  worker_.stop(std::chrono::seconds(30));
  EXPECT_EQ(peer.receive(8U << 20).size(), 8U << 20);
  EXPECT_TRUE(finish());
}

TEST_F(ConnectionTest, AReaderWhoNeverReadsIsCutOffAfterTheGrace) {
  std::promise<void> is_full;
  const TestPeer peer =
      start([&](Connection& connection) { return send_a_lot(connection, is_full); });
  const Status ended = finish(std::chrono::milliseconds(0));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Errc::kClosed);
}

Task<Status> wait_with_deadline(Connection& connection) {
  connection.expire_after(std::chrono::milliseconds(1));
  const Status filled = co_await connection.fill();
  co_return filled;
}

TEST_F(ConnectionTest, ADeadlineEndsTheWait) {
  const TestPeer peer = start(wait_with_deadline);
  const Status ended = await_end();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Errc::kTimeout);
}

Task<Status> wait_with_total_bound(Connection& connection) {
  connection.bound_total(std::chrono::milliseconds(1));
  connection.expire_after(std::chrono::hours(1));
  const Status filled = co_await connection.fill();
  co_return filled;
}

TEST_F(ConnectionTest, TheTotalBoundHoldsAgainstALaterDeadline) {
  const TestPeer peer = start(wait_with_total_bound);
  const Status ended = await_end();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Errc::kTimeout);
}

Task<Status> pause_shortly(Connection& connection) {
  const auto start = std::chrono::steady_clock::now();
  const Status paused = co_await connection.pause(std::chrono::milliseconds(20));
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(20));
  co_return paused;
}

TEST_F(ConnectionTest, APauseLastsAsLongAsItShould) {
  const TestPeer peer = start(pause_shortly);
  EXPECT_TRUE(await_end());
}

Task<Status> pause_for_ever(Connection& connection) {
  std::string go = "go";
  const Status sent = co_await connection.send(go);
  if (!sent) co_return sent;
  const Status paused = co_await connection.pause(std::chrono::hours(1));
  co_return paused;
}

TEST_F(ConnectionTest, APauseEndsWithTheServer) {
  const TestPeer peer = start(pause_for_ever);
  EXPECT_EQ(peer.receive(2), "go");
  const Status ended = finish();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Errc::kState);
}

Task<Status> pause_with_total_bound(Connection& connection) {
  connection.bound_total(std::chrono::milliseconds(1));
  const Status paused = co_await connection.pause(std::chrono::hours(1));
  co_return paused;
}

TEST_F(ConnectionTest, APauseEndsAtTheDeadline) {
  const TestPeer peer = start(pause_with_total_bound);
  const Status ended = await_end();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Errc::kTimeout);
}

Task<Status> proxied_echo(Connection& connection) {
  ProxyHeaderReader reader;
  const Status named = co_await connection.read_proxy_header(reader);
  if (!named) co_return named;
  std::string who = connection.peer().to_string() + " ";
  const Status sent = co_await connection.send(who);
  if (!sent) co_return sent;
  const Status echoed = co_await echo(connection);
  co_return echoed;
}

TEST_F(ConnectionTest, AProxyHeaderNamesThePeerAndTheRestIsInput) {
  TestPeer peer = start(proxied_echo);
  for (const std::string_view piece : {"PRO", "XY TCP4 192.0.2.1 ", "192.0.2.2 1 2\r", "\nhello"})
    peer.send(piece);
  EXPECT_EQ(peer.receive(17), "192.0.2.1:1 hello");
  peer.close();
  EXPECT_EQ(await_end().error().code, Errc::kClosed);
}

TEST_F(ConnectionTest, WithoutAProxyHeaderItEnds) {
  TestPeer peer = start(proxied_echo);
  peer.send("CAPA\r\n");
  EXPECT_EQ(await_end().error().code, Errc::kSyntax);
}

Task<Status> throw_out(Connection& connection) {
  const Status filled = co_await connection.fill();
  static_cast<void>(filled);
  throw std::runtime_error("a bug");
}

TEST_F(ConnectionTest, AnExceptionIsReportedAndEndsThatSessionOnly) {
  std::string reported;
  worker_.on_error([&](const char* what) { reported = what; });
  TestPeer peer = start(throw_out);
  peer.send("x");
  EXPECT_EQ(peer.receive(1), "");  // The connection went with its coroutine.
  static_cast<void>(finish());
  EXPECT_EQ(reported, "a bug");
}

}  // namespace
}  // namespace restante::net
