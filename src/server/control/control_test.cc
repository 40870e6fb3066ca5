#include "server/control/control.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <future>
#include <list>

#include "net/listener.h"
#include "server/common/test_support.h"
#include "server/control/answer.h"

namespace restante::control {
namespace {

/// A client that asks; each wait of it has a bound.
class Client {
 public:
  explicit Client(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.native().size() + 1);
    const timeval bound{20, 0};
    ::setsockopt(socket_.number(), SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound);
    connected_ =
        ::connect(socket_.number(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  [[nodiscard]] bool connected() const { return connected_; }
  void say(std::string_view text) const {
    static_cast<void>(::send(socket_.number(), text.data(), text.size(), MSG_NOSIGNAL));
  }
  void say_no_more() const { ::shutdown(socket_.number(), SHUT_WR); }
  /// All up to its end.
  [[nodiscard]] std::string hear() const {
    std::string out;
    std::array<char, 4096> piece{};
    for (;;) {
      const ssize_t got = ::recv(socket_.number(), piece.data(), piece.size(), 0);
      if (got <= 0) return out;
      out.append(piece.data(), static_cast<std::size_t>(got));
    }
  }

 private:
  files::Descriptor socket_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  bool connected_ = false;
};

class ControlTest : public ::testing::Test {
 protected:
  void start() {
    auto socket = open_socket(folder_.path(), process::own_identity());
    ASSERT_TRUE(socket) << socket.error().message();
    path_ = socket->path;
    control_ = std::make_unique<Control>(std::move(*socket), desk_);
    ASSERT_TRUE(control_->start());
  }
  Result<boost::json::object> ask(std::string_view line) {
    const Client client(path_);
    client.say(line);
    std::string answer = client.hear();
    if (answer.empty() || answer.back() != '\n') return Error(Errc::kClosed, "no line");
    answer.pop_back();
    return parse_answer(answer);
  }

  accounts::TempDir folder_;
  std::filesystem::path path_;
  server::TestServices all_;
  server::SettingsHolder settings_{std::make_shared<server::Settings>()};
  std::promise<void> reloading_;
  std::promise<void> may_reload_;
  Desk desk_{all_.services, settings_, About(), [this] {
               reloading_.set_value();
               may_reload_.get_future().wait();
               return ReloadReport();
             }};
  std::unique_ptr<Control> control_;
};

TEST_F(ControlTest, AnswersALine) {
  start();
  EXPECT_TRUE(ask("{\"do\":\"status\"}\n"));
  const auto wrong = ask("{\"do\":\"halt\"}\n");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Errc::kSyntax);
  EXPECT_FALSE(ask(std::string(kRequestBytesMax + 1, 'x')));
  EXPECT_TRUE(ask("{\"do\":\"status\"}\n"));
}

TEST_F(ControlTest, ItsFileIsOfTheUserAndTheGroup) {
  start();
  struct stat found {};
  ASSERT_EQ(::lstat(path_.c_str(), &found), 0);
  EXPECT_TRUE(S_ISSOCK(found.st_mode));
  EXPECT_EQ(found.st_mode & 07777U, 0660U);
  control_->stop();
  EXPECT_NE(::lstat(path_.c_str(), &found), 0);
}

TEST_F(ControlTest, TakesThePlaceOfOneThatIsDead) {
  {
    // As after a kill: the file stays, and no process listens.
    auto dead = open_socket(folder_.path(), process::own_identity());
    ASSERT_TRUE(dead);
  }
  start();
  EXPECT_TRUE(ask("{\"do\":\"status\"}\n"));
  const auto second = open_socket(folder_.path(), process::own_identity());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::kBusy);
  EXPECT_NE(second.error().detail.find("another restanted"), std::string::npos);
}

TEST_F(ControlTest, LeavesAnothersFileAlone) {
  start();
  // A server that was started meanwhile has made its own.
  std::filesystem::remove(path_);
  auto next = open_socket(folder_.path(), process::own_identity());
  ASSERT_TRUE(next);
  control_->stop();
  EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(ControlTest, ALongPathIsAMistake) {
  const auto socket = open_socket(folder_.path() / std::string(120, 'x'), process::own_identity());
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().code, Errc::kSyntax);
  EXPECT_NE(socket.error().detail.find("data_dir"), std::string::npos);
}

TEST_F(ControlTest, TooManyAreRefusedAndThoseThatWaitAreServed) {
  start();
  std::list<Client> waiting;
  for (std::size_t i = 0; i < kConnectionsMax; ++i) {
    waiting.emplace_back(path_);
    ASSERT_TRUE(waiting.back().connected());
    waiting.back().say("{");
  }
  const auto refused = ask("{\"do\":\"status\"}\n");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kBusy);
  for (const Client& client : waiting) client.say("\"do\":\"status\"}\n");
  for (const Client& client : waiting)
    EXPECT_NE(client.hear().find("\"ok\":true"), std::string::npos);
}

TEST_F(ControlTest, APeerThatLeavesGivesItsPlaceBack) {
  start();
  for (std::size_t i = 0; i < 2 * kConnectionsMax; ++i) {
    const Client client(path_);
    client.say("{\"do\":");
    client.say_no_more();
    EXPECT_EQ(client.hear(), "");  // Its end has been seen.
  }
  EXPECT_TRUE(ask("{\"do\":\"status\"}\n"));
}

TEST_F(ControlTest, WhatWaitsHoldsUpNothingElse) {
  start();
  const Client reloads(path_);
  reloads.say("{\"do\":\"reload\"}\n");
  reloading_.get_future().wait();
  EXPECT_TRUE(ask("{\"do\":\"status\"}\n"));
  may_reload_.set_value();
  EXPECT_NE(reloads.hear().find("\"reloaded\":true"), std::string::npos);
}

}  // namespace
}  // namespace restante::control
