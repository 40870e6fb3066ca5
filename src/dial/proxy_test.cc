#include "dial/proxy.h"

#include <gtest/gtest.h>

#include "dial/stream.h"
#include "dial/test_scripted_server.h"

namespace restante::net {
namespace {

using Peer = ScriptedPeer;
using Server = ScriptedServer;

class ProxyTest : public ::testing::Test {
 protected:
  ProxyTest() : stop_(std::move(*StopSignal::create())) {}

  /// What comes of connecting through a proxy with this script to pop.example.test:110.
  Result<std::string> through(ClientProxy::Kind kind, Server::Script script) {
    const Server server(std::move(script));
    ClientTarget target;
    target.host = host_;
    target.port = 110;
    target.proxy.emplace();
    target.proxy->kind = kind;
    target.proxy->host = "127.0.0.1";
    target.proxy->port = server.port();
    target.proxy->user = user_;
    target.proxy->password = SecretString("secret");
    auto stream = ClientStream::connect(target, stop_);
    if (!stream) return stream.error();
    EXPECT_FALSE((*stream)->is_loopback());
    return first(**stream, 3);
  }
  static std::string first(ClientStream& stream, std::size_t size) {
    std::string out;
    while (out.size() < size) {
      const auto got = stream.read();
      if (!got) return out + " " + std::string(to_string(got.error().code));
      out += *got;
    }
    return out;
  }
  static std::string receive(Peer& peer, std::size_t size) {
    std::string out(size, '\0');
    EXPECT_EQ(::recv(peer.fd(), out.data(), size, MSG_WAITALL), static_cast<ssize_t>(size));
    return out;
  }

  StopSignal stop_;
  std::string host_ = "pop.example.test";
  std::string user_;
};

TEST_F(ProxyTest, Socks5LetsTheProxyLookUp) {
  for (const std::string_view bound :
       {std::string_view("\x05\0\0\x01\x7f\0\0\x01\0\x50", 10),
        std::string_view("\x05\0\0\x03\x02xx\0\x50", 9),
        std::string_view("\x05\0\0\x04oooooooooooooooo\0\x50", 22)}) {
    const auto got = through(ClientProxy::Kind::kSocks5, [&](Peer& peer) {
      EXPECT_EQ(receive(peer, 3), std::string("\x05\x01\0", 3));
      peer.send(std::string_view("\x05\0", 2));
      EXPECT_EQ(receive(peer, 23), std::string("\x05\x01\0\x03\x10pop.example.test\0\x6e", 23));
      peer.send(std::string(bound) + "+OK");
      peer.drain();
    });
    ASSERT_TRUE(got) << got.error().message();
    EXPECT_EQ(*got, "+OK");
  }
}

TEST_F(ProxyTest, Socks5WithLogin) {
  user_ = "alice";
  for (const char good : {'\0', '\1'}) {
    const auto got = through(ClientProxy::Kind::kSocks5, [&](Peer& peer) {
      EXPECT_EQ(receive(peer, 4), std::string("\x05\x02\0\x02", 4));
      peer.send("\x05\x02");
      EXPECT_EQ(receive(peer, 14), std::string("\x01\x05"
                                               "alice\x06secret",
                                               14));
      peer.send(std::string("\x01") + good);
      if (good != 0) return peer.drain();
      receive(peer, 23);
      peer.send(std::string_view("\x05\0\0\x01\x7f\0\0\x01\0\x50+OK", 13));
      peer.drain();
    });
    EXPECT_EQ(got.has_value(), good == 0);
    if (!got) EXPECT_EQ(got.error().code, Errc::kAuth);
  }
}

TEST_F(ProxyTest, Socks5SaysWhyNot) {
  struct Case {
    std::string_view hello;
    std::string_view answer;
    Errc code;
    const char* words;
  };
  using namespace std::string_view_literals;
  for (const Case& test : {Case{"\x05\xff"sv, ""sv, Errc::kAuth, "wants a user name"},
                           Case{"\x05\x02"sv, ""sv, Errc::kAuth, "wants a user name"},
                           Case{"HT"sv, ""sv, Errc::kIo, "does not speak SOCKS5"},
                           Case{"\x05\0"sv, "\x05\x05\0\x01"sv, Errc::kIo,
                                "connection refused (pop.example.test:110)"},
                           Case{"\x05\0"sv, "\x05\x77\0\x01"sv, Errc::kIo, "unknown reason"},
                           Case{"\x05\0"sv, "\x05\0\0\x09"sv, Errc::kIo, "no known kind"},
                           Case{"\x05\0"sv, "\x05\0\0\x01\x7f"sv, Errc::kClosed, ""}}) {
    const auto got = through(ClientProxy::Kind::kSocks5, [&](Peer& peer) {
      receive(peer, 3);
      peer.send(test.hello);
      if (!test.answer.empty()) receive(peer, 23);
      peer.send(test.answer);
      peer.close();
    });
    ASSERT_FALSE(got) << test.words;
    EXPECT_EQ(got.error().code, test.code) << got.error().detail;
    EXPECT_NE(got.error().detail.find(test.words), std::string::npos) << got.error().detail;
  }
  host_ = std::string(256, 'h');
  EXPECT_EQ(through(ClientProxy::Kind::kSocks5,
                    [&](Peer& peer) {
                      receive(peer, 3);
                      peer.send(std::string_view("\x05\0", 2));
                      peer.drain();
                    })
                .error()
                .code,
            Errc::kSyntax);
}

TEST_F(ProxyTest, HttpConnect) {
  user_ = "alice";
  const auto got = through(ClientProxy::Kind::kHttp, [](Peer& peer) {
    peer.expect("CONNECT pop.example.test:110 HTTP/1.1");
    peer.expect("Host: pop.example.test:110");
    peer.expect("Proxy-Authorization: Basic YWxpY2U6c2VjcmV0");
    peer.expect("");
    peer.send("HTTP/1.0 200 Connection established\r\nVia: x\r\n\r\n+OK");
    peer.drain();
  });
  ASSERT_TRUE(got) << got.error().message();
  EXPECT_EQ(*got, "+OK");
}

TEST_F(ProxyTest, HttpSaysWhyNot) {
  struct Case {
    std::string answer;
    Errc code;
    const char* words;
  };
  for (const Case& test :
       {Case{"HTTP/1.1 407 Login\r\n\r\n", Errc::kAuth, "wants a user name"},
        Case{"HTTP/1.1 401 Unauthorized\r\n\r\n", Errc::kAuth, "wants a user name"},
        Case{"HTTP/1.1 403 No\r\n\r\n", Errc::kIo, "HTTP status 403"},
        Case{"HTTP/1.1 302\r\n\r\n", Errc::kIo, "302"},
        Case{"+OK ready\r\n\r\n", Errc::kIo, "does not speak HTTP"},
        Case{"HTTP/1.1 200 " + std::string(10'000, 'x'), Errc::kIo, "too long"},
        Case{"HTTP/1.1 200 OK\r\n", Errc::kClosed, ""}}) {
    const auto got = through(ClientProxy::Kind::kHttp, [&](Peer& peer) {
      while (!peer.read_line().empty()) {
      }
      peer.send(test.answer);
      peer.close();
    });
    ASSERT_FALSE(got) << test.words;
    EXPECT_EQ(got.error().code, test.code) << got.error().detail;
    EXPECT_NE(got.error().detail.find(test.words), std::string::npos) << got.error().detail;
  }
  for (const char* host : {"a b", "a\r\nX: y", "a/b", ""}) {
    host_ = host;
    EXPECT_EQ(through(ClientProxy::Kind::kHttp, &Peer::drain).error().code, Errc::kSyntax);
  }
}

}  // namespace
}  // namespace restante::net
