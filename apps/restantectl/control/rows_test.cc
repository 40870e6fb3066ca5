#include "restantectl/control/rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace restante::ctl {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

boost::json::object object(const char* text) { return boost::json::parse(text).as_object(); }

TEST(ControlRows, WhatIsNotThereIsNothing) {
  const auto odd = object(R"({"a":1,"b":"x","c":[1,{"d":2},"y"],"e":-3,"f":true})");
  EXPECT_EQ(text_in(odd, "b"), "x");
  EXPECT_EQ(text_in(odd, "a") + text_in(odd, "none"), "");
  EXPECT_EQ(count_in(odd, "a"), 1U);
  EXPECT_EQ(count_in(odd, "b") + count_in(odd, "e") + count_in(odd, "none"), 0U);
  EXPECT_TRUE(flag_in(odd, "f"));
  EXPECT_FALSE(flag_in(odd, "a") || flag_in(odd, "none"));
  EXPECT_EQ(objects_in(odd, "c").size(), 1U);
  EXPECT_EQ(objects_in(odd, "a").size(), 0U);
  EXPECT_THAT(texts_in(odd, "c"), ElementsAre("y"));
}

TEST(ControlRows, SpansAreShort) {
  EXPECT_EQ(span_text(0), "0s");
  EXPECT_EQ(span_text(59), "59s");
  EXPECT_EQ(span_text(3599), "59m");
  EXPECT_EQ(span_text(3600), "1h 0m");
  EXPECT_EQ(span_text(90'000), "1d 1h");
  EXPECT_EQ(short_time("2026-11-30T10:28:06.123Z"), "2026-11-30T10:28:06");
}

TEST(ControlRows, ASessionIsARow) {
  const auto table = session_table(
      {object(R"({"id":"5f-1","account":"a@b","device":"phone","peer":"192.0.2.7:4711",
                  "tls":true,"since":"2026-11-30T10:28:06Z","idle_seconds":70,
                  "retrieved":3,"octets":2048})"),
       object(R"({"id":"5f-2","account":"c@d","peer":"x","tls":false,
                  "since":"2026-11-30T10:28:06Z","retrieved":0,"octets":0})"),
       object(R"({"id":"5f-3","account":"e@f","elsewhere":true,"octets":1})")});
  ASSERT_EQ(table.rows.size(), 3U);
  EXPECT_THAT(table.rows[0], ElementsAre("5f-1", "a@b", "phone", "192.0.2.7:4711", "yes",
                                         "2026-11-30T10:28:06", "1m", "3", "2.0 KiB"));
  EXPECT_EQ(table.rows[0].size(), table.header.size());
  EXPECT_EQ(table.rows[1][2], "-");
  EXPECT_EQ(table.rows[1][6], "busy");
  EXPECT_EQ(table.rows[2][6], "elsewhere");
}

TEST(ControlRows, AStatusSaysWhatIsWrong) {
  const auto well = to_lines(status_facts(object(R"({"version":"1","sessions":2})")));
  EXPECT_THAT(well, Contains("sessions     2 (POP3, logged in)"));
  for (const std::string& line : well) EXPECT_THAT(line, testing::Not(HasSubstr("trouble")));
  const auto ill = to_lines(status_facts(
      object(R"({"data_dir_lost":true,"clock_doubtful":true,"damage_found":2,"journal_dropped":9,
                 "data_dir":"/a\u001b[2J"})")));
  EXPECT_EQ(std::count_if(ill.begin(), ill.end(),
                          [](const std::string& line) { return line.starts_with("trouble"); }),
            4);
  for (const std::string& line : ill) EXPECT_EQ(line.find('\x1b'), std::string::npos);
}

TEST(ControlRows, TheWorstAddressesAreATable) {
  const auto table =
      worst_table(object(R"({"worst":[{"address":"192.0.2.9","failed_logins":4,"refusals":1}]})"));
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_THAT(table.rows[0], ElementsAre("192.0.2.9", "4", "1"));
}

}  // namespace
}  // namespace restante::ctl
