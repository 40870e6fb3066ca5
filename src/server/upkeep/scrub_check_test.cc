#include "server/upkeep/scrub_check.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

#include "server/common/test_support.h"

namespace restante::server {
namespace {

class ScrubCheckTest : public testing::Test {
 protected:
  ScrubCheckTest() : before_(spdlog::default_logger()) {
    const auto logger = std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log_));
    logger->set_pattern("%v");
    spdlog::set_default_logger(logger);
    store_.delivered["alice"] = {"mail"};
  }
  ~ScrubCheckTest() override { spdlog::set_default_logger(before_); }

  std::ostringstream log_;
  const std::shared_ptr<spdlog::logger> before_;
  FakeStore store_;
  const Scrub::Check check_ = scrub_check(store_);
};

TEST_F(ScrubCheckTest, TellsDamageOfAnyStoreAndNotWhatACrashLeft) {
  store_.findings["alice"] = {{12, 4, "a page is torn", false, std::nullopt},
                              {16, 4, "cut short", true, std::nullopt}};
  EXPECT_EQ(check_("alice", {}).value(), 1U);
  EXPECT_EQ(log_.str(), "maildrop damage account=alice offset=12 what=\"a page is torn\"\n");
}

TEST_F(ScrubCheckTest, ErrorsAreTheStores) {
  EXPECT_EQ(check_("bob", {}).error().code, Errc::kNotFound);
  const auto stop = [](std::uint64_t) { return false; };
  EXPECT_EQ(check_("alice", stop).error().code, Errc::kClosed);
}

}  // namespace
}  // namespace restante::server
