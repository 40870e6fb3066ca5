// For tests of the client's sessions: an account for a scripted server, and what comes of opening a
// session with it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "dial/test_scripted_server.h"
#include "fetch/session/session.h"
#include "profile/profile.h"

namespace restante::fetch {

class ClientTest : public ::testing::Test {
 protected:
  using Peer = net::ScriptedPeer;
  using Server = net::ScriptedServer;

  void SetUp() override {
    auto stop = net::StopSignal::create();
    ASSERT_TRUE(stop);
    stop_.emplace(std::move(*stop));
    account_.host = "127.0.0.1";
    account_.tls = profile::Tls::kNone;
    account_.user = "alice";
    account_.reply_timeout = std::chrono::seconds(5);
    account_.ca_file = net::TestCertificate::get().files().certificate;
  }
  Result<std::unique_ptr<Session>> open(const Server& server) {
    account_.port = server.port();
    SessionOptions options(account_, *stop_);
    options.secret = SecretString(secret_);
    options.kind = kind_;
    options.trace = [this](char direction, std::string_view line) {
      trace_.append(1, direction).append(line).append("\n");
    };
    return Session::open(options);
  }
  /// The same, which is to fail.
  Error open_error(const Server& server) {
    const auto session = open(server);
    return session ? Error(Errc::kExists, "it is open") : session.error();
  }
  /// The same, which is to succeed.
  std::unique_ptr<Session> logged_in(const Server& server) {
    auto session = open(server);
    EXPECT_TRUE(session) << session.error().message();
    return session ? std::move(*session) : nullptr;
  }
  /// `script` begins where the client is logged in, by USER and PASS.
  static Server::Script after_login(std::string_view capabilities, Server::Script script) {
    return [capabilities = std::string(capabilities), run = std::move(script)](Peer& peer) {
      peer.send("+OK ready\r\n");
      peer.exchange("CAPA", capabilities);
      peer.exchange("USER alice", "+OK\r\n");
      peer.exchange("PASS secret", "+OK\r\n");
      peer.exchange("CAPA", capabilities);
      run(peer);
    };
  }

  std::optional<net::StopSignal> stop_;
  profile::Account account_;
  std::string secret_ = "secret";
  sasl::CredentialKind kind_ = sasl::CredentialKind::kPassword;
  std::string trace_;
};

class TextSink final : public MessageSink {
 public:
  Status write(std::string_view octets) override {
    text += octets;
    return text.size() > most ? Status(Error(Errc::kFull, "the disk is full")) : ok();
  }
  std::string text;
  std::size_t most = 1U << 30;
};

}  // namespace restante::fetch
