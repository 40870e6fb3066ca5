// For tests only: the mail of one account in a folder of its own, as a fetch fills it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "archive/mailbox/test_support.h"
#include "fetch/state/local_mail.h"

namespace restante::fetch {

class LocalMailTest : public testing::Test {
 protected:
  LocalMailTest() { account_.name = "home"; }

  std::unique_ptr<LocalMail> open() {
    auto local = LocalMail::open(account_, folder_.path(), clock_, scanning_);
    EXPECT_TRUE(local) << local.error().message();
    return local ? std::move(*local) : nullptr;
  }
  static Arrived arrive(LocalMail& local, const std::string& uid, std::string_view octets) {
    Arrived arrived{{1, uid, octets.size(), Why::kNew}, nullptr, {}};
    arrived.incoming = *local.begin();
    EXPECT_TRUE(arrived.incoming->write(octets));
    arrived.received = *arrived.incoming->finish();
    return arrived;
  }
  static std::vector<Landed> keep(LocalMail& local, const std::string& uid,
                                  std::string_view octets) {
    std::vector<Arrived> group;
    group.push_back(arrive(local, uid, octets));
    auto landed = local.keep(std::move(group));
    EXPECT_TRUE(landed) << landed.error().message();
    return landed ? std::move(*landed) : std::vector<Landed>();
  }
  static void vanish(LocalMail& local, const std::string& uid) {
    Change change{uid, local.entry_of(uid)};
    change.entry.state = UidState::kVanished;
    EXPECT_TRUE(local.store({&change, 1}));
  }
  /// How many messages a list would have.
  std::int64_t shown() const {
    auto database = archive::Database::open(folder_.path(), archive::Access::kRead);
    auto count = database->prepare("SELECT count(*) FROM messages WHERE removed = 0");
    EXPECT_TRUE(*count->step());
    return count->number(0);
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names = archive::sorted_names(folder_.path() / "home" / "new");
    return names;
  }

  archive::TempFolder folder_;
  ManualClock clock_{archive::some_time()};
  profile::Account account_;
  Scanning scanning_ = Scanning::kOff;
};

}  // namespace restante::fetch
