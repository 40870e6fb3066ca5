#include "server/logging/datagram_sink.h"

#include <gmock/gmock.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

namespace restante::server {
namespace {

using testing::HasSubstr;

class DatagramSinkTest : public testing::Test {
 protected:
  DatagramSinkTest() {
    if (mkdtemp(folder_.data()) == nullptr) ADD_FAILURE() << "no temporary folder";
  }
  ~DatagramSinkTest() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path() const { return folder_ + "/log"; }

  void listen() {
    std::filesystem::remove(path());
    receiver_ = files::Descriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path().data(), path().size());
    ASSERT_EQ(
        ::bind(receiver_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }

  /// The next datagram that has come; empty: there is none.
  std::string next() {
    std::string buffer(4096, '\0');
    const ssize_t size = ::recv(receiver_.number(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    buffer.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return buffer;
  }

  std::string folder_ = testing::TempDir() + "restante_sink_XXXXXX";
  files::Descriptor receiver_;
  void make() {
    sink_ = std::make_shared<DatagramSink>(path(),
                                           [](auto, std::string_view line, std::string_view shown) {
                                             EXPECT_EQ(line, shown);
                                             return "<" + std::string(shown) + ">";
                                           });
    sink_->set_formatter(
        std::make_unique<spdlog::pattern_formatter>("%v", spdlog::pattern_time_type::utc, ""));
    logger_ = std::make_shared<spdlog::logger>("x", sink_);
  }
  std::shared_ptr<DatagramSink> sink_;
  std::shared_ptr<spdlog::logger> logger_;
};

TEST_F(DatagramSinkTest, SendsLinesInTheirOrder) {
  listen();
  make();
  logger_->info("one");
  logger_->error("two");
  EXPECT_EQ(next(), "<one>");
  EXPECT_EQ(next(), "<two>");
  EXPECT_EQ(sink_->lost(), 0U);
}

TEST_F(DatagramSinkTest, AReceiverThatHangsCostsLinesAndNoTime) {
  listen();
  make();
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 5000; ++i) logger_->info("line {}", i);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  EXPECT_LT(took.count(), 4.0) << "5000 waits of 10 ms would be 50 s";
  const std::uint64_t lost = sink_->lost();
  EXPECT_GT(lost, 0U);
  std::uint64_t came = 0;
  while (!next().empty()) ++came;
  EXPECT_EQ(came + lost, 5000U);
  logger_->info("again");
  EXPECT_THAT(next(), HasSubstr("lost=" + std::to_string(lost)));
  EXPECT_EQ(next(), "<again>");
}

TEST_F(DatagramSinkTest, AReceiverThatGoesAwayAndComesBackIsFoundAgain) {
  listen();
  make();
  receiver_.reset();
  logger_->info("to nobody");
  std::filesystem::remove(path());
  logger_->info("to nobody");
  EXPECT_EQ(sink_->lost(), 2U);
  listen();
  logger_->info("here");
  EXPECT_THAT(next(), HasSubstr("lost=2"));
  EXPECT_EQ(next(), "<here>");
  EXPECT_EQ(sink_->lost(), 0U);
}

}  // namespace
}  // namespace restante::server
