#include "archive/exchange/import/import_emlx.h"

#include <gtest/gtest.h>

namespace restante::archive {
namespace {

TEST(ImportEmlx, WhatThePropertyListSays) {
  const Told told = told_by_plist(
      "<dict>\n<key>date-received</key>\n\t<integer>1709632800</integer>\n"
      "<key>flags</key>\n\t<integer>8590195733</integer>\n</dict>");  // Bits 0, 2, 4 and higher.
  EXPECT_EQ(told.flags, "FRS");
  EXPECT_EQ(told.arrived, 1709632800);
  EXPECT_FALSE(told.certain);
}

TEST(ImportEmlx, NonsenseSaysNothing) {
  for (const char* const plist :
       {"", "<key>flags</key>", "<key>flags</key><integer>x</integer>", "<key>flags", "flags 1"}) {
    EXPECT_EQ(told_by_plist(plist).flags, "");
    EXPECT_FALSE(told_by_plist(plist).arrived);
  }
}

}  // namespace
}  // namespace restante::archive
