#include "restantectl/exchange/mbox_text.h"

#include <gtest/gtest.h>

namespace restante::ctl {
namespace {

std::string to_mbox(std::string_view message, std::size_t piece) {
  MboxText text;
  std::string out;
  for (; !message.empty(); message.remove_prefix(std::min(piece, message.size())))
    text.write(message.substr(0, piece), out);
  text.finish(out);
  return out;
}

TEST(MboxText, EveryCut) {
  const std::string message =
      "From: a\r\n\r\nFrom here\r\n>From there\r\n>>Fro\r\n From\r\nFro\rm \r\r\na\nb\r\n>\r\nend";
  const std::string expected =
      "From: a\n\n>From here\n>>From there\n>>Fro\n From\nFro\rm \r\na\nb\n>\nend\n\n";
  for (std::size_t piece = 1; piece <= message.size(); ++piece)
    EXPECT_EQ(to_mbox(message, piece), expected) << piece;
}

TEST(MboxText, FromLine) {
  EXPECT_EQ(mbox_from_line(WallTime()), "From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n");
}

}  // namespace
}  // namespace restante::ctl
