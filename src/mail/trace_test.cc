#include "mail/trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::mail {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace std::string_literals;

const WallTime kTime = WallTime(std::chrono::milliseconds(1795298939000));  // A Saturday in 2026.

TraceValues full_values() {
  TraceValues values("mail.example.test", "ESMTPS");
  values.helo = "client.example";
  values.peer_address = "192.0.2.1";
  values.tls = "TLSv1.3 TLS_AES_256_GCM_SHA384";
  values.id = "4f2a-1";
  values.sender = "s@client.example";
  return values;
}

TraceRecipient recipient() {
  return TraceRecipient("alice@example.test", "alice+tag@example.test", kTime);
}

TEST(Trace, IsTheWholeHeader) {
  const TraceHeader trace = make_trace(full_values(), recipient());
  EXPECT_EQ(trace.text,
            "Return-Path: <s@client.example>\r\n"
            "X-Original-To: alice+tag@example.test\r\n"
            "Delivered-To: alice@example.test\r\n"
            "Received: from client.example ([192.0.2.1])\r\n"
            "\tby mail.example.test with ESMTPS id 4f2a-1\r\n"
            "\t(TLSv1.3 TLS_AES_256_GCM_SHA384)\r\n"
            "\tfor <alice+tag@example.test>; " +
                to_rfc5322(kTime) + "\r\n");
  EXPECT_EQ(trace.octets, trace.text.size());
}

TEST(Trace, NamesEveryAddressOfTheAccount) {
  TraceRecipient to = recipient();
  const std::string token(300, 't');
  to.others = {"a b@example.test", token + "@example.test"};
  const TraceHeader trace = make_trace(full_values(), to);
  EXPECT_THAT(trace.text, HasSubstr("\r\nX-Original-To: alice+tag@example.test\r\n"
                                    "X-Original-To: \"a b\"@example.test\r\n"
                                    "X-Original-To: " +
                                    token + "@example.test\r\nDelivered-To: alice@"));
  EXPECT_EQ(trace.octets, trace.text.size());
}

TEST(Trace, LeavesOutWhatIsNotKnown) {
  const TraceHeader trace = make_trace(TraceValues("mail.example.test", "LMTP"), recipient());
  EXPECT_THAT(trace.text, StartsWith("Return-Path: <>\r\n"));
  EXPECT_THAT(trace.text, HasSubstr("Received: from unknown\r\n\tby mail.example.test with LMTP\r\n"
                                    "\tfor <"));
}

TEST(Trace, NamesIpv6AndQuotes) {
  TraceValues values = full_values();
  values.peer_address = "2001:db8::1";
  values.helo = "[IPv6:2001:db8::1]";
  values.sender = "a b@client.example";
  const TraceHeader trace =
      make_trace(values, TraceRecipient("a.b@example.test", "a@b@example.test", kTime));
  EXPECT_THAT(trace.text, HasSubstr("from [IPv6:2001:db8::1] ([IPv6:2001:db8::1])\r\n"));
  EXPECT_THAT(trace.text, StartsWith("Return-Path: <\"a b\"@client.example>\r\n"));
  EXPECT_THAT(trace.text, HasSubstr("for <\"a@b\"@example.test>; "));
}

// Whatever stands in a value: the same lines, each begun by us, none with a dot, a NUL or a comment
// that goes on.
TEST(Trace, NoValueBreaksALine) {
  const std::string evil = "a)\r\n.\r\n\r\nX: (y\n\r\0;"s + std::string(2000, 'z');
  TraceValues values(evil, evil);
  values.helo = values.peer_address = values.tls = values.id = evil;
  values.sender = evil + "@client.example";
  TraceRecipient to(evil, evil, kTime);
  to.others = {evil};
  const TraceHeader trace = make_trace(values, to);
  std::string_view rest = trace.text;
  for (const std::string_view begin :
       {"Return-Path: <", "X-Original-To: ", "X-Original-To: ", "Delivered-To: ", "Received: from ",
        "\tby ", "\t(", "\tfor <"}) {
    const auto end = rest.find("\r\n");
    ASSERT_NE(end, std::string_view::npos);
    const std::string_view line = rest.substr(0, end);
    EXPECT_THAT(std::string(line), StartsWith(std::string(begin)));
    EXPECT_LE(line.size(), 998U);  // RFC 5322 s.2.1.1.
    EXPECT_EQ(line.find_first_of(std::string_view("\r\n\0", 3)), std::string_view::npos);
    rest.remove_prefix(end + 2);
  }
  EXPECT_TRUE(rest.empty());
  EXPECT_THAT(trace.text, Not(HasSubstr("\r\n.")));
}

}  // namespace
}  // namespace restante::mail
