#include "server/outgoing/wire.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace restante::server {
namespace {

class OutgoingWire : public testing::Test {
 protected:
  OutgoingWire() {
    std::array<int, 2> pair{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()), 0);
    server_.reset(pair[0]);
    process_.reset(pair[1]);
  }
  files::Descriptor server_;
  files::Descriptor process_;
};

TEST_F(OutgoingWire, CarriesQuestions) {
  const OutgoingQuestion question{7, {"old.example", 995}, std::chrono::seconds(3)};
  ASSERT_TRUE(send_question(server_.number(), question));
  const auto got = receive_question(process_.number());
  ASSERT_TRUE(got);
  EXPECT_EQ(got->number, 7U);
  EXPECT_EQ(got->place, question.place);
  EXPECT_EQ(got->span, question.span);
}

TEST_F(OutgoingWire, TakesNoNameThatIsTooLong) {
  EXPECT_TRUE(send_question(server_.number(), {1, {std::string(255, 'a'), 1}, {}}));
  EXPECT_FALSE(send_question(server_.number(), {1, {std::string(256, 'a'), 1}, {}}));
}

TEST_F(OutgoingWire, PassesOverWhatIsNoQuestion) {
  ASSERT_EQ(::send(server_.number(), "x", 1, 0), 1);
  ASSERT_TRUE(send_question(server_.number(), {8, {"a", 1}, {}}));
  EXPECT_EQ(receive_question(process_.number())->number, 8U);
  server_.reset();
  EXPECT_FALSE(receive_question(process_.number()));
}

TEST_F(OutgoingWire, CarriesASocket) {
  std::array<int, 2> pair{};
  ASSERT_EQ(::pipe(pair.data()), 0);
  send_answer(process_.number(), {9, files::Descriptor(pair[0])});
  auto answer = receive_answer(server_.number());
  ASSERT_TRUE(answer);
  ASSERT_TRUE(answer->socket);
  ASSERT_EQ(::write(pair[1], "y", 1), 1);
  ::close(pair[1]);
  char got = 0;
  EXPECT_EQ(::read(answer->socket->number(), &got, 1), 1);
  EXPECT_EQ(got, 'y');
}

TEST_F(OutgoingWire, CarriesAReasonAndCutsIt) {
  EXPECT_EQ(receive_answer(server_.number()).error().code, Errc::kBusy);
  send_answer(process_.number(), {9, Error(Errc::kNotFound, std::string(1000, 'n'))});
  const auto answer = receive_answer(server_.number());
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->number, 9U);
  EXPECT_EQ(answer->socket.error().code, Errc::kNotFound);
  EXPECT_EQ(answer->socket.error().detail, std::string(400, 'n'));
}

TEST_F(OutgoingWire, BelievesNoOtherAnswer) {
  ASSERT_EQ(::send(process_.number(), "x", 1, 0), 1);
  EXPECT_EQ(receive_answer(server_.number()).error().code, Errc::kSyntax);
  process_.reset();
  EXPECT_EQ(receive_answer(server_.number()).error().code, Errc::kClosed);
}

}  // namespace
}  // namespace restante::server
