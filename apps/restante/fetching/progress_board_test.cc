#include "restante/fetching/progress_board.h"

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

TEST(ProgressBoard, DrawsNothingOverAQuestion) {
  testing::internal::CaptureStderr();
  ProgressBoard board(ProgressBoard::Show::kBars);
  fetch::Observer& row = board.add("work");
  row.entered(fetch::Phase::kFetching);
  EXPECT_NE(testing::internal::GetCapturedStderr(), "");
  testing::internal::CaptureStderr();
  {
    const ProgressBoard::Hush hush(board);
    EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::EndsWith("\x1B[J"));
    testing::internal::CaptureStderr();
    row.planned(1, 100);
    row.entered(fetch::Phase::kDeleting);
    board.take_away();
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    testing::internal::CaptureStderr();
  }
  EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::HasSubstr("deleting"));
}

TEST(ProgressBoard, NoBarsWhereThereIsNoTerminal) {
  testing::internal::CaptureStderr();  // A file.
  EXPECT_EQ(ProgressBoard::fitting(false), ProgressBoard::Show::kNothing);
  testing::internal::GetCapturedStderr();
}

TEST(BoardRow, HasWordsForWhereNoBarCanBeDrawn) {
  BoardRow row("work", console::TimePoint{});
  row.phase = fetch::Phase::kFetching;
  row.messages_total = 1500;
  row.messages_done = 700;
  EXPECT_EQ(render_line(row), "work  fetching  700 of 1500 messages");
}

}  // namespace
}  // namespace restante::cli
