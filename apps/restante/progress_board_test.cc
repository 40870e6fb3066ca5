#include "restante/progress_board.h"

#include <gmock/gmock.h>

namespace restante::cli {
namespace {

using std::chrono::seconds;

constexpr std::uint64_t kMiB = 1U << 20;

TEST(BoardRow, ShowsMessagesBytesRateAndTimeLeft) {
  const console::TimePoint start{};
  BoardRow row("work", start);
  EXPECT_EQ(render_row(row, 79), "work  connecting");
  row.phase = fetch::Phase::kFetching;
  row.messages_total = 340;
  row.messages_done = 12;
  row.meter.set_total(4 * kMiB);
  row.meter.add(kMiB, start + seconds(1));
  EXPECT_EQ(render_row(row, 79),
            "work  12/340  1.0 MiB of 4.0 MiB   25%  [###            ]  1.0 MiB/s  0:03 left");
  for (std::size_t columns = 0; columns < 120; ++columns)
    EXPECT_LE(render_row(row, columns).size(), columns);
  row.phase = fetch::Phase::kDeleting;
  EXPECT_EQ(render_row(row, 79), "work  deleting on the server  12 of 340 messages");
  row.finished = true;
  EXPECT_EQ(render_row(row, 79), "work  done  12 of 340 messages");
}

TEST(ProgressBoard, SaysNothingWhenItIsNotToBeShown) {
  testing::internal::CaptureStderr();
  {
    ProgressBoard board(ProgressBoard::Show::kNothing);
    fetch::Observer& row = board.add("work");
    row.planned(1, 100);
    row.received(100);
    board.finish(row);
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(ProgressBoard, DrawsEveryRowAndTakesThemAway) {
  testing::internal::CaptureStderr();
  {
    ProgressBoard board(ProgressBoard::Show::kBars);
    board.add("one");
    fetch::Observer& two = board.add("two");
    two.entered(fetch::Phase::kListing);
    board.finish(two);
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "\rone  connecting\x1B[K\ntwo  listing\x1B[K\n"
            "\x1B[2A\rone  connecting\x1B[K\ntwo  done\x1B[K\n\x1B[2A\r\x1B[J");
}

}  // namespace
}  // namespace restante::cli
