#include "server/control/peer.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "files/descriptor.h"

namespace restante::control {
namespace {

TEST(ControlPeer, IsWhoConnected) {
  std::array<int, 2> fds{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()), 0);
  const files::Descriptor one(fds[0]);
  const files::Descriptor other(fds[1]);
  const auto peer = peer_of(one.number());
  ASSERT_TRUE(peer);
  EXPECT_EQ(peer->user, ::geteuid());
  EXPECT_EQ(peer->process, ::getpid());
  EXPECT_FALSE(peer_of(-1));
}

TEST(ControlPeer, RootAndTheServersUserAct) {
  EXPECT_TRUE(may_act({0, 1}, 999));
  EXPECT_TRUE(may_act({999, 1}, 999));
  EXPECT_FALSE(may_act({1000, 1}, 999));
}

}  // namespace
}  // namespace restante::control
