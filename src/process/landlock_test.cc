#include "process/landlock.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>

#include "process/privileges.h"
#include "process/test_support.h"

namespace restante::process {
namespace {

class LandlockTest : public ProcessTest {
 protected:
  LandlockTest() {
    for (const char* const name : {"own", "read", "outside"}) {
      std::filesystem::create_directory(folder_ / name);
      std::ofstream(folder_ / name / "file") << "text";
    }
  }

  /// What `attempt` comes to under the usual rules: 0, its errno, or 200 when they cannot be set.
  int confined(const std::function<int()>& attempt, Tcp tcp = Tcp::kNone,
               const std::vector<std::uint16_t>& ports = {}) {
    return in_child([&] {
      const std::vector<PathRule> rules = {{folder_ / "own", Access::kReadWrite},
                                           {folder_ / "read", Access::kRead},
                                           {folder_ / "missing", Access::kRead}};
      if (!no_new_privileges() || !restrict_files(rules, tcp, ports)) return 200;
      return attempt();
    });
  }
  int opening(const std::string& name, int flags, Tcp tcp = Tcp::kNone) {
    return confined([&] { return outcome(::open((folder_ / name).c_str(), flags, 0600)); }, tcp);
  }
};

// Where the kernel has no Landlock the rest of this file has nothing to try, and says what the
// server then says.
TEST_F(LandlockTest, IsThereOrSaysThatItIsNot) {
  const int outcome = confined([] { return 0; });
  EXPECT_EQ(outcome, landlock_version() > 0 ? 0 : 200);
}

TEST_F(LandlockTest, OpensWhatWasNamedAsItWasNamed) {
  if (landlock_version() == 0) return;
  EXPECT_EQ(opening("own/file", O_RDWR), 0);
  EXPECT_EQ(opening("own/new", O_RDWR | O_CREAT), 0);
  EXPECT_EQ(opening("own", O_RDWR | O_TMPFILE), 0);
  EXPECT_EQ(opening("read/file", O_RDONLY), 0);
  EXPECT_EQ(opening("read", O_RDONLY | O_DIRECTORY), 0);
  EXPECT_EQ(opening("read/file", O_RDWR), EACCES);
  EXPECT_EQ(opening("read/new", O_RDWR | O_CREAT), EACCES);
  EXPECT_EQ(opening("outside/file", O_RDONLY), EACCES);
  EXPECT_EQ(opening("outside", O_RDONLY | O_DIRECTORY), EACCES);
  EXPECT_EQ(opening("own/../outside/file", O_RDONLY), EACCES);
}

TEST_F(LandlockTest, ChangesOnlyItsOwn) {
  if (landlock_version() == 0) return;
  const auto path = [this](const char* name) { return (folder_ / name).string(); };
  EXPECT_EQ(confined([&] { return outcome(::mkdir(path("own/sub").c_str(), 0700)); }), 0);
  EXPECT_EQ(confined([&] {
              return outcome(::rename(path("own/file").c_str(), path("own/moved").c_str()));
            }),
            0);
  EXPECT_EQ(confined([&] { return outcome(::unlink(path("own/moved").c_str())); }), 0);
  EXPECT_EQ(confined([&] { return outcome(::unlink(path("outside/file").c_str())); }), EACCES);
  EXPECT_EQ(confined([&] { return outcome(::unlink(path("read/file").c_str())); }), EACCES);
  EXPECT_EQ(confined([&] { return outcome(::mkfifo(path("own/fifo").c_str(), 0600)); }), EACCES);
  EXPECT_EQ(confined([&] { return outcome(::symlink("/etc", path("own/link").c_str())); }), EACCES);
}

TEST_F(LandlockTest, NothingIsRun) {
  if (landlock_version() == 0) return;
  const auto run = [] {
    char name[] = "/bin/true";
    char* words[] = {name, nullptr};
    ::execv(name, words);
    return errno;
  };
  EXPECT_EQ(in_child(run), 0);
  EXPECT_EQ(confined(run), EACCES);
}

TEST_F(LandlockTest, OpensNoNewWayIntoTheNetwork) {
  if (landlock_version() < 4) return;
  const auto bind_any = [] {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    return outcome(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address));
  };
  const auto connect_somewhere = [] {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(1);  // No server listens there; refused is not forbidden.
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    return outcome(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address));
  };
  EXPECT_EQ(confined(bind_any, Tcp::kAll), 0);
  EXPECT_EQ(confined(bind_any, Tcp::kConnect), EACCES);
  EXPECT_EQ(confined(connect_somewhere, Tcp::kConnect), ECONNREFUSED);
  EXPECT_EQ(confined(connect_somewhere, Tcp::kNone), EACCES);
  EXPECT_EQ(confined(connect_somewhere, Tcp::kPorts, {2, 1}), ECONNREFUSED);
  EXPECT_EQ(confined(connect_somewhere, Tcp::kPorts, {2, 3}), EACCES);
  EXPECT_EQ(confined(bind_any, Tcp::kPorts, {1}), EACCES);
}

TEST_F(LandlockTest, SignalsNoProcessOutside) {
  if (landlock_version() < 6) return;
  EXPECT_EQ(confined([] { return outcome(::kill(::getppid(), 0)); }), EPERM);
  EXPECT_EQ(confined([] { return outcome(::kill(::getpid(), 0)); }), 0);
}

}  // namespace
}  // namespace restante::process
