// Faults of real servers, each by the number of docs/failures.md, and attacks: every answer cut at
// every octet, everything octet by octet, silence everywhere.
#include <gtest/gtest.h>

#include <future>

#include "fetch/session/test_client.h"

namespace restante::fetch {
namespace {

constexpr std::string_view kCapabilities = "+OK\r\nUSER\r\nTOP\r\nUIDL\r\nPIPELINING\r\n.\r\n";

class HostileServer : public ClientTest {
 protected:
  void SetUp() override {
    ClientTest::SetUp();
    account_.reply_timeout = std::chrono::seconds(1);
  }
  /// The result of RETR 1 when the server answers with `answer` and then does `behind`.
  Result<Retrieved> retrieve(std::string_view answer, Server::Script behind = &Peer::drain) {
    const Server server(after_login(kCapabilities, [&](Peer& peer) {
      peer.exchange("RETR 1", answer);
      behind(peer);
    }));
    const auto session = logged_in(server);
    if (!session) return Error(Errc::kState);
    sink_.text.clear();
    static_cast<void>(session->request_retr(1));
    return session->receive_message(sink_);
  }
  /// The session that `script` leaves behind the login.
  std::unique_ptr<Session> session_with(std::string_view capabilities, Server::Script script) {
    server_ = std::make_unique<Server>(after_login(capabilities, std::move(script)));
    return logged_in(*server_);
  }

  TextSink sink_;
  std::unique_ptr<Server> server_;
};

TEST_F(HostileServer, F13NoUniqueIds) {
  const auto session = session_with("+OK\r\nTOP\r\n.\r\n", [](Peer& peer) {
    peer.exchange("UIDL", "-ERR unknown command\r\n");
    peer.exchange("NOOP", "+OK\r\n");
  });
  const auto uids = session->uidl();
  ASSERT_TRUE(uids);
  EXPECT_FALSE(*uids);
  EXPECT_TRUE(session->noop());
}

TEST_F(HostileServer, F13UniqueIdsThatAreNotAnnounced) {
  const auto session = session_with(
      "+OK\r\nTOP\r\n.\r\n", [](Peer& peer) { peer.exchange("UIDL", "+OK\r\n1 a\r\n.\r\n"); });
  EXPECT_EQ(**session->uidl(), (std::vector<ListedUid>{{1, "a"}}));
}

TEST_F(HostileServer, F14CapabilitiesOnlyForThoseWhomItKnows) {
  const Server server([](Peer& peer) {
    peer.send("+OK\r\n");
    peer.exchange("CAPA", "+OK\r\nUSER\r\n.\r\n");
    peer.exchange("USER alice", "+OK\r\n");
    peer.exchange("PASS secret", "+OK\r\n");
    peer.exchange("CAPA", "+OK\r\nUIDL\r\nPIPELINING\r\n.\r\n");
  });
  const auto session = logged_in(server);
  EXPECT_TRUE(session->capabilities().uidl && session->capabilities().pipelining);
  EXPECT_FALSE(session->capabilities().user);
}

TEST_F(HostileServer, F15To17ListingsOfAllKinds) {
  const std::string longest(1024, 'u');
  const auto session = session_with(kCapabilities, [&](Peer& peer) {
    peer.exchange("UIDL", "+OK\r\n1    a\r\n2 " + longest + "\r\n3 " + longest +
                              "u\r\n4\r\n\r\n5 \xe4\r\n5 b\nc\r\n" + std::string(100'000, 'x') +
                              "\r\n.\r\n");
  });
  const auto uids = session->uidl();
  ASSERT_TRUE(uids);
  EXPECT_EQ(
      **uids,
      (std::vector<ListedUid>{
          {1, "a"}, {2, longest}, {3, longest + "u"}, {4, ""}, {}, {5, "\xe4"}, {5, ""}, {}}));
}

TEST_F(HostileServer, F18NotNowIsNotNever) {
  for (const auto& [capabilities, answer] :
       {std::pair("+OK\r\nUIDL\r\n.\r\n", "-ERR no\r\n"),
        std::pair("+OK\r\nTOP\r\n.\r\n", "-ERR [SYS/TEMP] no\r\n"),
        std::pair("+OK\r\nTOP\r\n.\r\n", "-ERR try again later\r\n")}) {
    const auto session = session_with(capabilities, [answer = answer](Peer& peer) {
      peer.exchange("UIDL", answer);
      peer.exchange("QUIT", "+OK\r\n");
    });
    const auto uids = session->uidl();
    ASSERT_FALSE(uids);
    EXPECT_EQ(uids.error().code, Errc::kBusy);
    EXPECT_TRUE(session->quit());
  }
}

TEST_F(HostileServer, F19WithoutItsFinalDotItIsNoMessage) {
  for (const char* body : {"a\r\n", "a.\r\n", "a\r\n.", "a\r\n.\r", "a", "", "a\r\n..\r\n"}) {
    const std::string answer = std::string("+OK\r\n") + body;
    EXPECT_EQ(retrieve(answer, &Peer::close).error().code, Errc::kClosed) << body;
  }
  EXPECT_EQ(retrieve("+OK\r\na.\r\n").error().code, Errc::kTimeout);
}

TEST_F(HostileServer, F20ADotBetweenBareLfsIsText) {
  const auto got = retrieve("+OK\r\na\n.\n+OK not a reply\n.\r\nb\r\n.\r\n");
  ASSERT_TRUE(got && got->ok);
  EXPECT_EQ(sink_.text, "a\n.\n+OK not a reply\n.\r\nb\r\n");
}

TEST_F(HostileServer, F20AServerThatKnowsNoCr) {
  const Server server([](Peer& peer) {
    peer.send("+OK\n");
    peer.exchange("CAPA", "+OK\nTOP\n.\n");
    peer.exchange("USER alice", "+OK\n");
    peer.exchange("PASS secret", "+OK\n");
    peer.exchange("CAPA", "+OK\nTOP\n.\n");
    peer.exchange("RETR 1", "+OK\na\n..\nb\n.\n");
  });
  const auto session = logged_in(server);
  ASSERT_TRUE(session->request_retr(1));
  const auto got = session->receive_message(sink_);
  ASSERT_TRUE(got && got->ok);
  EXPECT_EQ(sink_.text, "a\r\n.\r\nb\r\n");
}

TEST_F(HostileServer, F21AServerThatStuffsNoDots) {
  ASSERT_TRUE(retrieve("+OK\r\n.a\r\n.\r\n"));
  EXPECT_EQ(sink_.text, "a\r\n");
}

TEST_F(HostileServer, F22SizesAreHints) {
  const auto session = session_with(kCapabilities, [](Peer& peer) {
    peer.exchange("STAT", "+OK 1 -2147483648\r\n");
    peer.exchange("LIST", "+OK\r\n1 5\r\n.\r\n");
    peer.exchange("RETR 1", "+OK 5 octets\r\nmore than five\r\n.\r\n");
  });
  EXPECT_EQ(session->stat()->messages, 1U);
  EXPECT_EQ(session->list()->front().octets, 5U);
  ASSERT_TRUE(session->request_retr(1));
  EXPECT_EQ(session->receive_message(sink_)->octets, 16U);
}

TEST_F(HostileServer, F23MoreThanItWasAskedForIsTheEnd) {
  const auto session = session_with(kCapabilities, [](Peer& peer) {
    peer.exchange("NOOP", "+OK fine\r\nand something more\r\n");
    peer.drain();
  });
  EXPECT_TRUE(session->noop());
  EXPECT_EQ(session->stat().error().code, Errc::kSyntax);
  EXPECT_EQ(session->quit().error().code, Errc::kState);
}

TEST_F(HostileServer, F24LinesOfAnyLength) {
  const std::string line(10'000'000, 'x');
  const auto got = retrieve("+OK\r\n" + line + "\r\n.\r\n");
  ASSERT_TRUE(got && got->ok);
  EXPECT_EQ(got->octets, line.size() + 2);
  EXPECT_EQ(retrieve("+OK " + line + "\r\n").error().code, Errc::kLimit);
}

TEST_F(HostileServer, F25AnyOctets) {
  std::string octets;
  for (int i = 0; i < 256; ++i) octets += static_cast<char>(i);
  octets += "\r\n";
  ASSERT_TRUE(retrieve("+OK\r\n" + octets + ".\r\n"));
  EXPECT_EQ(sink_.text, octets);
}

TEST_F(HostileServer, F26TextThatLooksLikeReplies) {
  ASSERT_TRUE(retrieve("+OK\r\n+OK\r\n-ERR\r\n.\r\n"));
  EXPECT_EQ(sink_.text, "+OK\r\n-ERR\r\n");
  const auto session = session_with("+ok\r\nuidl\r\npipelining\r\n.\r\n", &Peer::drain);
  EXPECT_TRUE(session->capabilities().uidl && session->capabilities().pipelining);
}

TEST_F(HostileServer, F27OkAndThenAnErrorInsteadOfAList) {
  const auto session = session_with("+OK\r\n-ERR unknown command\r\n",
                                    [](Peer& peer) { peer.exchange("STAT", "+OK 0 0\r\n"); });
  ASSERT_TRUE(session);
  EXPECT_FALSE(session->capabilities().known);
  EXPECT_TRUE(session->stat());
}

TEST_F(HostileServer, F27WhatOnlyBeginsWithASignIsNoReply) {
  for (const char* answer : {"+OKAY\r\na\r\n.\r\n", "+ \r\na\r\n.\r\n", "a\r\n.\r\n"})
    EXPECT_EQ(retrieve(answer).error().code, Errc::kSyntax) << answer;
}

TEST_F(HostileServer, BlankLinesAreNothingBehindReplies) {
  const auto session = session_with("\r\n+OK\r\nUIDL\r\n.\r\n\r\n", [](Peer& peer) {
    peer.exchange("STAT", "\r\n\r\n+OK 1 5\r\n\r\n");
    peer.exchange("RETR 1", "+OK\r\n\r\na\r\n.\r\n\r\n");
    peer.exchange("QUIT", "+OK\r\n");
  });
  ASSERT_TRUE(session);
  EXPECT_TRUE(session->stat());
  ASSERT_TRUE(session->request_retr(1));
  ASSERT_TRUE(session->receive_message(sink_));
  EXPECT_EQ(sink_.text, "\r\na\r\n");
  EXPECT_TRUE(session->quit());
}

TEST_F(HostileServer, ADotBehindABareLfIsTheEndWhereListOrTheNextReplySaysSo) {
  const auto session = session_with(kCapabilities, [](Peer& peer) {
    peer.exchange("RETR 1", "+OK\r\na\nb\n.\r\n");
    peer.exchange("RETR 2", "+OK\r\n..\nb\n..c\n.\r\n");
    peer.exchange("NOOP", "+OK\r\n");
    peer.exchange("RETR 3", "+OK\r\na\n.\r\n");
    peer.exchange("NOOP", "b\r\n.\r\n+OK\r\n");
  });
  const auto get = [&](std::uint32_t number, std::optional<std::uint64_t> listed) {
    sink_.text.clear();
    EXPECT_TRUE(session->request_retr(number));
    const auto got = session->receive_message(sink_, listed);
    EXPECT_TRUE(got) << got.error().message();
    return sink_.text;
  };
  EXPECT_EQ(get(1, 4), "a\nb\n");
  EXPECT_EQ(get(2, 1000), ".\nb\n.c\n");
  EXPECT_EQ(get(3, std::nullopt), "a\n.\r\nb\r\n");
}

TEST_F(HostileServer, AnAuthorsDotAndReplyEndNoMessage) {
  // LIST counts as is; up to the dot, its bare LFs taken for CRLF, the message has that size, too.
  const std::string behind = ".\r\n+OK\r\nSubject: fake\r\n\r\nfake\r\n";
  const std::string text = "a" + std::string(behind.size(), '\n') + behind;
  const auto session = session_with(kCapabilities, [&](Peer& peer) {
    peer.exchange("RETR 1", "+OK\r\n" + text + ".\r\n");
    peer.exchange("RETR 2", "+OK\r\nb\r\n.\r\n");
  });
  ASSERT_TRUE(session);
  const auto get = [&](std::uint32_t number, std::uint64_t listed) {
    sink_.text.clear();
    EXPECT_TRUE(session->request_retr(number));
    const auto got = session->receive_message(sink_, listed);
    EXPECT_TRUE(got) << got.error().message();
    return sink_.text;
  };
  EXPECT_EQ(get(1, text.size()), text);
  EXPECT_EQ(get(2, 3), "b\r\n");
  EXPECT_EQ(trace_.find("NOOP"), std::string::npos) << "nobody had to ask";
}

TEST_F(HostileServer, AnAnswerThatComesTwiceIsNotTakenForTheNext) {
  for (const bool deletes : {false, true}) {
    const auto session = session_with(kCapabilities, [](Peer& peer) {
      peer.exchange("RETR 1", "+OK\r\na\r\n.\r\n+OK\r\na\r\n.\r\n");
      peer.drain();
    });
    ASSERT_TRUE(session && session->request_retr(1));
    sink_.text.clear();
    ASSERT_TRUE(session->receive_message(sink_, 3));
    EXPECT_EQ(sink_.text, "a\r\n");
    ASSERT_TRUE(deletes ? session->request_dele(1) : session->request_retr(2));
    const Status flushed = session->flush();
    ASSERT_FALSE(flushed);
    EXPECT_EQ(flushed.error().code, Errc::kSyntax);
    EXPECT_TRUE(session->is_over());
  }
}

TEST_F(HostileServer, CapabilitiesWithoutEndAreTheEnd) {
  std::string answer = "+OK\r\n";
  for (int i = 0; i <= 1000; ++i) answer += "SASL X\r\n";
  const Server server([&](Peer& peer) {
    peer.send("+OK\r\n");
    peer.exchange("CAPA", answer);
    peer.drain();
  });
  EXPECT_EQ(open_error(server).code, Errc::kLimit);
}

/// What open(), or STAT, RETR and QUIT after it, come to with a server that falls silent at its
/// step `silent`.
Errc ending(std::size_t silent, const profile::Account& base, const net::StopSignal& stop) {
  const std::vector<std::string_view> says = {"+OK\r\n",     kCapabilities, "+OK\r\n",    "+OK\r\n",
                                              kCapabilities, "+OK 1 5\r\n", "+OK\r\nhalf"};
  const net::ScriptedServer server([&](net::ScriptedPeer& peer) {
    for (std::size_t i = 0; i < says.size() && i < silent; ++i) {
      if (i > 0) peer.read_line();
      peer.send(says[i]);
    }
    peer.drain();
  });
  profile::Account account = base;
  account.port = server.port();
  SessionOptions options(account, stop);
  options.secret = SecretString("secret");
  auto session = Session::open(options);
  if (!session) return session.error().code;
  const auto totals = (*session)->stat();
  if (!totals) return totals.error().code;
  TextSink sink;
  static_cast<void>((*session)->request_retr(1));
  const auto got = (*session)->receive_message(sink);
  return got ? Errc::kExists : got.error().code;
}

TEST_F(HostileServer, F30SilenceIsNotWaitedForAnywhere) {
  std::vector<std::future<Errc>> endings;
  for (std::size_t silent = 0; silent <= 7; ++silent)
    endings.push_back(
        std::async(std::launch::async, [&, silent] { return ending(silent, account_, *stop_); }));
  for (auto& end : endings) EXPECT_EQ(end.get(), Errc::kTimeout);
}

TEST_F(HostileServer, F29SilenceInTheTlsHandshake) {
  account_.tls = profile::Tls::kStarttls;
  const Server server([](Peer& peer) {
    peer.send("+OK\r\n");
    peer.exchange("CAPA", "+OK\r\nSTLS\r\n.\r\n");
    peer.exchange("STLS", "+OK\r\n");
    peer.drain();
  });
  EXPECT_EQ(open_error(server).code, Errc::kTimeout);
}

TEST_F(HostileServer, F33TricklingIsNoAnswer) {
  EXPECT_EQ(retrieve("+OK\r\n", [](Peer& peer) { peer.trickle("x"); }).error().code,
            Errc::kTimeout);
  const Server server([](Peer& peer) { peer.trickle("+"); });
  EXPECT_EQ(open_error(server).code, Errc::kTimeout);
}

TEST_F(HostileServer, F35QuitIsGoodOnlyWithItsOk) {
  struct Case {
    const char* answer;
    bool closes;
    Errc code;
  };
  for (const Case& test :
       {Case{"-ERR some deleted messages not removed\r\n", false, Errc::kBusy},
        Case{"-ERR [SYS/PERM] no\r\n", false, Errc::kIo}, Case{"", true, Errc::kClosed},
        Case{"+O", true, Errc::kClosed}, Case{"+OK", true, Errc::kClosed},
        Case{"", false, Errc::kTimeout}, Case{"+ OK\r\n", false, Errc::kSyntax}}) {
    // A copy: the server's thread outlives the list of cases.
    const auto session = session_with(kCapabilities, [test](Peer& peer) {
      peer.exchange("DELE 1", "+OK\r\n");
      peer.exchange("QUIT", test.answer);
      if (test.closes) peer.close();
      peer.drain();
    });
    ASSERT_TRUE(session->request_dele(1) && session->receive_reply());
    const Status status = session->quit();
    ASSERT_FALSE(status) << test.answer;
    EXPECT_EQ(status.error().code, test.code) << test.answer << status.error().detail;
  }
}

class StlsTest : public HostileServer {
 protected:
  void SetUp() override {
    HostileServer::SetUp();
    account_.tls = profile::Tls::kStarttls;
  }
  /// `answer` to STLS, then `behind`, whose TLS is as good as any.
  Error after_stls(std::string_view capabilities, std::string_view answer,
                   Server::Script behind = &Peer::drain) {
    const Server server([&](Peer& peer) {
      peer.send("+OK\r\n");
      peer.exchange("CAPA", capabilities);
      if (answer.empty()) return peer.expect("");
      peer.exchange("STLS", answer);
      behind(peer);
    });
    return open_error(server);
  }
};

TEST_F(StlsTest, Works) {
  const Server server([](Peer& peer) {
    peer.send("+OK <1@a>\r\n");
    peer.exchange("CAPA", "+OK\r\nSTLS\r\nPIPELINING\r\n.\r\n");
    peer.exchange("STLS", "+OK\r\n");
    peer.start_tls();
    after_login("+OK\r\nUIDL\r\n.\r\n", &Peer::drain);
    peer.exchange("CAPA", "+OK\r\nUIDL\r\n.\r\n");
    peer.exchange("USER alice", "+OK\r\n");
    peer.exchange("PASS secret", "+OK\r\n");
    peer.exchange("CAPA", "-ERR not again\r\n");
  });
  const auto session = logged_in(server);
  ASSERT_TRUE(session);
  EXPECT_TRUE(session->capabilities().uidl);
  EXPECT_FALSE(session->capabilities().pipelining);  // Words in clear are forgotten.
}

TEST_F(StlsTest, StrippedOrRefusedIsTheEnd) {
  for (const auto& [capabilities, answer] :
       {std::pair("+OK\r\nTOP\r\n.\r\n", ""), std::pair("+OK\r\nSTLS\r\n.\r\n", "-ERR no\r\n"),
        std::pair("-ERR unknown\r\n", "-ERR unknown\r\n")})
    EXPECT_EQ(after_stls(capabilities, answer).code, Errc::kAuth);
}

TEST_F(StlsTest, F50WhatIsSaidInClearBehindStlsIsTheEnd) {
  const Error error = after_stls("+OK\r\nSTLS\r\n.\r\n", "+OK\r\n+OK\r\nUIDL\r\n.\r\n");
  EXPECT_EQ(error.code, Errc::kAuth);
  EXPECT_NE(error.detail.find("in clear"), std::string::npos) << error.detail;
  // In a packet of its own it comes before the handshake or into it; neither is taken for an
  // answer.
  const Error later = after_stls("+OK\r\nSTLS\r\n.\r\n", "+OK\r\n", [](Peer& peer) {
    peer.send("+OK injected\r\n");
    peer.start_tls();
    peer.drain();
  });
  EXPECT_TRUE(later.code == Errc::kAuth || later.code == Errc::kIo) << later.message();
}

/// A whole session of a server that sends `octets` and no more, all of it octet by octet; what the
/// client has of it.
std::string cut_session(std::size_t octets, const profile::Account& base,
                        const net::StopSignal& stop) {
  const net::ScriptedServer server([&](net::ScriptedPeer& peer) {
    peer.cut_after(octets);
    for (const std::string_view says :
         {std::string_view("+OK\r\n"), kCapabilities, std::string_view("+OK\r\n"),
          std::string_view("+OK\r\n"), kCapabilities, std::string_view("+OK 1 5\r\n"),
          std::string_view("+OK\r\n1 5\r\n.\r\n"), std::string_view("+OK\r\n1 a\r\n.\r\n"),
          std::string_view("+OK\r\n..a\r\n\r\n.\r\n"), std::string_view("+OK\r\n"),
          std::string_view("+OK\r\n")}) {
      if (!peer.send_octet_by_octet(says) || peer.read_line().empty()) break;
    }
  });
  profile::Account account = base;
  account.port = server.port();
  SessionOptions options(account, stop);
  options.secret = SecretString("secret");
  auto opened = Session::open(options);
  if (!opened) return "";
  Session& session = **opened;
  std::string out = "open";
  if (!session.stat()) return out;
  out += " stat";
  if (const auto list = session.list(); !list || list->size() != 1) return out;
  out += " list";
  if (const auto uids = session.uidl(); !uids || !*uids || (*uids)->size() != 1) return out;
  out += " uidl";
  TextSink sink;
  static_cast<void>(session.request_retr(1));
  if (const auto got = session.receive_message(sink); !got || sink.text != ".a\r\n\r\n") return out;
  out += " message";
  static_cast<void>(session.request_dele(1));
  if (!session.receive_reply()) return out;
  out += " dele";
  return session.quit() ? out + " quit" : out;
}

TEST_F(HostileServer, EveryAnswerCutAtEveryOctet) {
  account_.reply_timeout = std::chrono::seconds(10);
  std::string before;
  std::size_t octets = 0;
  for (; octets < 1000 && !before.ends_with(" quit"); ++octets) {
    const std::string now = cut_session(octets, account_, *stop_);
    EXPECT_TRUE(now.starts_with(before)) << octets << ": " << now << " after " << before;
    before = now;
  }
  EXPECT_EQ(before, "open stat list uidl message dele quit");
  EXPECT_EQ(octets, 150U);  // All that the server had to say, and one more turn.
}

}  // namespace
}  // namespace restante::fetch
