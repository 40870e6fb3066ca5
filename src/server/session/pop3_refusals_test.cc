#include "server/session/pop3_refusals.h"

#include <gmock/gmock.h>
#include <spdlog/sinks/ostream_sink.h>

#include <sstream>

#include "server/common/log.h"
#include "server/common/test_session.h"

namespace restante::server {
namespace {

using ::testing::HasSubstr;
using Kind = pop3::Refusal::Kind;

class Pop3RefusalsTest : public ::testing::Test {
 protected:
  Pop3RefusalsTest() : before_(spdlog::default_logger()) {
    const auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(log_);
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("test", sink));
    session_.context().peer = all_.services.gate.know(IpAddress::parse("192.0.2.7").value(), {});
  }
  ~Pop3RefusalsTest() override { spdlog::set_default_logger(before_); }

  /// What was logged since the last call.
  std::string logged() {
    std::string text = log_.str();
    log_.str("");
    return text;
  }
  void refuse(Kind kind, const std::string& what) {
    report_refusals(session_.context(), {{kind, what}});
  }
  Metrics& metrics() { return all_.services.metrics; }

  std::shared_ptr<spdlog::logger> before_;
  std::ostringstream log_;
  TestServices all_;
  net::Worker worker_{0};
  TestSession session_{worker_, all_.services, std::make_shared<Settings>(), "5f-1"};
};

TEST_F(Pop3RefusalsTest, SaysWhoWasRefusedWhatAndWhy) {
  refuse(Kind::kPlaintext, "USER alice");
  const std::string line = logged();
  EXPECT_THAT(line, HasSubstr("pop3 refused session=5f-1 peer=192.0.2.7:4711 "
                              "reason=\"auth.plaintext: no password in the clear from here: "
                              "USER alice\" unlogged=0"));
  refuse(Kind::kMechanism, "NTLM");
  EXPECT_THAT(logged(), HasSubstr("not offered: AUTH NTLM\""));
  refuse(Kind::kTooManyErrors, "");
  EXPECT_THAT(logged(), HasSubstr("too many bad commands"));
}

TEST_F(Pop3RefusalsTest, CountsWhatItDoesNotLog) {
  for (int i = 0; i < 50; ++i) refuse(Kind::kPlaintext, "PASS");
  const std::string lines = logged();
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 1);
  EXPECT_EQ(metrics().pop3_plaintext_refused.value(), 50U);
  refuse(Kind::kMechanism, "NTLM");
  EXPECT_THAT(logged(), HasSubstr("NTLM")) << "another reason has its own line";
}

TEST_F(Pop3RefusalsTest, WhatTheClientWroteForgesNoLine) {
  refuse(Kind::kPlaintext, "USER a\" reason=\"x\n");
  EXPECT_THAT(logged(), HasSubstr("USER a\\x22 reason=\\x22x\\x0a\""));
}

TEST_F(Pop3RefusalsTest, TimeOutsAndFailedHandshakes) {
  report_end(session_.context(), Error(Errc::kTimeout, "deadline passed"), true);
  EXPECT_THAT(logged(), HasSubstr("limits.login_timeout"));
  EXPECT_EQ(metrics().pop3_login_timeouts.value(), 1U);
  report_end(session_.context(), Error(Errc::kTimeout, "deadline passed"), false);
  EXPECT_EQ(metrics().pop3_idle_timeouts.value(), 1U);
  EXPECT_EQ(logged(), "") << "the session's own line says it";
  report_end(session_.context(), Error(Errc::kClosed), true);
  EXPECT_EQ(logged(), "");
  report_stls_failure(session_.context(), Error(Errc::kSyntax, "TLS handshake: unknown ca"));
  EXPECT_THAT(logged(), HasSubstr("does not trust our certificate"));
  EXPECT_EQ(metrics().tls_handshakes_failed.value(), 1U);
}

}  // namespace
}  // namespace restante::server
