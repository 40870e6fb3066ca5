#include "server/upkeep/scrub_progress.h"

#include <gtest/gtest.h>

#include "accounts/test_support.h"

namespace restante::server {
namespace {

TEST(ScrubProgress, IsReadAsItWasWritten) {
  const accounts::TempDir dir;
  const auto path = dir / "scrub";
  EXPECT_FALSE(load_progress(path));
  for (const char* name : {"", "a@x.test", "odd name\xC3\xA9@x.test"}) {
    ScrubProgress progress;
    progress.began = WallTime(std::chrono::milliseconds(1'700'000'000'123));
    progress.done = *name == '\0';
    progress.last_maildrop = name;
    ASSERT_TRUE(save_progress(path, progress));
    const auto loaded = load_progress(path);
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->began, progress.began);
    EXPECT_EQ(loaded->done, progress.done);
    EXPECT_EQ(loaded->last_maildrop, name);
  }
  EXPECT_EQ(save_progress(dir / "no" / "folder", {}).error().code, Errc::kIo);
}

TEST(ScrubProgress, WhatIsNoneIsNotBelieved) {
  const std::string good = to_text({});
  ASSERT_TRUE(parse_scrub_progress(good));
  for (std::size_t cut = 0; cut < good.size(); ++cut)
    EXPECT_FALSE(parse_scrub_progress(good.substr(0, cut))) << cut;
  for (const char* text : {"began=-1 done=0\n\n", "began=1 done=2\n\n", "began=x done=0\n\n",
                           "began=1  done=0\n\n", "began=99999999999999999999 done=0\n\n"})
    EXPECT_FALSE(parse_scrub_progress(text)) << text;
}

}  // namespace
}  // namespace restante::server
