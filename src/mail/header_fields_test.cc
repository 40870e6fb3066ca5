#include "mail/header_fields.h"

#include <gtest/gtest.h>

namespace restante::mail {
namespace {

constexpr std::string_view kHeader =
    "Subject: a\n\tlong\n  one\nTo : Bob\nno colon here\nsubject: second\nX-Last: end";

TEST(HeaderFields, AreTakenWithTheirContinuationLines) {
  std::string_view rest = kHeader;
  EXPECT_EQ(take_field(rest), "Subject: a\n\tlong\n  one");
  EXPECT_EQ(take_field(rest), "To : Bob");
  EXPECT_EQ(take_field(rest), "no colon here");
  EXPECT_EQ(take_field(rest), "subject: second");
  EXPECT_EQ(take_field(rest), "X-Last: end");
  EXPECT_EQ(take_field(rest), std::nullopt);
}

TEST(HeaderFields, AreFoundInAnyCaseAndUnfolded) {
  EXPECT_EQ(header_field(kHeader, "SUBJECT"), "a long  one");
  EXPECT_EQ(header_field(kHeader, "To"), "Bob");
  EXPECT_EQ(header_field(kHeader, "x-last"), "end");
  EXPECT_EQ(header_field(kHeader, "Cc"), "");
  EXPECT_EQ(header_field("", "Cc"), "");
}

}  // namespace
}  // namespace restante::mail
