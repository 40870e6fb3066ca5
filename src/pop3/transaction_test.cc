#include "pop3/transaction.h"

#include <gtest/gtest.h>

#include <string>

#include "pop3/memory_driver.h"

namespace restante::pop3 {
namespace {

/// Many messages, all of them huge, as only numbers can be.
class HugeListing final : public Listing {
 public:
  static constexpr std::uint32_t kCount = 100000;
  static constexpr std::uint64_t kOctets = 1ULL << 40U;

  [[nodiscard]] std::uint32_t count() const override { return kCount; }
  [[nodiscard]] std::uint64_t total_octets() const override { return kCount * kOctets; }
  [[nodiscard]] std::uint64_t octets(MessageNumber /*number*/) const override { return kOctets; }
  void append_uid(MessageNumber number, std::string& out) const override {
    out.append(60, 'u').append(std::to_string(to_index(number)));
  }
  [[nodiscard]] bool needs_utf8(MessageNumber /*number*/) const override { return false; }
};

class TransactionTest : public ::testing::Test {
 protected:
  /// The whole reply, gathered in pieces that are never much larger than the limit.
  std::string say(std::string_view line) {
    const auto outcome = transaction_.handle(parse_command(line).value());
    EXPECT_FALSE(outcome) << line;
    std::string reply = take_output();
    while (transaction_.is_listing()) {
      transaction_.continue_listing();
      reply += take_output();
    }
    return reply;
  }
  std::string take_output() {
    std::string taken;
    taken.swap(context_.replies.output());
    EXPECT_LT(taken.size(), limits::kOutputBytesMax + kReplyLineBytesMax);
    return taken;
  }

  HugeListing listing_;
  ServerSettings settings_;
  SharedState context_{settings_, {}};
  Transaction transaction_{context_, listing_};
};

TEST_F(TransactionTest, CountsIn64Bits) {
  EXPECT_EQ(say("STAT"), "+OK 100000 109951162777600000\r\n");
  EXPECT_EQ(say("LIST 100000"), "+OK 100000 1099511627776\r\n");
  say("DELE 7");
  EXPECT_EQ(say("STAT"), "+OK 99999 109950063265972224\r\n");
}

TEST_F(TransactionTest, ListsInPiecesAndInOrder) {
  say("DELE 2");
  say("DELE 99999");
  for (const char* verb : {"LIST", "UIDL"}) {
    const std::string reply = say(verb);
    std::string expected = reply.substr(0, reply.find("\r\n") + 2);
    for (std::uint32_t i = 1; i <= HugeListing::kCount; ++i) {
      if (i == 2 || i == 99999) continue;
      expected += std::to_string(i) + " ";
      if (verb[0] == 'L')
        expected += std::to_string(HugeListing::kOctets);
      else
        listing_.append_uid(MessageNumber{i}, expected);
      expected += "\r\n";
    }
    EXPECT_TRUE(reply == expected + ".\r\n") << verb;
  }
}

TEST(Transaction, ListsTheSameWhereverTheOutputIsFull) {
  MemoryListing listing;
  for (int i = 1; i <= 5; ++i) listing.messages.emplace_back("u" + std::to_string(i), "A: a\r\n");
  const ServerSettings settings;
  for (std::size_t room = 1; room < 100; ++room) {
    SharedState context(settings, {});
    Transaction transaction(context, listing);
    std::string& output = context.replies.output();
    output.assign(limits::kOutputBytesMax - room, 'x');
    ASSERT_FALSE(transaction.handle(parse_command("UIDL").value()));
    std::string reply = output.substr(limits::kOutputBytesMax - room);
    for (; transaction.is_listing(); reply += output) {
      output.clear();
      transaction.continue_listing();
    }
    EXPECT_EQ(reply, "+OK unique ids follow\r\n1 u1\r\n2 u2\r\n3 u3\r\n4 u4\r\n5 u5\r\n.\r\n");
  }
}

TEST_F(TransactionTest, GathersTheDeletedInOrder) {
  EXPECT_TRUE(transaction_.deleted().empty());
  for (const char* line : {"DELE 100000", "DELE 3", "DELE 1", "DELE 3"}) say(line);
  const std::vector<MessageNumber> expected = {MessageNumber{1}, MessageNumber{3},
                                               MessageNumber{100000}};
  EXPECT_EQ(transaction_.deleted(), expected);
  say("RSET");
  EXPECT_TRUE(transaction_.deleted().empty());
}

TEST_F(TransactionTest, AsksForAMessageAndAnnouncesItsOctets) {
  const auto outcome = transaction_.handle(parse_command("TOP 5 10").value());
  ASSERT_TRUE(outcome);
  EXPECT_EQ(std::get<SendMessage>(*outcome).number, MessageNumber{5});
  EXPECT_EQ(std::get<SendMessage>(*outcome).body_lines, 10U);
  transaction_.message_opened(ok());
  EXPECT_EQ(take_output(), "+OK 1099511627776 octets\r\n");
}

TEST_F(TransactionTest, HoldsBackTheMessageThatCannotBeOpened) {
  ASSERT_TRUE(transaction_.handle(parse_command("RETR 5").value()));
  transaction_.message_opened(Error(Errc::kCorrupt));
  EXPECT_EQ(take_output(), "-ERR [SYS/PERM] message is damaged\r\n");
}

}  // namespace
}  // namespace restante::pop3
