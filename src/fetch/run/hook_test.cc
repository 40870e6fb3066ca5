#include "fetch/run/hook.h"

#include <gtest/gtest.h>

#include <map>

#include "archive/mailbox/line_form.h"
#include "archive/mailbox/sha256.h"
#include "archive/mailbox/test_support.h"

namespace restante::fetch {
namespace {

std::map<std::string, std::string> variables(const std::string& disk) {
  const archive::TempFolder folder;
  std::string received;
  archive::append_received_form(disk, received);
  archive::write_file(folder.path() / "message", disk);
  const auto message = HandOnMessage::open(folder.path() / "message", archive::sha256_of(received));
  EXPECT_TRUE(message);
  std::map<std::string, std::string> found;
  for (auto& [name, value] : hook_variables("home", *message, 17)) found[name] = value;
  return found;
}

TEST(Hook, GetsTheDecodedSubjectAndTheNumberOfTheMessage) {
  auto found =
      variables("Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\nFrom: a@x\nMessage-ID: <1@x>\n\nb\n");
  EXPECT_EQ(found["RESTANTE_SUBJECT"],
            "Gr\xC3\xBC\xC3\x9F"
            "e");
  EXPECT_EQ(found["RESTANTE_ID"], "17");
  EXPECT_EQ(found["RESTANTE_ACCOUNT"], "home");
  EXPECT_EQ(found["RESTANTE_FROM"], "a@x");
  EXPECT_EQ(found["RESTANTE_MESSAGE_ID"], "<1@x>");
}

TEST(Hook, NoFieldIsLongerThanAnEnvironmentMayBe) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += "\xC3\xBC";
  auto found = variables("Subject: " + text + "\nFrom: x" + text + "\n\nb\n");
  for (const char* const name : {"RESTANTE_SUBJECT", "RESTANTE_FROM"}) {
    EXPECT_LE(found[name].size(), 8U << 10) << name;
    EXPECT_GT(found[name].size(), 8000U) << name;
    EXPECT_EQ(found[name].back(), '\xBC') << name;
  }
}

}  // namespace
}  // namespace restante::fetch
