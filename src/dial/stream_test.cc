#include "dial/stream.h"

#include <gtest/gtest.h>

#include <future>

#include "dial/certificate.h"
#include "dial/connect.h"
#include "dial/test_scripted_server.h"

namespace restante::net {
namespace {

using Peer = ScriptedPeer;
using Server = ScriptedServer;
using std::chrono::milliseconds;

class ClientStreamTest : public ::testing::Test {
 protected:
  ClientStreamTest() : stop_(std::move(*StopSignal::create())) {}

  ClientTarget target_of(const Server& server) {
    ClientTarget target;
    target.host = "127.0.0.1";
    target.port = server.port();
    return target;
  }
  std::unique_ptr<ClientStream> connected(const Server& server) {
    auto stream = ClientStream::connect(target_of(server), stop_);
    EXPECT_TRUE(stream) << stream.error().message();
    return stream ? std::move(*stream) : nullptr;
  }
  static std::string read(ClientStream& stream, std::size_t size) {
    std::string out;
    while (out.size() < size) {
      const auto got = stream.read();
      if (!got) return out + " " + std::string(to_string(got.error().code));
      out += *got;
    }
    return out;
  }
  /// How a handshake with the tests' certificate ends; after it the server says "+OK".
  Status handshake(const ClientTls& settings, int version_max = 0) {
    stream_.reset();
    server_ = std::make_unique<Server>([=](Peer& peer) {
      peer.start_tls(version_max);
      peer.send("+OK");
      peer.drain();
    });
    stream_ = connected(*server_);
    const Status done = stream_->start_tls(settings);
    if (done) EXPECT_EQ(read(*stream_, 3), "+OK");
    return done;
  }
  static ClientTls trusting() {
    ClientTls settings;
    settings.server_name = "localhost";
    settings.ca_file = TestCertificate::get().files().certificate;
    return settings;
  }

  StopSignal stop_;
  std::unique_ptr<Server> server_;  // Ends when the stream does.
  std::unique_ptr<ClientStream> stream_;
};

TEST_F(ClientStreamTest, ReadsAndWrites) {
  const Server server([](Peer& peer) {
    peer.send("+OK\r\n");
    peer.exchange("QUIT", "bye");
  });
  const auto stream = connected(server);
  EXPECT_EQ(stream->peer(), "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_TRUE(stream->is_loopback());
  EXPECT_FALSE(stream->is_tls());
  EXPECT_EQ(read(*stream, 5), "+OK\r\n");
  ASSERT_TRUE(stream->write("QUIT\r\n"));
  EXPECT_EQ(read(*stream, 4), "bye closed");
}

TEST_F(ClientStreamTest, EveryWaitEnds) {
  const Server server(&Peer::drain);
  const auto stream = connected(server);
  stream->set_timeout(milliseconds(20));
  EXPECT_EQ(stream->read().error().code, Errc::kTimeout);
  const std::string much(50'000'000, 'x');  // More than the buffers between us hold.
  std::promise<void> over;
  const Server deaf([&](Peer&) { over.get_future().wait_for(std::chrono::seconds(10)); });
  const auto full = connected(deaf);
  full->set_timeout(milliseconds(20));
  EXPECT_EQ(full->write(much).error().code, Errc::kTimeout);
  over.set_value();
}

TEST_F(ClientStreamTest, StopEndsEveryWait) {
  std::promise<void> is_connected;
  const Server server([&](Peer& peer) {
    is_connected.get_future().wait();
    stop_.raise();
    peer.drain();
  });
  const auto stream = connected(server);
  is_connected.set_value();
  EXPECT_EQ(stream->read().error().code, Errc::kState);
  EXPECT_EQ(ClientStream::connect(target_of(server), stop_).error().code, Errc::kState);
}

TEST_F(ClientStreamTest, NoServerListens) {
  ClientTarget target;
  {
    const Server server([](Peer&) {});
    target = target_of(server);
  }
  const auto stream = ClientStream::connect(target, stop_);
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().code, Errc::kIo);
  EXPECT_EQ(stream.error().detail,
            "127.0.0.1: 127.0.0.1:" + std::to_string(target.port) + ": Connection refused");
}

TEST_F(ClientStreamTest, NoSuchHost) {
  ClientTarget target;
  for (const char* host : {"", "no blanks", "a..b"}) {
    target.host = host;
    const auto code = ClientStream::connect(target, stop_).error().code;
    EXPECT_TRUE(code == Errc::kNotFound || code == Errc::kBusy) << host;
  }
}

SocketAddress address_of(const char* host, std::uint16_t port) {
  Endpoint endpoint;
  endpoint.host = host;
  endpoint.port = port;
  return *to_socket_address(endpoint);
}

TEST(ClientConnect, FamiliesInTurns) {
  std::vector<SocketAddress> addresses;
  for (const char* host : {"2001:db8::1", "2001:db8::2", "2001:db8::3", "192.0.2.1"})
    addresses.push_back(address_of(host, 110));
  std::string order;
  for (const SocketAddress& address : in_turns(addresses))
    order += from_socket_address(address.storage).host + " ";
  EXPECT_EQ(order, "2001:db8::1 192.0.2.1 2001:db8::2 2001:db8::3 ");
  addresses.resize(100, addresses.front());
  EXPECT_EQ(in_turns(addresses).size(), kAddressesMax);
  EXPECT_TRUE(in_turns({}).empty());
}

/// A port of this machine that answers nothing: its queue is full.
class BlackHole {
 public:
  BlackHole() : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    SocketAddress address = address_of("127.0.0.1", 0);
    EXPECT_EQ(::bind(listener_.number(), address.get(), address.length), 0);
    EXPECT_EQ(::listen(listener_.number(), 0), 0);
    ::getsockname(listener_.number(), reinterpret_cast<sockaddr*>(&address.storage),
                  &address.length);
    address_ = address;
    for (int i = 0; i < 4; ++i) {
      files::Descriptor filler(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
      static_cast<void>(::connect(filler.number(), address_.get(), address_.length));
      fillers_.push_back(std::move(filler));
    }
  }
  [[nodiscard]] const SocketAddress& address() const { return address_; }

 private:
  files::Descriptor listener_;
  SocketAddress address_;
  std::vector<files::Descriptor> fillers_;
};

TEST_F(ClientStreamTest, TheFirstAddressToAnswerWins) {
  const Server server([](Peer& peer) { peer.send("+OK"); });
  const BlackHole hole;
  const SocketAddress good = address_of("127.0.0.1", server.port());
  const SocketAddress refusing = address_of("127.0.0.1", 1);
  const Patience patience{std::chrono::steady_clock::now() + std::chrono::seconds(10), stop_};
  auto socket = connect_first({refusing, hole.address(), hole.address(), good}, patience);
  ASSERT_TRUE(socket) << socket.error().message();
  EXPECT_EQ(read(*ClientStream::adopt(std::move(*socket), stop_), 3), "+OK");
}

TEST_F(ClientStreamTest, NoAddressAnswers) {
  const BlackHole hole;
  const auto error_of = [&](const std::vector<SocketAddress>& addresses) {
    const Patience patience{std::chrono::steady_clock::now() + milliseconds(50), stop_};
    return connect_first(addresses, patience).error().code;
  };
  EXPECT_EQ(error_of({hole.address()}), Errc::kTimeout);
  EXPECT_EQ(error_of({address_of("127.0.0.1", 1)}), Errc::kIo);
  EXPECT_EQ(error_of({}), Errc::kIo);
}

TEST_F(ClientStreamTest, TlsWithAKnownAuthority) {
  ASSERT_TRUE(handshake(trusting()));
  EXPECT_TRUE(stream_->is_tls());
  EXPECT_EQ(stream_->tls_version(), "TLSv1.3");
  EXPECT_EQ(stream_->certificate_sha256().size(), 64U);
  EXPECT_EQ(stream_->exporter_binding().size(), 32U);
  EXPECT_EQ(stream_->unique_binding(), "");
  ClientTls by_address = trusting();
  by_address.server_name = "127.0.0.1";
  EXPECT_TRUE(handshake(by_address));
}

TEST_F(ClientStreamTest, Tls12HasItsOwnBinding) {
  ASSERT_TRUE(handshake(trusting(), TLS1_2_VERSION));
  EXPECT_EQ(stream_->exporter_binding(), "");
  EXPECT_EQ(stream_->unique_binding().size(), 12U);
}

TEST_F(ClientStreamTest, BothEndsHaveTheSameBinding) {
  std::promise<std::string> theirs;
  const Server server([&](Peer& peer) {
    peer.start_tls(TLS1_2_VERSION);
    std::array<char, 64> data{};
    theirs.set_value({data.data(), SSL_get_peer_finished(peer.ssl(), data.data(), data.size())});
    peer.drain();
  });
  const auto stream = connected(server);
  ASSERT_TRUE(stream->start_tls(trusting()));
  EXPECT_EQ(stream->unique_binding(), theirs.get_future().get());
}

TEST_F(ClientStreamTest, WhoIsNotTrustedIsToldHow) {
  ClientTls settings = trusting();
  settings.ca_file.clear();
  const Status unknown = handshake(settings);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Errc::kAuth);
  EXPECT_NE(unknown.error().detail.find("ca_file"), std::string::npos) << unknown.error().detail;
  const std::size_t pin = unknown.error().detail.find("pins = [\"");
  ASSERT_NE(pin, std::string::npos);
  // The pin that the message shows is the one that helps.
  settings.pins = {std::string(64, '0'), unknown.error().detail.substr(pin + 9, 64)};
  settings.server_name = "another.example.test";
  EXPECT_TRUE(handshake(settings));
}

TEST_F(ClientStreamTest, AnotherName) {
  ClientTls settings = trusting();
  settings.server_name = "another.example.test";
  const Status refused = handshake(settings);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kAuth);
  EXPECT_NE(refused.error().detail.find("is for pop.example.test, localhost, not for another."),
            std::string::npos)
      << refused.error().detail;
  settings.server_name = "127.0.0.2";
  EXPECT_EQ(handshake(settings).error().code, Errc::kAuth);
  settings.server_name = "";
  EXPECT_EQ(handshake(settings).error().code, Errc::kAuth);
}

TEST_F(ClientStreamTest, APinThatDoesNotMatchOutweighsAGoodChain) {
  ClientTls settings = trusting();
  settings.pins = {std::string(64, 'a')};
  const Status refused = handshake(settings);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kAuth);
}

TEST_F(ClientStreamTest, NoTlsAtTheOtherEnd) {
  const Server server([](Peer& peer) {
    char octet = 0;
    EXPECT_EQ(::recv(peer.fd(), &octet, 1, 0), 1);
    peer.send("-ERR unknown command\r\n");
    peer.drain();
  });
  const auto stream = connected(server);
  const Status refused = stream->start_tls(trusting());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kIo);
  EXPECT_NE(refused.error().detail.find("does not speak TLS"), std::string::npos)
      << refused.error().detail;
}

TEST_F(ClientStreamTest, WhatIsSaidBeforeTheHandshakeEndsIt) {
  std::array<int, 2> fds{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, fds.data()), 0);
  const files::Descriptor server(fds[1]);
  const auto stream = ClientStream::adopt(files::Descriptor(fds[0]), stop_);
  ASSERT_EQ(::send(server.number(), "+OK", 3, 0), 3);
  EXPECT_EQ(stream->start_tls(trusting()).error().code, Errc::kAuth);
}

TEST_F(ClientStreamTest, FilesThatAreNotThere) {
  ClientTls settings = trusting();
  settings.ca_file = "/nonexistent/ca.pem";
  const Status no_authority = handshake(settings);
  EXPECT_NE(no_authority.error().detail.find("ca_file /nonexistent/ca.pem"), std::string::npos);
  settings = trusting();
  settings.certificate = "/nonexistent/mine.pem";
  EXPECT_EQ(handshake(settings).error().code, Errc::kIo);
}

}  // namespace
}  // namespace restante::net
