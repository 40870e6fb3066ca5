#include "fetch/outside/clamd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "dial/test_scripted_server.h"

namespace restante::fetch {
namespace {

using Kind = ScanVerdict::Kind;
using Script = net::ScriptedServer::Script;
using net::ScriptedPeer;
using testing::HasSubstr;

class ClamdTest : public testing::Test {
 protected:
  void SetUp() override {
    auto stop = net::StopSignal::create();
    ASSERT_TRUE(stop);
    stop_.emplace(std::move(*stop));
  }
  Result<ScanVerdict> scan(Script script, const OctetSource& source) {
    const net::ScriptedServer server(std::move(script));
    return scan_at("127.0.0.1:" + std::to_string(server.port()), source);
  }
  Result<ScanVerdict> scan_at(const std::string& target, const OctetSource& source) {
    return Clamd(target, *stop_, std::chrono::seconds(5), std::chrono::milliseconds(300))
        .scan(source);
  }
  /// What clamd answers to a message; the test ends when it reads anything but that message.
  ScanVerdict answered(std::string_view answer) {
    const auto verdict = scan(
        [&](ScriptedPeer& peer) {
          EXPECT_EQ(read_octets(peer, 10), std::string_view("zINSTREAM\0", 10));
          EXPECT_EQ(read_piece(peer), "Subject: a\r\n\r\n");
          EXPECT_EQ(read_piece(peer), "");
          peer.send(answer);
        },
        message());
    EXPECT_TRUE(verdict) << verdict.error().message();
    return verdict ? *verdict : ScanVerdict{Kind::kUnknown, "error"};
  }
  static OctetSource message() {
    return [](const auto& sink) { return sink("Subject: a\r\n\r\n"); };
  }
  static std::string read_octets(ScriptedPeer& peer, std::size_t count) {
    std::string octets(count, '\0');
    std::size_t got = 0;
    while (got < count) {
      const auto more = ::recv(peer.fd(), octets.data() + got, count - got, 0);
      if (more <= 0) break;
      got += static_cast<std::size_t>(more);
    }
    return octets.substr(0, got);
  }
  static std::string read_piece(ScriptedPeer& peer) {
    const std::string length = read_octets(peer, 4);
    std::size_t size = 0;
    for (const char octet : length) size = size << 8U | static_cast<unsigned char>(octet);
    return read_octets(peer, size);
  }

  std::optional<net::StopSignal> stop_;
};

TEST_F(ClamdTest, OnlyTheExactWordsAreClean) {
  EXPECT_EQ(answered(std::string_view("stream: OK\0", 11)).kind, Kind::kClean);
  for (const std::string_view answer :
       {std::string_view("stream: OK", 10), std::string_view("stream: ok\0", 11),
        std::string_view("OK\0", 3), std::string_view("stream: OK \0", 12),
        std::string_view("\0", 1), std::string_view()})
    EXPECT_EQ(answered(answer).kind, Kind::kUnknown) << answer;
}

TEST_F(ClamdTest, TheSignatureIsNamed) {
  const ScanVerdict verdict = answered(std::string_view("stream: Local.Test.A\x1b FOUND\0", 28));
  EXPECT_EQ(verdict.kind, Kind::kInfected);
  EXPECT_EQ(verdict.text, "Local.Test.A ");
}

TEST_F(ClamdTest, WhatClamdCannotScanIsToldInItsWords) {
  const ScanVerdict large = answered(std::string_view("INSTREAM size limit exceeded. ERROR\0", 36));
  EXPECT_EQ(large.kind, Kind::kUnknown);
  EXPECT_THAT(large.text, HasSubstr("StreamMaxLength"));
  EXPECT_THAT(answered(std::string_view("stream: Can't allocate memory ERROR\0", 36)).text,
              HasSubstr("Can't allocate memory"));
}

TEST_F(ClamdTest, LongMessagesGoInPieces) {
  constexpr std::size_t kSize = 200'000;
  std::size_t received = 0;
  std::size_t pieces = 0;
  const auto verdict = scan(
      [&](ScriptedPeer& peer) {
        read_octets(peer, 10);
        for (std::string piece = read_piece(peer); !piece.empty(); piece = read_piece(peer)) {
          received += piece.size();
          ++pieces;
        }
        peer.send(std::string_view("stream: OK\0", 11));
      },
      [](const auto& sink) { return sink(std::string(kSize, 'x')); });
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->kind, Kind::kClean);
  EXPECT_EQ(received, kSize);
  EXPECT_EQ(pieces, 4U);
}

TEST_F(ClamdTest, AnAnswerBeforeTheEndIsReadAndNeverMeansClean) {
  const auto early = [](std::string_view answer) {
    return [answer](ScriptedPeer& peer) {
      read_octets(peer, 10);
      peer.send(answer);
      ::shutdown(peer.fd(), SHUT_RD);
      peer.drain();
    };
  };
  const OctetSource endless = [](const auto& sink) {
    const std::string piece(1U << 20, 'x');
    Status sent = ok();
    for (int i = 0; i < 200 && sent; ++i) sent = sink(piece);
    return sent;
  };
  for (const std::string_view answer : {std::string_view("stream: OK\0", 11), std::string_view()}) {
    const auto verdict = scan(early(answer), endless);
    ASSERT_TRUE(verdict);
    EXPECT_EQ(verdict->kind, Kind::kUnknown);
  }
}

TEST_F(ClamdTest, SilenceIsNoVerdict) {
  const auto verdict = scan([](ScriptedPeer& peer) { peer.drain(); }, message());
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->kind, Kind::kUnknown);
}

TEST_F(ClamdTest, WhoIsNotThereIsAnError) {
  for (const std::string target : {"127.0.0.1:1", "unix:/nowhere/clamd"}) {
    const auto verdict = scan_at(target, message());
    ASSERT_FALSE(verdict);
    EXPECT_THAT(verdict.error().detail, HasSubstr("clamd: "));
  }
}

TEST_F(ClamdTest, TheSourcesErrorIsItsOwn) {
  const auto verdict = scan([](ScriptedPeer& peer) { peer.drain(); },
                            [](const auto&) -> Status { return Error(Errc::kCorrupt, "disk"); });
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().code, Errc::kCorrupt);
}

TEST_F(ClamdTest, StopEndsIt) {
  const auto verdict = scan(
      [&](ScriptedPeer& peer) {
        read_octets(peer, 10);
        stop_->raise();
        peer.drain();
      },
      message());
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().code, Errc::kState);
}

}  // namespace
}  // namespace restante::fetch
