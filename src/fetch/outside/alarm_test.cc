#include "fetch/outside/alarm.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "archive/mailbox/mailbox.h"

namespace restante::fetch {
namespace {

using testing::HasSubstr;

constexpr WallTime kNow{std::chrono::seconds(1'790'000'000)};

TEST(Alarm, NothingInItComesOutOfItsLine) {
  const std::string message =
      alarm_message("work: fails\r\nBcc: x@y", "said: \x1B[2J\rB\nuid \xE4\n", kNow);
  EXPECT_THAT(message, HasSubstr("\r\nSubject: work: fails  Bcc: x@y\r\n"));
  EXPECT_THAT(message, HasSubstr("\r\n\r\nsaid:  [2J B\r\nuid \xC3\xA4\r\n"));
}

TEST(Alarm, IsAMessageOfTheArchivesOwnAccount) {
  const std::filesystem::path folder =
      testing::TempDir() + "restante_alarm_" + std::to_string(::getpid());
  ASSERT_TRUE(put_alarm(folder, "work fails", "text\n", kNow));
  ASSERT_TRUE(put_alarm(folder, "home fails", "text\n", kNow));
  const auto mailbox = archive::Mailbox::open(folder, kOwnAccount, archive::Create::kNo);
  ASSERT_TRUE(mailbox);
  EXPECT_EQ(mailbox->size(), 2U);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace restante::fetch
