#include "archive/mailbox/line_form.h"

#include <gtest/gtest.h>

namespace restante::archive {
namespace {

/// In two pieces, cut at `cut`; nothing when there is a bare LF.
std::string to_disk(std::string_view received, std::size_t cut, bool& possible) {
  ToDiskForm form;
  std::string out;
  possible = form.write(received.substr(0, cut), out) && form.write(received.substr(cut), out);
  if (possible) form.finish(out);
  return out;
}

TEST(LineForm, ThereAndBackIsExactAtEveryCut) {
  for (const std::string_view received : {"", "a\r\nb\r\n", "\r\n\r\n", "no end", "lone\rcr\r\n",
                                          "two\r\r\n", "ends in cr\r", "\r\r"}) {
    for (std::size_t cut = 0; cut <= received.size(); ++cut) {
      bool possible = false;
      const std::string disk = to_disk(received, cut, possible);
      ASSERT_TRUE(possible) << received;
      std::string back;
      append_received_form(disk.substr(0, cut), back);
      if (cut < disk.size()) append_received_form(disk.substr(cut), back);
      EXPECT_EQ(back, received);
    }
  }
}

TEST(LineForm, LinesEndInLfOnDisk) {
  bool possible = false;
  EXPECT_EQ(to_disk("Subject: x\r\n\r\nbody\r\n", 3, possible), "Subject: x\n\nbody\n");
}

TEST(LineForm, WhatABareLfMakesImpossibleLeavesNothing) {
  ToDiskForm form;
  std::string out = "before";
  EXPECT_TRUE(form.write("a\r", out));
  EXPECT_FALSE(form.write("\nb\r\nc\n", out));
  EXPECT_EQ(out, "beforea");
  EXPECT_TRUE(form.write("", out));
  EXPECT_TRUE(form.write("\r\n", out));
  EXPECT_EQ(out, "beforea\r\n");
}

TEST(LineForm, BareLfHasNoDiskForm) {
  for (const std::string_view received : {"\n", "a\nb", "a\r\n\nb", "\r\n\n"}) {
    for (std::size_t cut = 0; cut <= received.size(); ++cut) {
      bool possible = true;
      to_disk(received, cut, possible);
      EXPECT_FALSE(possible) << received;
    }
  }
}

}  // namespace
}  // namespace restante::archive
