// Every call of the disk fails once, in every way, and then power fails: the backup that was in
// force stays whole, and the next one succeeds.
#include <gmock/gmock.h>

#include "disk/memory.h"
#include "maildrop/log/backup/backup.h"
#include "maildrop/log/backup/restore.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/test_support.h"

namespace restante::backup {
namespace {

using maildrop::log::kAccount;
using maildrop::log::log_paths;
using maildrop::log::TestStore;

constexpr std::uint64_t kCallsMax = 2000;

struct Case {
  disk::Fault fault;
  disk::PowerLoss loss;
};

class BackupFault : public ::testing::TestWithParam<Case> {
 protected:
  /// Two maildrops, one backup, then more mail.
  struct World {
    World() : store(disk) {
      EXPECT_TRUE(store.deliver("Subject: 1\r\n"));
      EXPECT_TRUE(store.deliver("Subject: 2\r\n", "bob@example.test"));
      EXPECT_TRUE(make(BackupMode::kFull));
      EXPECT_TRUE(store.deliver("Subject: 3\r\n"));
      EXPECT_TRUE(store.deliver("Subject: 4\r\n"));
    }
    Result<BackupReport> make(BackupMode mode) {
      BackupRequest request(disk, "/data", "/backup");
      request.mode = mode;
      return make_backup(request);
    }
    [[nodiscard]] bool sound() {
      const auto report = verify_backup(disk, "/backup", {}, {});
      return report && report->problems.empty() && report->copied_damage.empty();
    }
    std::string log(const std::string& root) {
      return *disk.content(log_paths(root, kAccount).log);
    }

    disk::MemoryDisk disk;
    TestStore store;
  };

  void run(BackupMode mode) {
    for (std::uint64_t nth = 0;; ++nth) {
      ASSERT_LT(nth, kCallsMax);
      World world;
      world.disk.fail_at(nth, GetParam().fault);
      const auto made = world.make(mode);
      const bool reached = world.disk.fault_reached();
      world.disk.fail_nothing();
      world.disk.lose_power(GetParam().loss);
      ASSERT_TRUE(world.sound()) << "after call " << nth;
      const auto serial = load_manifest(world.disk, "/backup")->serial;
      if (made) EXPECT_EQ(serial, 2U) << "what was said to be done is in force: " << nth;
      ASSERT_TRUE(world.make(mode)) << nth;
      ASSERT_TRUE(world.sound()) << nth;
      ASSERT_TRUE(world.disk.create_directory("/again"));
      ASSERT_TRUE(restore_backup(RestoreRequest(world.disk, "/backup", "/again")));
      EXPECT_EQ(world.log("/again"), world.log("/data")) << nth;
      if (!reached) break;
    }
  }
};

TEST_P(BackupFault, Full) { run(BackupMode::kFull); }
TEST_P(BackupFault, Incremental) { run(BackupMode::kIncremental); }

TEST_P(BackupFault, Restore) {
  for (std::uint64_t nth = 0;; ++nth) {
    ASSERT_LT(nth, kCallsMax);
    World world;
    ASSERT_TRUE(world.make(BackupMode::kIncremental));
    ASSERT_TRUE(world.disk.create_directory("/again"));
    ASSERT_TRUE(world.disk.sync_directory("/"));
    world.disk.fail_at(nth, GetParam().fault);
    const auto restored = restore_backup(RestoreRequest(world.disk, "/backup", "/again"));
    const bool reached = world.disk.fault_reached();
    world.disk.fail_nothing();
    world.disk.lose_power(GetParam().loss);
    const bool marked = world.disk.content("/again/restore.unfinished").has_value();
    const bool begun = !world.disk.list("/again")->empty();
    if (restored || (begun && !marked)) {
      EXPECT_EQ(world.log("/again"), world.log("/data")) << "not marked, so it is whole: " << nth;
    } else {
      ASSERT_TRUE(restore_backup(RestoreRequest(world.disk, "/backup", "/again"))) << nth;
      EXPECT_EQ(world.log("/again"), world.log("/data")) << nth;
    }
    if (!reached) break;
  }
}

INSTANTIATE_TEST_SUITE_P(All, BackupFault,
                         ::testing::Values(Case{disk::Fault::kEio, disk::PowerLoss::kDropUnsynced},
                                           Case{disk::Fault::kShortWrite, disk::PowerLoss::kTorn},
                                           Case{disk::Fault::kDeath,
                                                disk::PowerLoss::kDropUnsynced},
                                           Case{disk::Fault::kDeath, disk::PowerLoss::kKeepAll},
                                           Case{disk::Fault::kDeath, disk::PowerLoss::kTorn}));

}  // namespace
}  // namespace restante::backup
