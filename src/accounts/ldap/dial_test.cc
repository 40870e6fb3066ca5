#include "accounts/ldap/dial.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace restante::accounts::ldap {
namespace {

using testing::HasSubstr;

constexpr auto kPatience = std::chrono::seconds(30);

/// A port of 127.0.0.1 that is taken, and listens when it is told to.
class Port {
 public:
  Port() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    socklen_t size = sizeof(address);
    EXPECT_EQ(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    number = ::ntohs(address.sin_port);
  }
  ~Port() { ::close(fd_); }
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;
  void listen() const { EXPECT_EQ(::listen(fd_, 5), 0); }

  std::uint16_t number = 0;

 private:
  int fd_;
};

TEST(LdapDial, Connects) {
  const Port port;
  port.listen();
  for (const char* host : {"127.0.0.1", "localhost"}) {
    const auto fd = dial(host, port.number, kPatience);
    ASSERT_TRUE(fd) << fd.error().message();
    ::close(*fd);
  }
}

TEST(LdapDial, SaysWhyNot) {
  const Port port;
  EXPECT_THAT(dial("127.0.0.1", port.number, kPatience).error().detail,
              HasSubstr("Connection refused"));
  EXPECT_THAT(dial("no such host", 389, kPatience).error().detail,
              HasSubstr("the host name cannot be resolved: "));
}

}  // namespace
}  // namespace restante::accounts::ldap
