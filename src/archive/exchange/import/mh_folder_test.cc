#include "archive/exchange/import/mh_folder.h"

#include <gtest/gtest.h>

namespace restante::archive {
namespace {

TEST(MhFolder, SequencesAreFlags) {
  const MhSequences sequences("cur: 7\nunseen: 2-4 9\nreplied: 1 5\nflagged: 3\n");
  EXPECT_EQ(sequences.flags_of("1"), "RS");
  EXPECT_EQ(sequences.flags_of("2"), "");
  EXPECT_EQ(sequences.flags_of("3"), "F");
  EXPECT_EQ(sequences.flags_of("4"), "");
  EXPECT_EQ(sequences.flags_of("5"), "RS");
  EXPECT_EQ(sequences.flags_of("8"), "S");
  EXPECT_EQ(sequences.flags_of("9"), "");
  EXPECT_EQ(sequences.flags_of("10"), "S");
  EXPECT_EQ(sequences.flags_of("x"), "");
}

TEST(MhFolder, WithoutSequencesNothingIsKnown) {
  EXPECT_EQ(MhSequences("").flags_of("1"), "");
  EXPECT_EQ(MhSequences().flags_of("1"), "");
  EXPECT_EQ(MhSequences("unseen: 1-x -3 4- 99999999999999999999999\n").flags_of("1"), "S");
}

}  // namespace
}  // namespace restante::archive
