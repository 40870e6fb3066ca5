#include "pop3/far_login.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::pop3 {
namespace {

using Step = FarLogin::Step;
using testing::HasSubstr;

constexpr std::string_view kCapa = "+OK\r\nUSER\r\nSASL PLAIN LOGIN\r\n.\r\n";
constexpr std::string_view kAuth = "AUTH PLAIN AGFsaWNlQGV4YW1wbGUudGVzdABzZWNyZXQ=\r\n";

FarLoginRequest request(bool has_tls = true) {
  FarLoginRequest out;
  out.name = "alice@example.test";
  out.password = SecretString("secret");
  out.has_tls = has_tls;
  return out;
}

class FarLoginTest : public testing::Test {
 protected:
  void begin(FarLoginRequest request) { login_.emplace(std::move(request)); }
  /// What it says to these octets.
  std::string hear(std::string_view bytes) {
    rest_ = bytes;
    step_ = login_->advance(rest_);
    return std::exchange(login_->output(), {});
  }
  std::optional<FarLogin> login_;
  std::string_view rest_;
  Step step_ = Step::kNeedInput;
};

TEST_F(FarLoginTest, SaysThePasswordInOneLine) {
  begin(request());
  EXPECT_EQ(hear("+OK ready\r\n"), "CAPA\r\n");
  EXPECT_EQ(hear(kCapa), kAuth);
  EXPECT_EQ(hear("+OK welcome\r\n"), "");
  EXPECT_EQ(step_, Step::kLoggedIn);
  EXPECT_TRUE(login_->is_logged_in());
}

TEST_F(FarLoginTest, LeavesWhatIsTheUsers) {
  begin(request());
  hear("+OK ready\r\n");
  hear(kCapa);
  hear("+OK welcome\r\n+OK 0 0\r\n");
  EXPECT_EQ(step_, Step::kLoggedIn);
  EXPECT_EQ(rest_, "+OK 0 0\r\n");
}

TEST_F(FarLoginTest, TakesItsAnswersCutAnywhere) {
  const std::string all = "+OK ready\r\n" + std::string(kCapa) + "+OK welcome\r\n";
  for (std::size_t cut = 1; cut < all.size(); ++cut) {
    begin(request());
    std::string said = hear(std::string_view(all).substr(0, cut));
    said += hear(std::string_view(all).substr(cut));
    EXPECT_EQ(said, "CAPA\r\n" + std::string(kAuth)) << cut;
    EXPECT_EQ(step_, Step::kLoggedIn) << cut;
  }
}

TEST_F(FarLoginTest, SaysUserAndPassWhereThereIsNothingBetter) {
  for (const char* capa : {"-ERR unknown\r\n", "+OK\r\nUSER\r\n.\r\n"}) {
    begin(request());
    hear("+OK ready\r\n");
    EXPECT_EQ(hear(capa), "USER alice@example.test\r\n");
    EXPECT_EQ(hear("+OK\r\n"), "PASS secret\r\n");
    hear("+OK\r\n");
    EXPECT_EQ(step_, Step::kLoggedIn);
  }
  begin(request());
  hear("+OK ready\r\n");
  hear("+OK\r\nSASL SCRAM-SHA-256\r\n.\r\n");
  EXPECT_EQ(step_, Step::kFailed);
  EXPECT_EQ(login_->failure(), LoginFailure::kTemporary);
}

TEST_F(FarLoginTest, SaysALongPasswordInALineOfItsOwn) {
  FarLoginRequest long_one = request();
  long_one.password = SecretString(std::string(300, 'x'));
  begin(std::move(long_one));
  hear("+OK ready\r\n");
  EXPECT_EQ(hear(kCapa), "AUTH PLAIN\r\n");
  EXPECT_GT(hear("+ \r\n").size(), 300U);
  hear("+OK\r\n");
  EXPECT_EQ(step_, Step::kLoggedIn);
}

TEST_F(FarLoginTest, SaysNothingInTheClear) {
  begin(request(false));
  hear("+OK ready\r\n");
  EXPECT_EQ(hear(kCapa), "");
  EXPECT_EQ(step_, Step::kFailed);
  EXPECT_EQ(login_->failure(), LoginFailure::kTemporary);
  EXPECT_THAT(login_->reason(), HasSubstr("STLS"));
}

TEST_F(FarLoginTest, MayBeClearOnThisMachine) {
  FarLoginRequest near = request(false);
  near.may_be_clear = true;
  begin(std::move(near));
  hear("+OK ready\r\n");
  EXPECT_EQ(hear(kCapa), kAuth);
}

TEST_F(FarLoginTest, BeginsTlsAndForgetsWhatWasBefore) {
  begin(request(false));
  hear("+OK ready\r\n");
  EXPECT_EQ(hear("+OK\r\nSTLS\r\nSASL PLAIN\r\n.\r\n"), "STLS\r\n");
  EXPECT_EQ(hear("+OK go\r\n"), "");
  EXPECT_EQ(step_, Step::kStartTls);
  login_->tls_started();
  EXPECT_EQ(std::exchange(login_->output(), {}), "CAPA\r\n");
  EXPECT_EQ(hear("+OK\r\nUSER\r\n.\r\n"), "USER alice@example.test\r\n");
  begin(request(false));
  hear("+OK ready\r\n");
  hear("+OK\r\nSTLS\r\n.\r\n");
  hear("-ERR no\r\n");
  EXPECT_EQ(login_->failure(), LoginFailure::kTemporary);
}

TEST_F(FarLoginTest, SaysWhoTheClientIsWhereItIsBelieved) {
  for (const auto& [greeting, capa] : std::vector<std::pair<std::string, std::string>>{
           {"+OK [XCLIENT] Dovecot\r\n", "+OK\r\nSASL PLAIN\r\n.\r\n"},
           {"+OK ready\r\n", "+OK\r\nSASL PLAIN\r\nXCLIENT\r\n.\r\n"}}) {
    FarLoginRequest named = request();
    named.xclient = "ADDR=192.0.2.1";
    begin(std::move(named));
    hear(greeting);
    EXPECT_EQ(hear(capa), "XCLIENT ADDR=192.0.2.1\r\n");
    EXPECT_EQ(hear("+OK\r\n"), kAuth);
  }
  FarLoginRequest named = request();
  named.xclient = "ADDR=192.0.2.1";
  begin(std::move(named));
  hear("+OK ready\r\n");
  EXPECT_EQ(hear(kCapa), kAuth);
}

TEST_F(FarLoginTest, SaysUtf8WhereItHolds) {
  FarLoginRequest utf8 = request();
  utf8.utf8 = true;
  begin(std::move(utf8));
  hear("+OK ready\r\n");
  EXPECT_EQ(hear("+OK\r\nUTF8\r\nSASL PLAIN\r\n.\r\n"), "UTF8\r\n");
  EXPECT_EQ(hear("+OK\r\n"), kAuth);
}

struct Meaning {
  std::string_view reply;
  LoginFailure failure;
};
constexpr Meaning kMeanings[] = {
    {"-ERR [AUTH] no\r\n", LoginFailure::kWrong},
    {"-ERR Authentication failed.\r\n", LoginFailure::kWrong},
    {"-ERR [IN-USE] busy\r\n", LoginFailure::kInUse},
    {"-ERR [LOGIN-DELAY] wait\r\n", LoginFailure::kTooSoon},
    {"-ERR [SYS/TEMP] later\r\n", LoginFailure::kTemporary},
    {"-ERR [SYS/PERM] never\r\n", LoginFailure::kPermanent},
    {"-ERR [ELSE] what\r\n", LoginFailure::kTemporary},
    {"-ERR temporarily unavailable, try again later\r\n", LoginFailure::kTemporary},
    {"+ \r\n", LoginFailure::kTemporary},
    {"* what\r\n", LoginFailure::kTemporary},
};

TEST_F(FarLoginTest, TakesOnlyWhatIsSaidToBeWrongForWrong) {
  for (const Meaning& meaning : kMeanings) {
    begin(request());
    hear("+OK ready\r\n");
    hear(kCapa);
    hear(meaning.reply);
    EXPECT_EQ(step_, Step::kFailed) << meaning.reply;
    EXPECT_EQ(login_->failure(), meaning.failure) << meaning.reply;
  }
  // It promises a code for wrong ones, so this is something else.
  begin(request());
  hear("+OK ready\r\n");
  hear("+OK\r\nUSER\r\nAUTH-RESP-CODE\r\n.\r\n");
  hear("+OK\r\n");
  hear("-ERR cannot\r\n");
  EXPECT_EQ(login_->failure(), LoginFailure::kTemporary);
}

TEST_F(FarLoginTest, IsBounded) {
  begin(request());
  hear("+OK ready\r\n");
  std::string capa = "+OK\r\n";
  for (int i = 0; i < 101; ++i) capa += "X\r\n";
  hear(capa);
  EXPECT_EQ(step_, Step::kFailed);
  begin(request());
  hear(std::string(100000, 'x'));
  EXPECT_EQ(step_, Step::kFailed);
}

}  // namespace
}  // namespace restante::pop3
