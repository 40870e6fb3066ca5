#include "restante/life_signs.h"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>

#include "net/unique_fd.h"

namespace restante::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

class LifeSignsTest : public testing::Test {
 protected:
  LifeSignsTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "restante-ls-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    const std::string path = folder_ / "notify";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    socket_.reset(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
              0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    supervisor_ = std::make_unique<net::Supervisor>();
    ::unsetenv("NOTIFY_SOCKET");
  }
  ~LifeSignsTest() override { std::filesystem::remove_all(folder_); }
  LifeSignsTest(const LifeSignsTest&) = delete;
  LifeSignsTest& operator=(const LifeSignsTest&) = delete;

  /// What was told since the last time, one behind the other.
  std::string told() {
    std::string all;
    std::array<char, 64> received{};
    for (;;) {
      const ssize_t count = ::recv(socket_.get(), received.data(), received.size(), 0);
      if (count <= 0) return all;
      all.append(received.data(), static_cast<std::size_t>(count)).append(" ");
    }
  }

  const LifeSigns::Clock::time_point start_ = LifeSigns::Clock::now();
  std::filesystem::path folder_;
  net::UniqueFd socket_;
  std::unique_ptr<net::Supervisor> supervisor_;
  net::Pulse one_;
  net::Pulse two_;
};

TEST_F(LifeSignsTest, NobodyWhoDoesNotAskIsTold) {
  LifeSigns signs(*supervisor_, {});
  signs.expect(one_, "one", seconds(1));
  EXPECT_THAT(signs.tell(start_ + minutes(9)), IsEmpty());
  EXPECT_EQ(told(), "");
}

TEST_F(LifeSignsTest, NeverIsMoreThanHalfTheIntervalBetweenTwo) {
  LifeSigns signs(*supervisor_, seconds(60));
  EXPECT_EQ(signs.pause(), seconds(15));
  signs.tell(start_);
  EXPECT_EQ(told(), "WATCHDOG=1 ");
  signs.tell(start_ + milliseconds(14'999));
  EXPECT_EQ(told(), "");
  signs.tell(start_ + seconds(15) + signs.pause());
  EXPECT_EQ(told(), "WATCHDOG=1 ");
  EXPECT_EQ(LifeSigns(*supervisor_, std::chrono::microseconds(1)).pause(), milliseconds(1));
}

TEST_F(LifeSignsTest, NotWhileAThreadIsStuck) {
  LifeSigns signs(*supervisor_, seconds(60));
  two_.rest();
  signs.expect(one_, "one", minutes(5));
  signs.expect(two_, "two", minutes(5));
  EXPECT_THAT(signs.tell(start_ + minutes(4)), IsEmpty());
  EXPECT_EQ(told(), "WATCHDOG=1 ");
  EXPECT_THAT(signs.tell(start_ + minutes(6)), ElementsAre("one"));
  EXPECT_THAT(signs.tell(start_ + minutes(7)), IsEmpty());  // It was said.
  EXPECT_EQ(told(), "");
  one_.rest();
  EXPECT_THAT(signs.tell(start_ + minutes(8)), IsEmpty());
  EXPECT_EQ(told(), "WATCHDOG=1 ");
}

TEST_F(LifeSignsTest, AThreadThatWasForgottenIsNotMissed) {
  LifeSigns signs(*supervisor_, seconds(60));
  signs.expect(one_, "one", seconds(1));
  signs.forget();
  EXPECT_THAT(signs.tell(start_ + minutes(6)), IsEmpty());
  EXPECT_EQ(told(), "WATCHDOG=1 ");
}

TEST(SilenceMax, IsLongerThanAnyWait) {
  profile::Account account;
  const auto usual = silence_max(account);
  EXPECT_GE(usual, minutes(6));
  account.reply_timeout = minutes(10);
  EXPECT_GT(silence_max(account), minutes(10));
  account.hand_on.emplace_back().timeout = minutes(30);
  EXPECT_GT(silence_max(account), minutes(30));
}

}  // namespace
}  // namespace restante::cli
