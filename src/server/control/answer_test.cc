#include "server/control/answer.h"

#include <gtest/gtest.h>

namespace restante::control {
namespace {

using Answer = Result<boost::json::object>;

Answer through(const Answer& answer) {
  std::string line = to_line(answer);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  line.pop_back();
  return parse_answer(line);
}

TEST(ControlAnswer, AResultComesThrough) {
  const Answer read = through(boost::json::object{{"sessions", 7}, {"name", "a\nb"}});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->at("sessions").as_int64(), 7);
  EXPECT_EQ(read->at("name").as_string(), "a\nb");
}

TEST(ControlAnswer, AnErrorKeepsItsKindAndItsWords) {
  for (const Errc code :
       {Errc::kSyntax, Errc::kAuth, Errc::kNotFound, Errc::kBusy, Errc::kState, Errc::kIo}) {
    const Answer read = through(Error(code, "why"));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, code);
    EXPECT_EQ(read.error().detail, "why");
  }
  EXPECT_EQ(through(Error(Errc::kLimit, "long")).error().code, Errc::kSyntax);
  EXPECT_EQ(through(Error(Errc::kTimeout, "late")).error().code, Errc::kBusy);
  EXPECT_EQ(through(Error(Errc::kCorrupt, "odd")).error().code, Errc::kIo);
}

TEST(ControlAnswer, WhatIsNoneIsSaid) {
  for (const char* line :
       {"", "hello", "[]", "{}", R"({"ok":1})", R"({"ok":true})", R"({"ok":true,"result":[]})"})
    EXPECT_FALSE(parse_answer(line)) << line;
}

}  // namespace
}  // namespace restante::control
