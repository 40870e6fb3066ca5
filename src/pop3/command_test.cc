#include "pop3/command.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

namespace restante::pop3 {
namespace {

using std::string_view_literals::operator""sv;

TEST(ParseCommand, TakesVerbAndArgumentApart) {
  struct Case {
    std::string_view line;
    Verb verb;
    std::optional<std::string_view> argument;
  };
  const std::array cases = {
      Case{"STAT", Verb::kStat, std::nullopt},  Case{"stat ", Verb::kStat, std::nullopt},
      Case{"LIST 1", Verb::kList, "1"},         Case{"LIST 1  ", Verb::kList, "1"},
      Case{"LIST  1", Verb::kList, "1"},        Case{"TOP 1 10", Verb::kTop, "1 10"},
      Case{"USER", Verb::kUser, std::nullopt},  Case{"USER ", Verb::kUser, std::nullopt},
      Case{"USER  a  b ", Verb::kUser, "a  b"}, Case{"PASS \xff \t ", Verb::kPass, "\xff \t "},
      Case{"PASS  a", Verb::kPass, " a"},       Case{"PASS ", Verb::kPass, ""},
  };
  for (const Case& c : cases) {
    const auto command = parse_command(c.line);
    ASSERT_TRUE(command) << c.line;
    EXPECT_EQ(command->verb, c.verb) << c.line;
    EXPECT_EQ(command->argument, c.argument) << c.line;
  }
}

TEST(ParseCommand, TellsUnknownCommandsFromBadLines) {
  for (const std::string_view line : {""sv, " "sv, " STAT"sv, "STATUS"sv, "STAT\t1"sv, "A"sv})
    EXPECT_EQ(parse_command(line).error().code, Errc::kNotFound) << line;
  for (const std::string_view line : {"STAT\0"sv, "STAT\n"sv, "STAT\r"sv, "\nSTAT"sv,
                                      "USER a\nPASS b"sv, "PASS a\0"sv, "PASS a\rb"sv})
    EXPECT_EQ(parse_command(line).error().code, Errc::kSyntax) << line;
}

TEST(ParseMessageNumber, IsExact) {
  EXPECT_EQ(*parse_message_number("1"), MessageNumber{1});
  EXPECT_EQ(*parse_message_number("4294967295"), MessageNumber{4294967295U});
  for (const std::string_view token :
       {"0"sv, "4294967296"sv, "4294967297"sv, "18446744073709551616"sv,
        "99999999999999999999999999999999999999"sv})
    EXPECT_EQ(parse_message_number(token).error().code, Errc::kNotFound) << token;
  for (const std::string_view token : {""sv, "+1"sv, "-1"sv, " 1"sv, "1 "sv, "01"sv, "00"sv,
                                       "01x"sv, "1abc"sv, "0x1"sv, "1.0"sv, "1e3"sv, "\xd9\xa1"sv})
    EXPECT_EQ(parse_message_number(token).error().code, Errc::kSyntax) << token;
}

Command top(std::string_view argument) { return {Verb::kTop, argument}; }

TEST(ParseTopArguments, TakesANumberAndA64BitCount) {
  const auto arguments = parse_top_arguments(top("7 18446744073709551615"));
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->number, MessageNumber{7});
  EXPECT_EQ(arguments->body_lines, 18446744073709551615U);
  EXPECT_EQ(parse_top_arguments(top("7 0"))->body_lines, 0U);
  EXPECT_EQ(parse_top_arguments(top("7   2"))->body_lines, 2U);
}

TEST(ParseTopArguments, RefusesAnythingElse) {
  for (const std::string_view argument : {""sv, "1"sv, "1 "sv, "1  2 3"sv, "1 2 3"sv, "1 -1"sv,
                                          "1 +1"sv, "1 01"sv, "1 18446744073709551616"sv, "x 1"sv})
    EXPECT_EQ(parse_top_arguments(top(argument)).error().code, Errc::kSyntax) << argument;
  EXPECT_EQ(parse_top_arguments(top("0 1")).error().code, Errc::kNotFound);
  EXPECT_FALSE(parse_top_arguments({Verb::kTop, std::nullopt}));
}

TEST(ParseApopArguments, TakesANameAndADigest) {
  const std::string digest = "c4c9334bac560ecc979e58001b3e22fb";
  const std::string line = "al ice " + digest;
  const auto arguments = parse_apop_arguments({Verb::kApop, line});
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->name, "al ice");
  EXPECT_EQ(arguments->digest, digest);
  for (const std::string& bad :
       {digest, " " + digest, "alice " + digest.substr(1), "alice " + digest + "0",
        "alice " + digest.substr(1) + "G", "alice " + digest.substr(1) + "A"})
    EXPECT_FALSE(parse_apop_arguments({Verb::kApop, bad})) << bad;
}

}  // namespace
}  // namespace restante::pop3
