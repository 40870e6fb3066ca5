#include "pop3/verb.h"

#include <gtest/gtest.h>

#include <array>
#include <string_view>

#include "base/ascii.h"

namespace restante::pop3 {
namespace {

struct Row {
  Verb verb;
  std::string_view word;
  bool authorization;
  bool transaction;
};

constexpr std::array kRows = {
    Row{Verb::kApop, "APOP", true, false}, Row{Verb::kAuth, "AUTH", true, false},
    Row{Verb::kCapa, "CAPA", true, true},  Row{Verb::kDele, "DELE", false, true},
    Row{Verb::kLang, "LANG", true, true},  Row{Verb::kLast, "LAST", false, true},
    Row{Verb::kList, "LIST", false, true}, Row{Verb::kNoop, "NOOP", false, true},
    Row{Verb::kPass, "PASS", true, false}, Row{Verb::kQuit, "QUIT", true, true},
    Row{Verb::kRetr, "RETR", false, true}, Row{Verb::kRset, "RSET", false, true},
    Row{Verb::kStat, "STAT", false, true}, Row{Verb::kStls, "STLS", true, false},
    Row{Verb::kTop, "TOP", false, true},   Row{Verb::kUidl, "UIDL", false, true},
    Row{Verb::kUser, "USER", true, false}, Row{Verb::kUtf8, "UTF8", true, false},
};

TEST(Verb, IsFoundByItsWordInAnyCase) {
  for (const Row& row : kRows) {
    EXPECT_EQ(to_string(row.verb), row.word);
    EXPECT_EQ(find_verb(row.word), row.verb) << row.word;
    EXPECT_EQ(find_verb(to_lower(row.word)), row.verb) << row.word;
  }
}

TEST(Verb, IsNothingElse) {
  using std::string_view_literals::operator""sv;
  for (const std::string_view word : {""sv, "T"sv, "RET"sv, "RETRR"sv, "\0TOP"sv, "TOP\0"sv,
                                      "R\xc5TR"sv, "RETR "sv, "UTF9"sv, "\xf2TOP"sv})
    EXPECT_EQ(find_verb(word), std::nullopt) << word;
}

TEST(Verb, IsAllowedInItsStatesAndInNoOther) {
  for (const Row& row : kRows) {
    EXPECT_EQ(allowed(row.verb, SessionState::kAuthorization), row.authorization) << row.word;
    EXPECT_EQ(allowed(row.verb, SessionState::kTransaction), row.transaction) << row.word;
    EXPECT_FALSE(allowed(row.verb, SessionState::kUpdate)) << row.word;
  }
}

}  // namespace
}  // namespace restante::pop3
