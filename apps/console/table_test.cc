#include "console/table.h"

#include <gtest/gtest.h>

namespace restante::console {
namespace {

TEST(Table, RowsThatContinueOthersKeepTheirColumns) {
  testing::internal::CaptureStdout();
  const auto widths = print(Table{{"ID", "NAME"}, {{"1000", "a"}}, {}}, false);
  print(Table{{"ID", "NAME"}, {{"7", "b"}}, {}}, false, widths);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "ID    NAME\n1000  a\n7     b\n");
}

TEST(Table, WithoutRowsThereIsNoHeader) {
  testing::internal::CaptureStdout();
  EXPECT_TRUE(print(Table{{"ID"}, {}, {}}, false).empty());
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
}

}  // namespace
}  // namespace restante::console
