#include "maildrop/doors/open.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "disk/memory.h"
#include "maildrop/log/test_support.h"

namespace restante::maildrop {
namespace {

TEST(OpenStore, OpensEachBackEndOfTheList) {
  for (const config::Choice<BackEnd>& each : kBackEnds) {
    disk::MemoryDisk disk;
    const ManualClock clock;
    StoreSettings settings("/data", clock);
    settings.back_end = each.value;
    const auto store = open_store(disk, settings);
    ASSERT_TRUE(store) << each.word;
    log::TextSource source("Subject: 1\r\n\r\n");
    ASSERT_TRUE((*store)->deliver("alice", NewMessage("", source, source.size()))) << each.word;
    EXPECT_THAT((*store)->accounts().value(), testing::ElementsAre("alice")) << each.word;
    EXPECT_TRUE((*store)->stored("alice")->exists) << each.word;
    EXPECT_EQ((*store)->check("alice", {})->live.count, 1U) << each.word;
  }
}

}  // namespace
}  // namespace restante::maildrop
