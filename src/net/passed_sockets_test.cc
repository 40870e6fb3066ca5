#include "net/passed_sockets.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cstdlib>
#include <functional>

namespace restante::net {
namespace {

// The descriptors from 3 on are a process's own only in one that was just made.
int in_child(const std::function<int()>& work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work());
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int listening() {
  auto sockets = open_listener({"127.0.0.1", 0, ""}, 1);
  return sockets ? sockets->sockets.front().release() : -1;
}

/// As systemd passes them: a listening socket is 3 and 5, a plain file 4.
void pass(const char* count, const char* names) {
  const int first = ::fcntl(listening(), F_DUPFD, 100);
  const int second = ::fcntl(listening(), F_DUPFD, 100);
  const int file = ::fcntl(::open("/dev/null", O_RDONLY), F_DUPFD, 100);
  ::dup2(first, 3);
  ::dup2(file, 4);
  ::dup2(second, 5);
  ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
  ::setenv("LISTEN_FDS", count, 1);
  names == nullptr ? ::unsetenv("LISTEN_FDNAMES") : ::setenv("LISTEN_FDNAMES", names, 1);
}

TEST(PassedSockets, AreFoundByTheirNames) {
  EXPECT_EQ(in_child([] {
              pass("3", "pop3:file:pop3");
              auto passed = PassedSockets::take();
              if (!passed || ::getenv("LISTEN_FDS") != nullptr) return 1;
              auto found = passed->named("pop3", 4);
              if (!found || found->size() != 2) return 2;
              for (const ListenSockets& each : *found) {
                if (each.sockets.size() != 4 || each.endpoint.host != "127.0.0.1") return 3;
                if (each.endpoint.port == 0) return 4;
                for (const files::Descriptor& fd : each.sockets)
                  if ((::fcntl(fd.number(), F_GETFL) & O_NONBLOCK) == 0 ||
                      (::fcntl(fd.number(), F_GETFD) & FD_CLOEXEC) == 0)
                    return 5;
              }
              if (passed->names() != std::vector<std::string>{"file"}) return 6;
              return passed->named("file", 1).error().code == Errc::kSyntax ? 0 : 7;
            }),
            0);
}

TEST(PassedSockets, WithoutNamesTheyAreUnknown) {
  EXPECT_EQ(in_child([] {
              pass("1", nullptr);
              auto passed = PassedSockets::take();
              return passed && passed->named("unknown", 1) ? 0 : 1;
            }),
            0);
}

TEST(PassedSockets, AreTakenOnceAndOnlyByWhomTheyAreFor) {
  EXPECT_EQ(in_child([] {
              pass("1", "pop3");
              ::setenv("LISTEN_PID", "1", 1);
              if (!PassedSockets::take()->names().empty()) return 1;
              if (::fcntl(3, F_GETFD) < 0) return 2;  // Untouched.
              const auto none = PassedSockets::take()->named("pop3", 1);
              return none.error().code == Errc::kNotFound ? 0 : 3;
            }),
            0);
}

TEST(PassedSockets, ContradictionsAreMistakes) {
  for (const auto& [count, names] : std::vector<std::pair<const char*, const char*>>{
           {"2", "one"}, {"x", "one"}, {"-1", "one"}, {"5000", nullptr}})
    EXPECT_EQ(in_child([&] {
                pass(count, names);
                const auto passed = PassedSockets::take();
                return !passed && passed.error().code == Errc::kSyntax ? 0 : 1;
              }),
              0)
        << count;
}

TEST(PassedSockets, ADescriptorThatIsNotOpenIsAMistake) {
  EXPECT_EQ(in_child([] {
              pass("3", "a:b:c");
              ::close(4);
              const auto passed = PassedSockets::take();
              return !passed && passed.error().code == Errc::kSyntax ? 0 : 1;
            }),
            0);
}

}  // namespace
}  // namespace restante::net
