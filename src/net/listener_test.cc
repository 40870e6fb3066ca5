#include "net/listener.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <filesystem>

namespace restante::net {
namespace {

files::Descriptor connect_to(const Endpoint& endpoint) {
  const auto address = to_socket_address(endpoint);
  EXPECT_TRUE(address);
  files::Descriptor fd(::socket(address->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(::connect(fd.number(), address->get(), address->length), 0);
  return fd;
}

// Accepts from whichever of the sockets the kernel chose.
Endpoint accept_from(const ListenSockets& sockets) {
  std::vector<pollfd> polled;
  for (const files::Descriptor& socket : sockets.sockets)
    polled.push_back({socket.number(), POLLIN, 0});
  EXPECT_GT(::poll(polled.data(), polled.size(), 10000), 0);
  Endpoint peer;
  for (const pollfd& ready : polled) {
    if ((ready.revents & POLLIN) == 0) continue;
    const auto accepted = accept_one(ready.fd, peer);
    EXPECT_TRUE(accepted && accepted->is_open());
    break;
  }
  return peer;
}

Endpoint loopback(const char* host) {
  Endpoint out;
  out.host = host;
  return out;
}

TEST(Listener, SharesOnePortAmongWorkers) {
  const auto sockets = open_listener(loopback("127.0.0.1"), 3);
  ASSERT_TRUE(sockets);
  EXPECT_EQ(sockets->sockets.size(), 3U);
  EXPECT_NE(sockets->endpoint.port, 0);
  const files::Descriptor client = connect_to(sockets->endpoint);
  const Endpoint peer = accept_from(*sockets);
  EXPECT_EQ(peer.host, "127.0.0.1");
  EXPECT_TRUE(peer.is_loopback());
}

TEST(Listener, ATakenPortIsBusy) {
  const auto first = open_listener(loopback("127.0.0.1"), 1);
  ASSERT_TRUE(first);
  const auto second = open_listener(first->endpoint, 1);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::kBusy);
}

TEST(Listener, BothFamiliesComeToOneSocketAndIpv4IsIpv4) {
  const auto sockets = open_listener(loopback("::"), 2, Families::kBoth);
  ASSERT_TRUE(sockets) << sockets.error().message();
  for (const char* host : {"127.0.0.1", "::1"}) {
    Endpoint target = loopback(host);
    target.port = sockets->endpoint.port;
    const files::Descriptor client = connect_to(target);
    const Endpoint peer = accept_from(*sockets);
    EXPECT_EQ(peer.host, host);
    EXPECT_TRUE(peer.is_loopback());
  }
}

TEST(Listener, EachFamilyMayHaveASocketOfItsOwn) {
  const auto six = open_listener(loopback("::"), 1);
  ASSERT_TRUE(six);
  Endpoint four = loopback("0.0.0.0");
  four.port = six->endpoint.port;
  EXPECT_TRUE(open_listener(four, 1));
  EXPECT_FALSE(open_listener(six->endpoint, 1, Families::kBoth));
}

TEST(Listener, AnAddressThatIsNotThereMayComeLater) {
  const auto sockets = open_listener(loopback("192.0.2.1"), 1);
  ASSERT_FALSE(sockets);
  EXPECT_EQ(sockets.error().code, Errc::kBusy);
}

TEST(Listener, NothingToAcceptIsNoError) {
  const auto sockets = open_listener(loopback("::1"), 1);
  ASSERT_TRUE(sockets) << sockets.error().message();
  Endpoint peer;
  const auto accepted = accept_one(sockets->sockets.front().number(), peer);
  ASSERT_TRUE(accepted);
  EXPECT_FALSE(accepted->is_open());
}

class UnixListener : public ::testing::Test {
 protected:
  UnixListener() {
    std::string pattern = (std::filesystem::temp_directory_path() / "restante-ux-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    endpoint_.unix_path = directory_ / "socket";
  }
  ~UnixListener() override { std::filesystem::remove_all(directory_); }
  std::filesystem::path directory_;
  Endpoint endpoint_;
};

TEST_F(UnixListener, AcceptsAndReplacesAStaleSocketFile) {
  {
    const auto gone = open_listener(endpoint_, 2);
    ASSERT_TRUE(gone);
    const auto taken = open_listener(endpoint_, 1);
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, Errc::kBusy);
  }
  const auto sockets = open_listener(endpoint_, 2);
  ASSERT_TRUE(sockets) << sockets.error().message();
  const files::Descriptor client = connect_to(endpoint_);
  EXPECT_TRUE(accept_from(*sockets).is_unix());
}

TEST_F(UnixListener, AFileThatIsNoSocketIsLeftAlone) {
  std::filesystem::create_directory(endpoint_.unix_path);
  const auto sockets = open_listener(endpoint_, 1);
  ASSERT_FALSE(sockets);
  EXPECT_EQ(sockets.error().code, Errc::kBusy);
  EXPECT_TRUE(std::filesystem::is_directory(endpoint_.unix_path));
}

TEST(EndpointText, IsWhatThePeopleWrite) {
  Endpoint endpoint = loopback("::1");
  endpoint.port = 110;
  EXPECT_EQ(endpoint.to_string(), "[::1]:110");
  endpoint.host = "192.0.2.7";
  EXPECT_EQ(endpoint.to_string(), "192.0.2.7:110");
  EXPECT_FALSE(endpoint.is_loopback());
  EXPECT_TRUE(loopback("::ffff:127.0.0.1").is_loopback());
  EXPECT_FALSE(to_socket_address(loopback("localhost")));
}

}  // namespace
}  // namespace restante::net
