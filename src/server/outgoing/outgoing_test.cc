#include "server/outgoing/outgoing.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include <fstream>

#include "dial/endpoint.h"

namespace restante::server {
namespace {

using std::chrono::seconds;

/// A socket that listens on a free port of 127.0.0.1.
files::Descriptor listen_somewhere(std::uint16_t& port) {
  files::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(socket.number(), any, size), 0);
  EXPECT_EQ(::getsockname(socket.number(), any, &size), 0);
  EXPECT_EQ(::listen(socket.number(), 16), 0);
  port = ntohs(address.sin_port);
  return socket;
}

class OutgoingTest : public testing::Test {
 protected:
  OutgoingTest() : listener_(listen_somewhere(here_.port)) {
    closed_.host = "127.0.0.1";
    here_.host = "127.0.0.1";
    listen_somewhere(closed_.port);  // Now the port is closed again.
    ConnectorPlan plan;
    plan.places = {here_, closed_};
    plan.user = process::own_identity();
    outgoing_ = std::move(*Outgoing::start(std::move(plan)));
  }
  /// The process that connects.
  [[nodiscard]] pid_t connector() const {
    const std::string id = std::to_string(outgoing_->process());
    pid_t child = 0;
    for (int i = 0; i < 1000 && child == 0; ++i) {
      std::ifstream("/proc/" + id + "/task/" + id + "/children") >> child;
      if (child == 0) std::this_thread::yield();
    }
    return child;
  }

  FarPlace here_;
  FarPlace closed_;
  files::Descriptor listener_;
  std::unique_ptr<Outgoing> outgoing_;
};

TEST_F(OutgoingTest, HandsAConnectedSocketOver) {
  const auto socket = outgoing_->connect(here_, seconds(10));
  ASSERT_TRUE(socket) << socket.error().message();
  const files::Descriptor other(::accept(listener_.number(), nullptr, nullptr));
  ASSERT_EQ(::send(other.number(), "+OK", 3, 0), 3);
  std::array<char, 8> got{};
  const timeval bound{10, 0};
  ::setsockopt(socket->number(), SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound);
  EXPECT_EQ(::recv(socket->number(), got.data(), 1, MSG_DONTWAIT), 1);
}

TEST_F(OutgoingTest, ConnectsToNoOtherPlace) {
  EXPECT_EQ(outgoing_->connect({"127.0.0.1", 9}, seconds(10)).error().code, Errc::kState);
  EXPECT_EQ(outgoing_->connect({"127.0.0.2", here_.port}, seconds(10)).error().code, Errc::kState);
  EXPECT_EQ(outgoing_->connect(closed_, seconds(10)).error().code, Errc::kIo);
}

TEST_F(OutgoingTest, AnswersACoroutine) {
  net::Worker worker(0);
  Result<files::Descriptor> got = Error(Errc::kBusy);
  struct Run {
    static net::Task<void> run(Outgoing& outgoing, net::Worker& worker, FarPlace place,
                               Result<files::Descriptor>& got) {
      got = co_await outgoing.connect(worker, place, seconds(10));
    }
  };
  worker.spawn(Run::run(*outgoing_, worker, here_, got));
  ASSERT_TRUE(worker.start());
  worker.stop(seconds(30));
  worker.join();
  // Whichever was first: the answer, or the stop, which says so.
  if (!got) EXPECT_EQ(got.error().code, Errc::kState);
}

TEST_F(OutgoingTest, ComesBackWhenItHasDied) {
  ASSERT_TRUE(outgoing_->connect(here_, seconds(10)));
  const pid_t first = connector();
  ASSERT_GT(first, 0);
  ASSERT_EQ(::kill(first, SIGKILL), 0);
  // A question may meet the end of the one or the beginning of the other.
  Result<files::Descriptor> got = outgoing_->connect(here_, seconds(10));
  for (int i = 0; i < 100 && !got; ++i) got = outgoing_->connect(here_, seconds(10));
  ASSERT_TRUE(got) << got.error().message();
  EXPECT_NE(connector(), first);
}

TEST_F(OutgoingTest, SaysSoWhenItIsGoneForGood) {
  const pid_t child = connector();
  ASSERT_EQ(::kill(outgoing_->process(), SIGKILL), 0);
  Result<files::Descriptor> got = outgoing_->connect(here_, seconds(10));
  for (int i = 0; i < 100000 && ::kill(child, 0) == 0; ++i) std::this_thread::yield();
  got = outgoing_->connect(here_, seconds(10));
  EXPECT_EQ(got.error().code, Errc::kIo);
}

}  // namespace
}  // namespace restante::server
