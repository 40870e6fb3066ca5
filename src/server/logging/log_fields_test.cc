#include "server/logging/log_fields.h"

#include <gmock/gmock.h>

namespace restante::server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr std::string_view kLine =
    "pop3 login failed session=0-1 peer=127.0.0.1:5 user=\"a b\\x22 peer=1.2.3.4\" method=USER";

TEST(LogFields, WordsAndValues) {
  const LogFields parts = take_apart(kLine);
  EXPECT_EQ(parts.event, "pop3 login failed");
  EXPECT_THAT(parts.fields,
              ElementsAre(Pair("session", "0-1"), Pair("peer", "127.0.0.1:5"),
                          Pair("user", "a b\\x22 peer=1.2.3.4"), Pair("method", "USER")));
}

TEST(LogFields, WhatIsNoFieldIsText) {
  EXPECT_EQ(take_apart("reload: all kept as it was reason=\"x y\" then 2=3 =a A=b").event,
            "reload: all kept as it was then 2=3 =a A=b");
  EXPECT_THAT(take_apart("a=1 a=2").fields, ElementsAre(Pair("a", "1")));
  EXPECT_THAT(take_apart("").fields, IsEmpty());
  EXPECT_EQ(take_apart("half \"open a=1").event, "half \"open a=1");
  EXPECT_THAT(take_apart("a=\"").fields, ElementsAre(Pair("a", "\"")));
}

TEST(LogFields, AsJson) {
  EXPECT_EQ(
      json_line("T", "info", kLine),
      "{\"time\":\"T\",\"level\":\"info\",\"event\":\"pop3 login failed\",\"session\":\"0-1\","
      "\"peer\":\"127.0.0.1:5\",\"user\":\"a b\\\\x22 peer=1.2.3.4\",\"method\":\"USER\"}");
  EXPECT_EQ(
      json_line("T", "info", "a level=2 x=\xc3\xa9"),
      "{\"time\":\"T\",\"level\":\"info\",\"event\":\"a\",\"level_\":\"2\",\"x\":\"\xc3\xa9\"}");
  EXPECT_EQ(json_line("T", "info", "a\t\xff\n"),
            "{\"time\":\"T\",\"level\":\"info\",\"event\":\"a\\u0009\\u00ff\\u000a\"}");
}

TEST(LogFields, AsDatagrams) {
  EXPECT_EQ(syslog_datagram(Severity::kWarning, 42, "a b"), "<20>restanted[42]: a b");
  EXPECT_EQ(journal_datagram(Severity::kInfo, "a b c=\"d e\"", "shown\nx"),
            "PRIORITY=6\nSYSLOG_FACILITY=2\nSYSLOG_IDENTIFIER=restanted\nMESSAGE=shown x\n"
            "RESTANTE_EVENT=a b\nRESTANTE_C=d e\n");
}

}  // namespace
}  // namespace restante::server
