#include "smtp/command.h"

#include <gtest/gtest.h>

namespace restante::smtp {
namespace {

TEST(Command, TakesVerbAndArgumentApart) {
  struct Case {
    std::string_view line;
    Verb verb;
    std::string_view argument;
  };
  for (const Case& c : {
           Case{"NOOP", Verb::kNoop, ""},
           Case{"noop  x y \t", Verb::kNoop, "x y"},
           Case{"NOOP\t", Verb::kNoop, ""},
           Case{"MAIL FROM:<a@b.example> SIZE=1", Verb::kMail, "FROM:<a@b.example> SIZE=1"},
           Case{"StartTLS", Verb::kStarttls, ""},
           Case{"xclient ADDR=192.0.2.1", Verb::kXclient, "ADDR=192.0.2.1"},
           Case{"LHLO x", Verb::kLhlo, "x"},
           Case{"", Verb::kUnknown, ""},
           Case{" NOOP", Verb::kUnknown, "NOOP"},
           Case{"NOOPS", Verb::kUnknown, ""},
           Case{"NOO", Verb::kUnknown, ""},
           Case{"MAILFROM:<>", Verb::kUnknown, ""},
       }) {
    const Command command = parse_command(c.line);
    EXPECT_EQ(command.verb, c.verb) << c.line;
    EXPECT_EQ(command.argument, c.argument) << c.line;
  }
}

}  // namespace
}  // namespace restante::smtp
