#include "fetch/session/login.h"

#include <gtest/gtest.h>

#include "fetch/session/test_client.h"
#include "sasl/apop_digest.h"
#include "sasl/base64.h"
#include "sasl/crypto.h"
#include "sasl/mechanism.h"

namespace restante::fetch {
namespace {

std::string coded(std::string_view bytes) {
  std::string out;
  sasl::append_base64(bytes, out);
  return out;
}

std::string list(std::string_view lines) { return "+OK\r\n" + std::string(lines) + "\r\n.\r\n"; }

class LoginTest : public ClientTest {
 protected:
  /// Greets, lists, and plays `script`, behind which it says the list once more.
  static Server::Script with(std::string capabilities, Server::Script script) {
    return [capabilities = std::move(capabilities), run = std::move(script)](Peer& peer) {
      peer.send("+OK <1@pop.example.test> ready\r\n");
      peer.exchange("CAPA", capabilities);
      run(peer);
      if (peer.read_line() == "CAPA") peer.send(capabilities);
      peer.drain();
    };
  }
  std::string method_with(std::string capabilities, Server::Script script) {
    const Server server(with(std::move(capabilities), std::move(script)));
    const auto session = logged_in(server);
    return session ? std::string(session->login_method()) : "none";
  }
  Error error_with(std::string capabilities, Server::Script script) {
    const Server server(with(std::move(capabilities), std::move(script)));
    return open_error(server);
  }
};

TEST_F(LoginTest, PlainInTwoSteps) {
  EXPECT_EQ(method_with(list("SASL PLAIN LOGIN"),
                        [](Peer& peer) {
                          peer.exchange("AUTH PLAIN", "+ \r\n");
                          peer.exchange(coded(std::string_view("\0alice\0secret", 13)), "+OK\r\n");
                        }),
            "PLAIN");
  EXPECT_EQ(trace_.find(coded("secret").substr(0, 6)), std::string::npos) << trace_;
}

TEST_F(LoginTest, OkOrWordsWhereAPlusBelongs) {  // F-27.
  for (const char* prompt : {"+OK\r\n", "+OK go on\r\n", "+ go on, not base64\r\n", "+\r\n", "+\n"})
    EXPECT_EQ(method_with(list("SASL PLAIN"),
                          [&](Peer& peer) {
                            peer.exchange("AUTH PLAIN", prompt);
                            peer.exchange(coded(std::string_view("\0alice\0secret", 13)),
                                          "+OK\r\n");
                          }),
              "PLAIN")
        << prompt;
}

TEST_F(LoginTest, LoginWithPromptsOfAnyKind) {
  for (const auto& [name, password] :
       {std::pair("+ VXNlcm5hbWU6\r\n", "+ UGFzc3dvcmQ6\r\n"),
        std::pair("+ Username:\r\n", "+\r\n"), std::pair("+OK\r\n", "+ Password:\r\n")})
    EXPECT_EQ(method_with(list("SASL LOGIN"),
                          [&](Peer& peer) {
                            peer.exchange("AUTH LOGIN", name);
                            peer.exchange(coded("alice"), password);
                            peer.exchange(coded("secret"), "+OK\r\n");
                          }),
              "LOGIN");
}

TEST_F(LoginTest, AMechanismThatIsOnlyAnnouncedGivesWayToTheNext) {
  EXPECT_EQ(method_with(list("SASL PLAIN LOGIN"),
                        [](Peer& peer) {
                          peer.exchange("AUTH PLAIN", "-ERR unknown\r\n");
                          peer.exchange("AUTH LOGIN", "-ERR unknown\r\n");
                          peer.exchange("USER alice", "+OK\r\n");
                          peer.exchange("PASS secret", "+OK\r\n");
                        }),
            "USER");
}

TEST_F(LoginTest, ARefusedPasswordIsNotTriedAgain) {
  const Error error = error_with(list("SASL PLAIN LOGIN"), [](Peer& peer) {
    peer.exchange("AUTH PLAIN", "+ \r\n");
    peer.read_line();
    peer.send("-ERR [AUTH] wrong \x1b[2Jpassword\r\n");
    peer.expect("");
  });
  EXPECT_EQ(error.code, Errc::kAuth);
  EXPECT_NE(error.detail.find("login of alice by PLAIN refused: wrong ?[2Jpassword [AUTH]"),
            std::string::npos)
      << error.detail;
}

TEST_F(LoginTest, WhatARefusalMeans) {
  struct Case {
    const char* reply;
    Errc code;
  };
  for (const Case& test :
       {Case{"-ERR [AUTH] no\r\n", Errc::kAuth}, Case{"-ERR no\r\n", Errc::kAuth},
        Case{"-ERR [IN-USE] no\r\n", Errc::kBusy}, Case{"-ERR [LOGIN-DELAY] no\r\n", Errc::kBusy},
        Case{"-ERR [SYS/TEMP] no\r\n", Errc::kBusy}, Case{"-ERR [SYS/PERM] no\r\n", Errc::kIo},
        Case{"-ERR maildrop already locked\r\n", Errc::kBusy}, Case{"+ go on\r\n", Errc::kAuth},
        Case{"230 no POP3\r\n", Errc::kSyntax}}) {
    const Error error = error_with(list("USER"), [&](Peer& peer) {
      peer.exchange("USER alice", "+OK\r\n");
      peer.exchange("PASS secret", test.reply);
      peer.expect("");
    });
    EXPECT_EQ(error.code, test.code) << test.reply << error.detail;
    EXPECT_EQ(error.detail.find("secret"), std::string::npos);
  }
}

TEST_F(LoginTest, OldDigestsOnlyWhenTheUserWantsThem) {
  const auto user = [](Peer& peer) {
    peer.exchange("USER alice", "+OK\r\n");
    peer.exchange("PASS secret", "+OK\r\n");
  };
  EXPECT_EQ(method_with(list("SASL CRAM-MD5"), user), "USER");
  account_.old_digests = true;
  EXPECT_EQ(method_with(list("SASL CRAM-MD5"),
                        [](Peer& peer) {
                          peer.exchange("AUTH CRAM-MD5", "+ " + coded("<1@a>") + "\r\n");
                          EXPECT_EQ(sasl::decode_base64(peer.read_line())->substr(0, 6), "alice ");
                          peer.send("+OK\r\n");
                        }),
            "CRAM-MD5");
  const std::string digest = *sasl::apop_digest("<1@pop.example.test>", "secret");
  EXPECT_EQ(method_with(list("USER"),
                        [&](Peer& peer) { peer.exchange("APOP alice " + digest, "+OK\r\n"); }),
            "APOP");
  EXPECT_EQ(trace_.find(digest), std::string::npos);
}

TEST_F(LoginTest, AServerWithoutCapa) {
  EXPECT_EQ(method_with("-ERR unknown command\r\n",
                        [](Peer& peer) {
                          peer.exchange("USER alice", "+OK\r\n");
                          peer.exchange("PASS secret", "+OK\r\n");
                        }),
            "USER");
}

TEST_F(LoginTest, TheNamedMechanismAndNoOther) {
  account_.mechanism = "login";
  EXPECT_EQ(error_with(list("SASL PLAIN"), [](Peer& peer) { peer.expect(""); }).code, Errc::kAuth);
  EXPECT_EQ(
      error_with(list("SASL LOGIN"), [](Peer& peer) { peer.exchange("AUTH LOGIN", "-ERR no\r\n"); })
          .code,
      Errc::kAuth);
  account_.mechanism = "no-such";
  EXPECT_EQ(error_with(list("USER"), [](Peer& peer) { peer.expect(""); }).code, Errc::kAuth);
  account_.mechanism = "user";
  EXPECT_EQ(method_with(list("SASL PLAIN"),
                        [](Peer& peer) {
                          peer.exchange("USER alice", "+OK\r\n");
                          peer.exchange("PASS secret", "+OK\r\n");
                        }),
            "USER");
}

TEST_F(LoginTest, NoCommandIsSmuggledIn) {  // F-51.
  for (const char* bad : {"a\r\nDELE 1", "a\n", "a\r"}) {
    account_.user = bad;
    secret_ = "secret";
    const Server server([](Peer& peer) { ADD_FAILURE() << peer.read_line(); });
    EXPECT_EQ(open_error(server).code, Errc::kSyntax);
    account_.user = "alice";
    secret_ = bad;
    EXPECT_EQ(open_error(server).code, Errc::kSyntax);
  }
}

class TokenTest : public LoginTest {
 protected:
  void SetUp() override {
    LoginTest::SetUp();
    kind_ = sasl::CredentialKind::kToken;
    secret_ = std::string(20'000, 't');  // F-46: as long as the issuer likes.
  }
  [[nodiscard]] std::string message() const {
    return coded(
        "user=alice\x01"
        "auth=Bearer " +
        secret_ + "\x01\x01");
  }
};

TEST_F(TokenTest, InTwoStepsAsMicrosoftWantsIt) {  // F-45.
  EXPECT_EQ(method_with(list("SASL PLAIN XOAUTH2"),
                        [&](Peer& peer) {
                          peer.exchange("AUTH XOAUTH2", "+ \r\n");
                          peer.exchange(message(), "+OK\r\n");
                        }),
            "XOAUTH2");
  EXPECT_EQ(trace_.find("tttt"), std::string::npos);
  EXPECT_EQ(trace_.find(message().substr(60, 20)), std::string::npos);
}

TEST_F(TokenTest, InOneStepWhereTwoAreRefused) {  // F-45.
  EXPECT_EQ(method_with(list("SASL XOAUTH2"),
                        [&](Peer& peer) {
                          peer.exchange("AUTH XOAUTH2", "-ERR malformed command\r\n");
                          peer.exchange("AUTH XOAUTH2 " + message(), "+OK\r\n");
                        }),
            "XOAUTH2");
}

TEST_F(TokenTest, TheReasonOfARefusalIsShown) {
  const Error error = error_with(list("SASL XOAUTH2"), [&](Peer& peer) {
    peer.exchange("AUTH XOAUTH2", "+ \r\n");
    peer.exchange(message(), "+ " + coded(R"({"status":"400"})") + "\r\n");
    peer.exchange("", "-ERR [AUTH] bad\r\n");
  });
  EXPECT_EQ(error.code, Errc::kAuth);
  EXPECT_NE(error.detail.find(R"(XOAUTH2 ({"status":"400"}) refused: bad)"), std::string::npos)
      << error.detail;
}

TEST_F(TokenTest, ATokenIsNoPassword) {
  const Error error = error_with(list("SASL PLAIN"), [](Peer& peer) { peer.expect(""); });
  EXPECT_EQ(error.code, Errc::kAuth);
}

/// The server's half of SCRAM by the server's own code, with the channel bindings of `context`.
void serve_scram(net::ScriptedPeer& peer, const std::string& name,
                 const sasl::ExchangeContext& context) {
  const auto mechanism = sasl::find_server_mechanism(name)->make_server(context);
  peer.exchange("AUTH " + name, "+ \r\n");
  sasl::Step step = mechanism->start(*sasl::decode_base64(peer.read_line()));
  for (;;) {
    if (const auto* wanted = std::get_if<sasl::KeysWanted>(&step)) {
      step = mechanism->keys(sasl::derive_scram_keys(wanted->hash, "secret", "salt", 4096),
                             sasl::make_nonce());
    } else if (const auto* challenge = std::get_if<sasl::Challenge>(&step)) {
      peer.send("+ " + coded(challenge->bytes) + "\r\n");
      step = mechanism->respond(*sasl::decode_base64(peer.read_line()));
    } else {
      peer.send(std::holds_alternative<sasl::Proven>(step) ? "+OK\r\n" : "-ERR [AUTH] no\r\n");
      return;
    }
  }
}

sasl::ExchangeContext context_of(SSL* ssl) {
  sasl::ExchangeContext context;
  std::string data(32, '\0');
  EXPECT_EQ(SSL_export_keying_material(ssl, reinterpret_cast<unsigned char*>(data.data()), 32,
                                       "EXPORTER-Channel-Binding", 24, nullptr, 0, 1),
            1);
  context.bindings = {{"tls-exporter", data}};
  context.binding_offered = true;
  return context;
}

TEST_F(LoginTest, ScramFirst) {
  EXPECT_EQ(method_with(list("SASL PLAIN SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-256-PLUS"),
                        [](Peer& peer) { serve_scram(peer, "SCRAM-SHA-256", {}); }),
            "SCRAM-SHA-256");
  secret_ = "wrong";
  EXPECT_EQ(error_with(list("SASL PLAIN SCRAM-SHA-256"),
                       [](Peer& peer) { serve_scram(peer, "SCRAM-SHA-256", {}); })
                .code,
            Errc::kAuth);
}

TEST_F(LoginTest, ScramTiedToItsTlsChannel) {
  account_.tls = profile::Tls::kImplicit;
  const std::string capabilities = list("SASL SCRAM-SHA-256 SCRAM-SHA-256-PLUS");
  const Server server([&](Peer& peer) {
    peer.start_tls();
    with(capabilities, [](Peer& inner) {
      serve_scram(inner, "SCRAM-SHA-256-PLUS", context_of(inner.ssl()));
    })(peer);
  });
  const auto session = logged_in(server);
  ASSERT_TRUE(session);
  EXPECT_EQ(session->login_method(), "SCRAM-SHA-256-PLUS");
  EXPECT_EQ(session->tls_version(), "TLSv1.3");
}

TEST_F(LoginTest, ScramByNameWhereThereIsAStrongerOne) {
  account_.tls = profile::Tls::kImplicit;
  account_.mechanism = "SCRAM-SHA-256";
  const Server server([&](Peer& peer) {
    peer.start_tls();
    with(list("SASL SCRAM-SHA-256 SCRAM-SHA-256-PLUS"),
         [](Peer& inner) { serve_scram(inner, "SCRAM-SHA-256", context_of(inner.ssl())); })(peer);
  });
  const auto session = logged_in(server);
  ASSERT_TRUE(session);
  EXPECT_EQ(session->login_method(), "SCRAM-SHA-256");
}

TEST_F(LoginTest, AnAttackerBetweenHasAnotherChannel) {
  account_.tls = profile::Tls::kImplicit;
  const Server server([&](Peer& peer) {
    peer.start_tls();
    with(list("SASL SCRAM-SHA-256 SCRAM-SHA-256-PLUS"), [](Peer& inner) {
      sasl::ExchangeContext other = context_of(inner.ssl());
      other.bindings[0].data[0] = static_cast<char>(other.bindings[0].data[0] ^ 1);
      serve_scram(inner, "SCRAM-SHA-256-PLUS", other);
    })(peer);
  });
  EXPECT_EQ(open_error(server).code, Errc::kAuth);
}

TEST_F(LoginTest, OkWithoutTheServersProofIsNotBelieved) {
  const Error error = error_with(list("SASL SCRAM-SHA-256"), [](Peer& peer) {
    peer.exchange("AUTH SCRAM-SHA-256", "+ \r\n");
    peer.read_line();
    peer.send("+OK you are in\r\n");
  });
  EXPECT_EQ(error.code, Errc::kAuth);
  EXPECT_NE(error.detail.find("without having proved"), std::string::npos) << error.detail;
}

TEST_F(LoginTest, AnExchangeThatIsNoneIsCancelled) {
  for (const std::string& challenge : {std::string("!!"), coded("r=too,s=short")}) {
    const Error error = error_with(list("SASL SCRAM-SHA-256"), [&](Peer& peer) {
      peer.exchange("AUTH SCRAM-SHA-256", "+ \r\n");
      peer.read_line();
      peer.send("+ " + challenge + "\r\n");
      peer.exchange("*", "-ERR cancelled\r\n");
    });
    EXPECT_EQ(error.code, Errc::kAuth);
  }
}

TEST_F(LoginTest, ThroughAProxyNothingInClear) {
  account_.proxy.emplace();
  account_.proxy->kind = profile::Proxy::Kind::kHttp;
  account_.proxy->host = "127.0.0.1";
  for (const char* mechanism : {"", "PLAIN", "USER"}) {
    if (*mechanism != '\0') account_.mechanism = mechanism;
    const Server server([](Peer& peer) {
      while (!peer.read_line().empty()) {
      }
      peer.send("HTTP/1.1 200 Connected\r\n\r\n+OK ready\r\n");
      peer.exchange("CAPA", list("USER\r\nSASL PLAIN"));
      peer.expect("");
    });
    account_.proxy->port = server.port();
    const Error error = open_error(server);
    EXPECT_EQ(error.code, Errc::kAuth) << error.message();
    EXPECT_NE(error.detail.find("TLS"), std::string::npos) << error.detail;
  }
}

}  // namespace
}  // namespace restante::fetch
