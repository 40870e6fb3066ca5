#include "server/control/request.h"

#include <gtest/gtest.h>

namespace restante::control {
namespace {

Request request_of(Verb verb) {
  Request out;
  out.verb = verb;
  return out;
}

TEST(ControlRequest, IsWrittenAndReadAgain) {
  Request list = request_of(Verb::kSessionList);
  list.account = "älice \"x\"@example.test";
  list.limit = 7;
  Request end = request_of(Verb::kSessionEnd);
  end.id = "5f-1";
  end.as = "carol";
  Request who = request_of(Verb::kWho);
  who.account = "alice";
  Request level = request_of(Verb::kLogLevel);
  level.level = "debug";
  for (const Request& request : {Request(), request_of(Verb::kTop), list, end, who,
                                 request_of(Verb::kReload), request_of(Verb::kLogLevel), level}) {
    const std::string line = to_line(request);
    ASSERT_EQ(line.find('\n'), line.size() - 1) << line;
    const auto read = parse_request(std::string_view(line).substr(0, line.size() - 1));
    ASSERT_TRUE(read) << line << read.error().message();
    EXPECT_EQ(*read, request) << line;
  }
}

TEST(ControlRequest, SaysWhetherItChangesAnything) {
  EXPECT_FALSE(request_of(Verb::kStatus).acts());
  EXPECT_FALSE(request_of(Verb::kTop).acts());
  EXPECT_FALSE(request_of(Verb::kSessionList).acts());
  EXPECT_FALSE(request_of(Verb::kWho).acts());
  EXPECT_FALSE(request_of(Verb::kLogLevel).acts());
  EXPECT_TRUE(request_of(Verb::kSessionEnd).acts());
  EXPECT_TRUE(request_of(Verb::kReload).acts());
  Request level = request_of(Verb::kLogLevel);
  level.level = "info";
  EXPECT_TRUE(level.acts());
  EXPECT_EQ(level.to_words(), "log level info");
}

TEST(ControlRequest, OthersAreRefusedWithAReason) {
  for (const char* line : {
           "",
           "status",
           "[]",
           "{}",
           "{\"do\":1}",
           "{\"do\":\"halt\"}",
           R"({"do":"status","do":"status"})",
           R"({"do":"status","account":"a"})",
           R"({"do":"status","force":true})",
           R"({"do":"top","limit":0})",
           R"({"do":"top","limit":-1})",
           R"({"do":"top","limit":10001})",
           R"({"do":"top","limit":"5"})",
           R"({"do":"top","limit":1.5})",
           R"({"do":"who"})",
           R"({"do":"who","account":""})",
           R"({"do":"who","account":7})",
           R"({"do":"who","account":"a\n"})",
           "{\"do\":\"who\",\"account\":\"\xff\"}",
           R"({"do":"session-end"})",
           R"({"do":"session-end","id":"1","account":"a"})",
           R"({"do":"log-level","level":"trace"})",
           R"({"do":"status"} x)",
           R"({"do":{"do":{"do":{"do":{"do":{"do":{"do":{"do":{"do":{}}}}}}}}}})",
       }) {
    const auto read = parse_request(line);
    ASSERT_FALSE(read) << line;
    EXPECT_EQ(read.error().code, Errc::kSyntax) << line;
    EXPECT_FALSE(read.error().detail.empty()) << line;
  }
  const auto long_name =
      parse_request(R"({"do":"who","account":")" + std::string(321, 'a') + "\"}");
  ASSERT_FALSE(long_name);
  EXPECT_EQ(long_name.error().code, Errc::kLimit);
}

TEST(ControlRequest, ALineDoesNotDependOnItsPieces) {
  const std::string line = to_line(Request());
  for (std::size_t cut = 0; cut < line.size(); ++cut) {
    RequestReader reader;
    const auto first = reader.put(std::string_view(line).substr(0, cut));
    ASSERT_TRUE(first);
    EXPECT_FALSE(*first);
    const auto second = reader.put(std::string_view(line).substr(cut));
    ASSERT_TRUE(second);
    EXPECT_TRUE(*second);
    EXPECT_TRUE(parse_request(reader.line()));
  }
}

TEST(ControlRequest, IsOneLineOfABoundedLength) {
  RequestReader two;
  const auto more = two.put("{\"do\":\"status\"}\n{");
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, Errc::kSyntax);
  RequestReader fits;
  EXPECT_TRUE(fits.put(std::string(kRequestBytesMax - 1, ' ') + "\n"));
  RequestReader endless;
  EXPECT_TRUE(endless.put(std::string(kRequestBytesMax - 1, ' ')));
  const auto last = endless.put(" ");
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().code, Errc::kLimit);
}

}  // namespace
}  // namespace restante::control
