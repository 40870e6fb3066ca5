// For tests of net/: a socket pair whose one end is a Connection on a worker's thread and whose
// other end the test holds, blocking with a bound.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>

#include "base/check.h"
#include "net/connection.h"

namespace restante::net {

/// The test's end: blocking; a read that takes over ten seconds fails.
class TestPeer {
 public:
  explicit TestPeer(files::Descriptor fd) : fd_(std::move(fd)) {
    const timeval bound{10, 0};
    ::setsockopt(fd_.number(), SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound);
  }
  void send(std::string_view bytes) const {
    EXPECT_EQ(::send(fd_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  /// Exactly this many bytes, or fewer when the connection ended.
  [[nodiscard]] std::string receive(std::size_t count) const {
    std::string out(count, '\0');
    std::size_t got = 0;
    while (got < count) {
      const ssize_t n = ::recv(fd_.number(), out.data() + got, count - got, 0);
      if (n <= 0) break;
      got += static_cast<std::size_t>(n);
    }
    out.resize(got);
    return out;
  }
  [[nodiscard]] int fd() const { return fd_.number(); }
  void close() { fd_.reset(); }

 private:
  files::Descriptor fd_;
};

/// Runs `body` with a connection on a worker; finish() waits for its end.
class ConnectionTest : public ::testing::Test {
 protected:
  using Body = std::function<Task<Status>(Connection&)>;

  TestPeer start(Body body, std::size_t read_bytes = 64) {
    std::array<int, 2> fds{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds.data()), 0);
    const int flags = 0;  // The test's end blocks.
    EXPECT_EQ(::fcntl(fds[1], F_SETFL, flags), 0);
    worker_.spawn(run(files::Descriptor(fds[0]), std::move(body), read_bytes));
    RESTANTE_CHECK(worker_.start());
    return TestPeer(files::Descriptor(fds[1]));
  }
  /// How the body ended.
  Status finish(std::chrono::milliseconds grace = std::chrono::seconds(30)) {
    worker_.stop(grace);
    worker_.join();
    return ended_;
  }
  /// The same without telling the body to end.
  Status await_end() {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(30), [this] { return done_; }));
    lock.unlock();
    return finish();
  }

  Worker worker_{0};

 private:
  Task<void> run(files::Descriptor fd, Body body, std::size_t read_bytes) {
    co_await asio::this_coro::throw_if_cancelled(false);
    Endpoint peer;
    peer.unix_path = "peer";
    Connection connection(worker_, std::move(fd), peer, read_bytes);
    const Status status = co_await body(connection);
    const std::lock_guard lock(mutex_);
    ended_ = status;
    done_ = true;
    changed_.notify_all();
  }

  Status ended_ = ok();
  bool done_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace restante::net
