#include "mail/trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/ascii.h"

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

TEST(ArchiveTrace, HasTheWholeEnvelope) {
  const std::vector<std::string> recipients = {"alice+tag@example.test", "a b@example.test"};
  const TraceHeader trace =
      make_archive_trace(full_values(), {"archive@example.test", recipients, kTime});
  EXPECT_EQ(trace.text,
            "Return-Path: <s@client.example>\r\n"
            "X-Envelope-From: <s@client.example>\r\n"
            "X-Envelope-To: <alice+tag@example.test>,\r\n"
            "\t<\"a b\"@example.test>\r\n"
            "Delivered-To: archive@example.test\r\n"
            "Received: from client.example ([192.0.2.1])\r\n"
            "\tby mail.example.test with ESMTPS id 4f2a-1\r\n"
            "\t(TLSv1.3 TLS_AES_256_GCM_SHA384)\r\n"
            "\t; " +
                to_rfc5322(kTime) + "\r\n");
  EXPECT_EQ(trace.octets, trace.text.size());
}

TEST(ArchiveTrace, SaysTheSenderAsItWasGiven) {
  TraceValues values = full_values();
  const std::vector<std::string> recipients = {"a@x.test"};
  values.sender = "";
  EXPECT_THAT(make_archive_trace(values, {"archive@x.test", recipients, kTime}).text,
              StartsWith("Return-Path: <>\r\nX-Envelope-From: <>\r\n"));
  values.sender = "root";
  EXPECT_THAT(make_archive_trace(values, {"archive@x.test", recipients, kTime}).text,
              StartsWith("Return-Path: <root@mail.example.test>\r\nX-Envelope-From: <root>\r\n"));
}

TEST(ArchiveTrace, KeepsEveryOctetOfLongAddressesInLinesThatAreShort) {
  std::vector<std::string> recipients;
  for (int i = 0; i < 1000; ++i) recipients.push_back(std::to_string(i) + "@example.test");
  recipients.push_back(std::string(3000, 'l') + "@example.test");
  std::string umlauts;
  for (int i = 0; i < 1000; ++i) umlauts += "\xc3\xbc";
  recipients.push_back(umlauts + "@example.test");
  recipients.push_back(umlauts + "x@example.test");
  std::string text = make_archive_trace(full_values(), {"archive@x.test", recipients, kTime}).text;
  std::string unfolded;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find("\r\n", at);
    EXPECT_LT(end - at, 998U);
    EXPECT_TRUE(is_utf8(text.substr(at, end - at)));
    unfolded += text.substr(at, end - at);
    at = end + 2;
  }
  unfolded.erase(std::remove(unfolded.begin(), unfolded.end(), '\t'), unfolded.end());
  for (const std::string& one : recipients) EXPECT_THAT(unfolded, HasSubstr("<" + one + ">"));
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

// Any value gives the same lines: each is begun by us, none with a dot, and none has a NUL or a
// comment that goes on.
TEST(Trace, NoValueBreaksALine) {
  const std::string evil = "a)\r\n.\r\n\r\nX: (y\n\r\0;"s + std::string(2000, 'z');
  TraceValues values(evil, evil);
  values.helo = values.peer_address = values.tls = values.id = evil;
  const std::string address = evil.substr(0, 800) + "@x y";
  values.sender = address;
  TraceRecipient to(evil, address, kTime);
  to.others = {address};
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

// RFC 5322 s.3.2.3: each name is a dot-atom or a literal for all words of the peer.
TEST(Trace, OddNamesAreWellFormed) {
  struct Case {
    std::string_view helo;
    std::string_view from;
  };
  for (const Case& c : {
           Case{"", "unknown"},
           Case{"my pc", "my?pc"},
           Case{"M\xC3\xBCller-PC", "M??ller-PC"},
           Case{"b\xC3\xBC.example", "b??.example"},
           Case{"M\xFCller", "M?ller"},
           Case{"client.example.", "client.example"},
           Case{".a..b.", "?a?.b?"},
           Case{"a,b:c(d)\"e\\;<f@g>", "a?b?c?d??e???f?g?"},
           Case{"[1.2.3]", "?1.2.3?"},
           Case{"my_host", "my_host"},
       }) {
    TraceValues values = full_values();
    values.helo = c.helo;
    EXPECT_THAT(make_trace(values, recipient()).text,
                HasSubstr("\r\nReceived: from " + std::string(c.from) + " ([192.0.2.1])\r\n"));
  }
}

TEST(Trace, UntidySendersAreWellFormed) {
  struct Case {
    std::string_view sender;
    std::string_view path;
  };
  for (const Case& c : {
           Case{"try..this.@docomo.example", "\"try..this.\"@docomo.example"},
           Case{"http:a@x.example", "\"http:a\"@x.example"},
           Case{"root", "root@mail.example.test"},
           Case{"p@x.example.", "p@x.example"},
           Case{"root@(none)", "root@?none?"},
           Case{"a@b..c", "a@b?.c"},
           Case{"a@b\xC3\xBC.example", "a@b\xC3\xBC.example"},
       }) {
    TraceValues values = full_values();
    values.sender = c.sender;
    EXPECT_THAT(make_trace(values, recipient()).text,
                StartsWith("Return-Path: <" + std::string(c.path) + ">\r\n"));
  }
}

// A cut address would be another one.
TEST(Trace, LongAddressesAreWholeOrLeftOut) {
  TraceValues values = full_values();
  const std::string whole = std::string(800, 'x') + "@client.example";
  const std::string too_long = std::string(900, 'x') + "@client.example";
  values.sender = whole;
  std::string text = make_trace(values, TraceRecipient("a@x.test", whole, kTime)).text;
  EXPECT_THAT(text, StartsWith("Return-Path: <" + whole + ">\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\n\tfor <" + whole + ">; "));
  values.sender = too_long;
  text = make_trace(values, TraceRecipient("a@x.test", too_long, kTime)).text;
  EXPECT_THAT(text, StartsWith("Delivered-To: a@x.test\r\nReceived: "));
  EXPECT_THAT(text, HasSubstr("\r\n\t; "));
}

}  // namespace
}  // namespace restante::mail
