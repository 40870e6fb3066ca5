// For tests only: a connection on a worker with the context of a session, without a protocol.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>

#include "server/common/session_context.h"
#include "server/common/test_support.h"

namespace restante::server {

class TestSession {
 public:
  TestSession(net::Worker& worker, Services& services, const SettingsPtr& settings,
              const std::string& id)
      : connection_(worker, take_one(), peer(), 4096),
        context_(connection_, services, settings, listen_, id) {}

  [[nodiscard]] net::Connection& connection() { return connection_; }
  [[nodiscard]] SessionContext& context() { return context_; }
  /// What its client says.
  void hear(std::string_view bytes) const {
    EXPECT_EQ(::send(other_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }

 private:
  files::Descriptor take_one() {
    std::array<int, 2> fds{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds.data()), 0);
    other_.reset(fds[1]);
    return files::Descriptor(fds[0]);
  }
  static net::Endpoint peer() {
    net::Endpoint out;
    out.host = "192.0.2.7";
    out.port = 4711;
    return out;
  }

  files::Descriptor other_;
  settings::Listen listen_;
  net::Connection connection_;
  SessionContext context_;
};

}  // namespace restante::server
