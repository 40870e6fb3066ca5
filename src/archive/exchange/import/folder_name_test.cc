#include "archive/exchange/import/folder_name.h"

#include <gtest/gtest.h>

namespace restante::archive {
namespace {

TEST(FolderName, AsItsOwnerKnowsIt) {
  EXPECT_EQ(maildir_folder_name("Sent"), "Sent");
  EXPECT_EQ(maildir_folder_name("Archive.2020"), "Archive/2020");
  EXPECT_EQ(maildir_folder_name("Entw&APw-rfe"), "Entw\xC3\xBCrfe");
  EXPECT_EQ(maildir_folder_name("A &- B"), "A & B");
  EXPECT_EQ(maildir_folder_name("&2DzfDw-"), "\xF0\x9F\x8C\x8F");
  EXPECT_EQ(maildir_folder_name("&ZeVnLIqe-"), "\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E");
}

TEST(FolderName, WhatIsNoUtf7StaysAsItIs) {
  EXPECT_EQ(maildir_folder_name("R&D"), "R&D");
  EXPECT_EQ(maildir_folder_name("R&D-x"), "R&D-x");
  EXPECT_EQ(maildir_folder_name("&!!-"), "&!!-");
  EXPECT_EQ(maildir_folder_name("&2Dw-"), "&2Dw-");
}

}  // namespace
}  // namespace restante::archive
