#include "net/keepalive.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>

#include <array>
#include <cerrno>
#include <string>

#include "net/listener.h"

namespace restante::net {
namespace {

using std::chrono::seconds;

/// A connection over loopback: what connected, and what was accepted.
struct Pair {
  files::Descriptor client;
  files::Descriptor accepted;
};

class KeepaliveTest : public ::testing::Test {
 protected:
  KeepaliveTest() {
    Endpoint loopback;
    loopback.host = "127.0.0.1";
    auto opened = open_listener(loopback, 1);
    EXPECT_TRUE(opened);
    sockets_ = std::move(*opened);
  }

  Pair connect() {
    const auto address = to_socket_address(sockets_.endpoint);
    Pair out{files::Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), {}};
    EXPECT_EQ(::connect(out.client.number(), address->get(), address->length), 0);
    pollfd ready{listening(), POLLIN, 0};
    EXPECT_EQ(::poll(&ready, 1, 10000), 1);
    Endpoint peer;
    out.accepted = std::move(*accept_one(listening(), peer));
    EXPECT_TRUE(out.accepted.is_open());
    return out;
  }
  [[nodiscard]] int listening() const { return sockets_.sockets.front().number(); }

  ListenSockets sockets_;
};

int option(const files::Descriptor& fd, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  EXPECT_EQ(::getsockopt(fd.number(), level, name, &value, &size), 0);
  return value;
}

TEST_F(KeepaliveTest, WhatIsAcceptedInheritsIt) {
  keep_alive(listening(), seconds(60));
  const Pair pair = connect();
  EXPECT_EQ(option(pair.accepted, SOL_SOCKET, SO_KEEPALIVE), 1);
  const int idle = option(pair.accepted, IPPROTO_TCP, TCP_KEEPIDLE);
  const int interval = option(pair.accepted, IPPROTO_TCP, TCP_KEEPINTVL);
  const int probes = option(pair.accepted, IPPROTO_TCP, TCP_KEEPCNT);
  EXPECT_EQ(idle + interval * probes, 60);
  // It would put off the end of a peer that is gone, and end one that does not read.
  EXPECT_EQ(option(pair.accepted, IPPROTO_TCP, TCP_USER_TIMEOUT), 0);
}

TEST_F(KeepaliveTest, MayBeOffAndOnAgain) {
  keep_alive(listening(), seconds(0));
  EXPECT_EQ(option(connect().accepted, SOL_SOCKET, SO_KEEPALIVE), 0);
  keep_alive(listening(), seconds(1));
  const Pair pair = connect();
  EXPECT_EQ(option(pair.accepted, SOL_SOCKET, SO_KEEPALIVE), 1);
  EXPECT_EQ(option(pair.accepted, IPPROTO_TCP, TCP_KEEPIDLE), 1);
  keep_alive(listening(), seconds(0));
  EXPECT_EQ(option(connect().accepted, SOL_SOCKET, SO_KEEPALIVE), 0);
}

// In a namespace of its own test_field_sessions.py has peers that are really gone.
TEST_F(KeepaliveTest, WhoAnswersIsNotLost) {
  const Pair pair = connect();
  EXPECT_FALSE(is_lost(pair.accepted.number(), seconds(0)));
  EXPECT_EQ(::send(pair.accepted.number(), "x", 1, 0), 1);
  EXPECT_FALSE(is_lost(pair.accepted.number(), seconds(0)));
}

TEST_F(KeepaliveTest, WhoHasNoRoomIsBeingSentTo) {
  const Pair pair = connect();
  EXPECT_FALSE(is_sending(pair.accepted.number(), seconds(60)));
  const std::string bytes(1U << 20, 'x');
  while (::send(pair.accepted.number(), bytes.data(), bytes.size(), MSG_DONTWAIT) > 0) continue;
  const auto give_up = std::chrono::steady_clock::now() + seconds(30);
  while (!is_sending(pair.accepted.number(), seconds(60)))  // TCP asks for room for the first time.
    ASSERT_LT(std::chrono::steady_clock::now(), give_up);
  EXPECT_FALSE(is_sending(pair.accepted.number(), seconds(0)));
  EXPECT_FALSE(is_lost(pair.accepted.number(), seconds(60)));
}

TEST(Keepalive, OtherSocketsAreNeither) {
  std::array<int, 2> fds{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()), 0);
  const files::Descriptor one(fds[0]);
  const files::Descriptor other(fds[1]);
  keep_alive(one.number(), seconds(60));
  EXPECT_FALSE(is_lost(one.number(), seconds(0)));
  EXPECT_FALSE(is_sending(one.number(), seconds(60)));
}

TEST(Keepalive, KnowsWhatErrnoSaysOfTheLost) {
  EXPECT_TRUE(says_lost(ETIMEDOUT));
  EXPECT_TRUE(says_lost(EHOSTUNREACH));
  EXPECT_FALSE(says_lost(ECONNRESET));
  EXPECT_FALSE(says_lost(0));
}

}  // namespace
}  // namespace restante::net
