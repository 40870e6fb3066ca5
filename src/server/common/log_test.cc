#include "server/common/log.h"

#include <gtest/gtest.h>

namespace restante::server {
namespace {

TEST(ForLog, PlainValuesStayPlain) {
  EXPECT_EQ(for_log("alice@example.test"), "alice@example.test");
  EXPECT_EQ(for_log("127.0.0.1:1234"), "127.0.0.1:1234");
}

TEST(ForLog, NothingCanForgeALineOrAKey) {
  EXPECT_EQ(for_log(""), "\"\"");
  EXPECT_EQ(for_log("a b"), "\"a b\"");
  EXPECT_EQ(for_log("a\r\nuser=root"), "\"a\\x0d\\x0auser=root\"");
  EXPECT_EQ(for_log("\" peer=1.2.3.4"), "\"\\x22 peer=1.2.3.4\"");
  EXPECT_EQ(for_log("\\x0d"), "\"\\x5cx0d\"");
  EXPECT_EQ(for_log("\x1b[31m"), "\"\\x1b[31m\"");
  EXPECT_EQ(for_log("\xC3\xBC"), "\"\\xc3\\xbc\"");
}

TEST(ForLog, LongValuesAreCut) { EXPECT_EQ(for_log(std::string(5000, 'a')).size(), 205U); }

TEST(Log, EachLineHasItsTimeAndLevel) {
  const auto before = spdlog::default_logger();
  testing::internal::CaptureStderr();
  set_up_log(settings::LogLevel::kInfo, {});
  spdlog::error("one\ntwo\n\nthree\n");
  spdlog::info("");
  const std::string said = testing::internal::GetCapturedStderr();
  spdlog::set_default_logger(before);
  std::vector<std::string> ends;
  std::string_view rest = said;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    constexpr std::string_view kTime = "2026-11-30T10:28:06.123Z ";
    ASSERT_GE(line.size(), kTime.size()) << said;
    EXPECT_EQ(line[kTime.size() - 2], 'Z') << line;
    ends.emplace_back(line.substr(kTime.size()));
    rest.remove_prefix(line.size() + 1);
  }
  EXPECT_EQ(ends,
            (std::vector<std::string>{"error one", "error two", "error ", "error three", "info "}));
}

}  // namespace
}  // namespace restante::server
