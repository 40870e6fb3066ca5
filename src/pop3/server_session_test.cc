#include "pop3/server_session.h"

#include <gtest/gtest.h>

#include <string>

#include "pop3/command_counts.h"
#include "pop3/memory_driver.h"

namespace restante::pop3 {
namespace {

class ServerSessionTest : public ::testing::Test {
 protected:
  ServerSessionTest() {
    world_.settings.hostname = "mail.test";
    world_.channel.plaintext_allowed = true;
    world_.accounts["alice"] = "secret";
    for (int i = 1; i <= 5000; ++i)
      world_.maildrop.messages.emplace_back("uid-" + std::to_string(i), "A: a\r\n\r\nx\r\n");
  }
  static constexpr std::string_view kLogin = "USER alice\r\nPASS secret\r\n";

  MemoryWorld world_;
};

TEST_F(ServerSessionTest, KnowsWhetherAClientIsLoggedIn) {
  MemoryDriver driver(world_);
  EXPECT_FALSE(driver.session().is_logged_in());
  driver.feed(kLogin);
  EXPECT_TRUE(driver.session().is_logged_in());
}

/// "kind what" of each.
std::vector<std::string> told(ServerSession& session) {
  std::vector<std::string> out;
  for (const Refusal& refusal : session.take_refusals())
    out.push_back(std::to_string(static_cast<int>(refusal.kind)) + " " + refusal.what);
  return out;
}

TEST_F(ServerSessionTest, TellsItsDriverWhatItHasRefused) {
  world_.channel.plaintext_allowed = false;
  MemoryDriver driver(world_);
  driver.feed("CAPA\r\nNOOP\r\n");
  EXPECT_FALSE(driver.session().has_refused());
  driver.feed("USER alice\r\nPASS secret\r\nAUTH PLAIN AGEAYg==\r\nAUTH NTLM\r\n");
  driver.feed("AUTH AGFsaWNlAHNlY3JldA\r\n");
  EXPECT_TRUE(driver.session().has_refused());
  const std::vector<std::string> expected = {"0 USER alice", "0 PASS", "0 AUTH PLAIN", "1 NTLM",
                                             "1 "};
  EXPECT_EQ(told(driver.session()), expected) << "and no password";
  EXPECT_FALSE(driver.session().has_refused());
  for (int i = 0; i < 30; ++i) driver.feed("NOOP\r\n");
  EXPECT_EQ(told(driver.session()), std::vector<std::string>{"2 "});
}

TEST_F(ServerSessionTest, CountsWhatIsSaid) {
  CommandCounts counts;
  world_.channel.counts = &counts;
  MemoryDriver driver(world_);
  driver.feed("CAPA\r\nSTAT\r\nHELP\r\n");
  driver.feed(kLogin);
  driver.feed("STAT\r\nRETR 1\r\nretr 2\r\nQUIT\r\n");
  EXPECT_EQ(counts.of(Verb::kCapa), 1U);
  EXPECT_EQ(counts.of(Verb::kStat), 2U) << "also where it is not allowed";
  EXPECT_EQ(counts.of(Verb::kRetr), 2U);
  EXPECT_EQ(counts.of(Verb::kQuit), 1U);
  EXPECT_EQ(counts.unknown(), 1U);
}

TEST_F(ServerSessionTest, LeavesWhatComesBehindALoginElsewhereToItsDriver) {
  ServerSession session(world_.settings, world_.channel);
  std::string_view input = "UTF8\r\nUSER alice\r\nPASS secret\r\nSTAT\r\nQU";
  EXPECT_TRUE(std::holds_alternative<Authenticate>(session.advance(input)));
  EXPECT_EQ(input, "STAT\r\nQU");
  EXPECT_TRUE(session.has_utf8());
  session.output().clear();
  session.handed_over();
  EXPECT_EQ(session.output().substr(0, 4), "+OK ");
  session.output().clear();
  session.shut_down("going down");  // A word in the middle of what another server says.
  EXPECT_EQ(session.output(), "");
  EXPECT_FALSE(session.is_logged_in());
}

TEST_F(ServerSessionTest, FlushesInsteadOfGrowing) {
  // The driver checks the bound at every Flush; the pipeline's replies are a hundred times larger.
  MemoryDriver driver(world_);
  std::string pipeline(kLogin);
  for (int i = 0; i < 50; ++i) pipeline += "CAPA\r\nUIDL\r\nLIST\r\nNOOP\r\n";
  driver.feed(pipeline);
  EXPECT_GT(driver.sent().size(), 100 * limits::kOutputBytesMax / 20);
  EXPECT_TRUE(driver.sent().ends_with(".\r\n+OK still here\r\n"));
}

TEST_F(ServerSessionTest, AsksAgainForTheSameFlush) {
  ServerSession session(world_.settings, world_.channel);
  std::string_view input = "USER alice\r\nPASS secret\r\nUIDL\r\nNOOP\r\n";
  ASSERT_TRUE(std::holds_alternative<Authenticate>(session.advance(input)));
  session.logged_in(world_.maildrop, {});
  ASSERT_TRUE(std::holds_alternative<Flush>(session.advance(input)));
  const std::size_t full = session.output().size();
  EXPECT_TRUE(std::holds_alternative<Flush>(session.advance(input)));
  EXPECT_EQ(session.output().size(), full);
  EXPECT_EQ(input, "NOOP\r\n");
}

TEST_F(ServerSessionTest, StaysClosed) {
  MemoryDriver driver(world_);
  driver.feed("QUIT\r\n");
  EXPECT_TRUE(driver.closed());
  std::string_view more = "CAPA\r\n";
  EXPECT_TRUE(std::holds_alternative<Close>(driver.session().advance(more)));
  EXPECT_TRUE(driver.session().output().empty());
}

TEST_F(ServerSessionTest, SaysALastWordWhenTheServerGoes) {
  for (const std::string_view said :
       {std::string_view(), std::string_view("AUTH LOGIN\r\n"),
        std::string_view("USER alice\r\nPASS secret\r\nDELE 1\r\nQU")}) {
    MemoryDriver driver(world_);
    driver.feed(said);
    driver.session().shut_down("going down");
    EXPECT_EQ(driver.session().output(), "-ERR [SYS/TEMP] going down\r\n");
    driver.feed("");
    EXPECT_TRUE(driver.closed());
    EXPECT_TRUE(driver.commits().empty());
  }
}

TEST_F(ServerSessionTest, SaysNothingInTheMiddleOfAListing) {
  ServerSession session(world_.settings, world_.channel);
  std::string_view input = "USER alice\r\nPASS secret\r\nUIDL\r\n";
  ASSERT_TRUE(std::holds_alternative<Authenticate>(session.advance(input)));
  session.logged_in(world_.maildrop, {});
  ASSERT_TRUE(std::holds_alternative<Flush>(session.advance(input)));
  session.output().clear();
  session.shut_down("going down");
  EXPECT_TRUE(session.output().empty());
  EXPECT_TRUE(std::holds_alternative<Close>(session.advance(input)));
  EXPECT_TRUE(session.output().empty());
}

TEST_F(ServerSessionTest, ThrowsAwayInputBehindStls) {
  world_.channel.stls_available = true;
  ServerSession session(world_.settings, world_.channel);
  std::string_view input = "STLS\r\nUSER mallory\r\nPASS evil\r\n";
  EXPECT_TRUE(std::holds_alternative<StartTls>(session.advance(input)));
  EXPECT_TRUE(input.empty());
}

TEST_F(ServerSessionTest, DoesNotContinueALineFromBeforeTheHandshake) {
  world_.channel.stls_available = true;
  ServerSession session(world_.settings, world_.channel);
  std::string_view input = "STLS\r\n";
  ASSERT_TRUE(std::holds_alternative<StartTls>(session.advance(input)));
  input = "USE";  // A driver that reads on although it should not.
  ASSERT_TRUE(std::holds_alternative<NeedInput>(session.advance(input)));
  session.tls_started(world_.channel);
  session.output().clear();
  input = "R alice\r\n";
  ASSERT_TRUE(std::holds_alternative<NeedInput>(session.advance(input)));
  EXPECT_EQ(session.output(), "-ERR unknown command\r\n");
}

TEST_F(ServerSessionTest, CommitsWithAnEmptyListToo) {
  MemoryDriver driver(world_);
  driver.feed(std::string(kLogin) + "QUIT\r\n");
  ASSERT_EQ(driver.commits().size(), 1U);
  EXPECT_TRUE(driver.commits()[0].empty());
}

}  // namespace
}  // namespace restante::pop3
