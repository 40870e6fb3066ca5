#include "archive/exchange/exported_state.h"

#include "archive/mailbox/test_support.h"

namespace restante::archive {
namespace {

const std::string kSum(64, 'a');

TEST(ExportedState, ThereAndBack) {
  TempFolder folder;
  const Path file = folder.path() / "state";
  write_file(file, exported_state_line(kSum, "", 1) + exported_state_line(kSum, "FS", 1709632800) +
                       exported_state_line(std::string(64, 'b'), "", 7));
  ExportedState state;
  ASSERT_TRUE(state.read(file));
  ASSERT_NE(state.find(kSum), nullptr);
  EXPECT_EQ(state.find(kSum)->flags, "FS");
  EXPECT_EQ(state.find(kSum)->arrived, 1709632800);
  EXPECT_TRUE(state.find(kSum)->certain);
  EXPECT_EQ(state.find(std::string(64, 'c')), nullptr);
}

TEST(ExportedState, NonsenseIsLeftOut) {
  ExportedState state;
  for (const char* const line : {"", "{", "{\"sha256\":\"x\"}", "\"sha256\":", "[1,2]"})
    state.read_line(line);
  state.read_line("{\"sha256\":\"" + kSum + "\",\"flags\":\"../x\",\"arrived\":1}");
  EXPECT_EQ(state.find(kSum), nullptr);
}

}  // namespace
}  // namespace restante::archive
