// For tests only: a socket as systemd has it for what a service tells of itself.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>

#include "dial/notify.h"
#include "files/descriptor.h"

namespace restante::net {

class TestNotifySocket {
 public:
  TestNotifySocket() {
    std::string pattern = (std::filesystem::temp_directory_path() / "restante-nt-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    const std::string path = folder_ / "notify";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    fd_.reset(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    EXPECT_EQ(::bind(fd_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    supervisor_ = std::make_unique<Supervisor>();
    ::unsetenv("NOTIFY_SOCKET");
  }
  ~TestNotifySocket() { std::filesystem::remove_all(folder_); }
  TestNotifySocket(const TestNotifySocket&) = delete;
  TestNotifySocket& operator=(const TestNotifySocket&) = delete;

  /// Tells this socket.
  [[nodiscard]] const Supervisor& supervisor() const { return *supervisor_; }
  /// The oldest notice that was not taken yet; empty: there is none.
  [[nodiscard]] std::string take() const {
    std::array<char, 64> received{};
    const ssize_t count = ::recv(fd_.number(), received.data(), received.size(), 0);
    return count < 0 ? std::string()
                     : std::string(received.data(), static_cast<std::size_t>(count));
  }

 private:
  std::filesystem::path folder_;
  files::Descriptor fd_;
  std::unique_ptr<Supervisor> supervisor_;
};

}  // namespace restante::net
