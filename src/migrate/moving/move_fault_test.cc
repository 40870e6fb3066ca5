// Every call to the disk that a move makes fails once, with every kind of power loss behind it. The
// next run completes it: each message is there once, with its id, in its place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "migrate/moving/compare.h"
#include "migrate/moving/move.h"
#include "migrate/moving/test_support.h"

namespace restante::migrate {
namespace {

using disk::Fault;
using disk::PowerLoss;

/// So large that several go to the disk in one write, and some do not.
constexpr std::size_t kMiddle = 60'000;
constexpr std::size_t kLarge = 70'000;

MemorySource old_mailbox() {
  MemorySource source;
  for (int number = 1; number <= 12; ++number) {
    const std::size_t size = number % 7 == 0 ? kLarge : number < 10 ? kMiddle : 10;
    const std::string name = "id-" + std::to_string(number);
    source.add(name, "X: " + name + "\r\n\r\n" + std::string(size, 'x') + "\r\n");
  }
  return source;
}

MoveOptions options() {
  MoveOptions options;
  options.account = kAlice;
  options.batch_bytes = 9 * kMiddle;  // Two batches.
  return options;
}

class MoveFaultTest : public ::testing::TestWithParam<std::tuple<Fault, PowerLoss>> {};

TEST_P(MoveFaultTest, EveryCallOnce) {
  const auto [fault, loss] = GetParam();
  for (std::uint64_t point = 0;; ++point) {
    const std::string where = "call " + std::to_string(point);
    disk::MemoryDisk disk;
    MemorySource source = old_mailbox();
    disk.fail_at(point, fault);
    Moved moved;
    {
      const auto store = open_store(disk);
      moved = move_mail(source, *store, options());
    }
    const bool done = !disk.fault_reached();
    ASSERT_TRUE(moved.failure || done || moved.moved == source.listing.items.size()) << where;
    disk.lose_power(loss);
    const auto store = open_store(disk);
    // What it said it had moved is there.
    ASSERT_GE(mail_in(*store).size(), moved.moved) << where;
    const Moved again = move_mail(source, *store, options());
    ASSERT_FALSE(again.failure) << where << again.failure->message();
    ASSERT_EQ(again.present + again.moved, source.listing.items.size()) << where;
    const auto mail = mail_in(*store);
    ASSERT_EQ(mail.size(), source.listing.items.size()) << where;
    // Of a batch whose headers were on their way any part may survive: the rest comes behind it.
    for (std::size_t i = 0; loss != PowerLoss::kTorn && i < mail.size(); ++i)
      ASSERT_TRUE(mail[i].starts_with(source.listing.items[i].uid + " ")) << where;
    CompareOptions compare;
    compare.account = kAlice;
    ASSERT_EQ(compare_mail(source, *store, compare).same, mail.size()) << where;
    if (done) {
      ASSERT_GT(point, 20U);
      ASSERT_EQ(moved.moved, mail.size());
      return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Faults, MoveFaultTest,
                         ::testing::Combine(::testing::Values(Fault::kEio, Fault::kDeath),
                                            ::testing::Values(PowerLoss::kDropUnsynced,
                                                              PowerLoss::kKeepAll,
                                                              PowerLoss::kTorn)));

}  // namespace
}  // namespace restante::migrate
