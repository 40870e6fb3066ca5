// What other servers say to us when a session or a mail is passed on, on any bytes: the login at a
// POP3 server and the delivery to an LMTP or an SMTP server. Whole and in pieces it comes to the
// same; nothing is sent in the clear, no user is logged in without a +OK, and nothing is delivered
// without a 250.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/check.h"
#include "pop3/far_login.h"
#include "smtp/mail_client.h"

namespace {

namespace pop3 = restante::pop3;
namespace smtp = restante::smtp;

constexpr std::string_view kPassword = "secret-of-alice";

struct Outcome {
  std::string said;
  int end = 0;
  std::string why;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// `Talk` is fed in pieces until it is over, and says what it has come to.
template <typename Talk>
Outcome hold(Talk& talk, std::string_view stream, std::size_t step) {
  std::size_t at = 0;
  while (at < stream.size() && !talk.is_over()) {
    std::string_view piece = stream.substr(at, step);
    const std::size_t size = piece.size();
    while (!piece.empty() && !talk.is_over()) talk.advance(piece);
    at += size - piece.size();
  }
  return talk.outcome();
}

class Login {
 public:
  explicit Login(bool has_tls) : has_tls_(has_tls), login_(request(has_tls)) {}
  [[nodiscard]] bool is_over() const { return over_; }
  void advance(std::string_view& input) {
    using Step = pop3::FarLogin::Step;
    const Step step = login_.advance(input);
    const std::string& output = login_.output();
    // Neither as it is nor in base64.
    RESTANTE_CHECK(has_tls_ || (output.find(kPassword) == output.npos &&
                                output.find("AUTH PLAIN ") == output.npos));
    said_ += output;
    login_.output().clear();
    if (step == Step::kStartTls) {
      has_tls_ = true;
      input = {};
      login_.tls_started();
    }
    over_ = step == Step::kLoggedIn || step == Step::kFailed;
    RESTANTE_CHECK(login_.is_logged_in() == (step == Step::kLoggedIn));
  }
  [[nodiscard]] Outcome outcome() const {
    return {said_,
            over_ ? 1 + static_cast<int>(login_.failure()) + (login_.is_logged_in() ? 16 : 0) : 0,
            login_.reason()};
  }

 private:
  static pop3::FarLoginRequest request(bool has_tls) {
    pop3::FarLoginRequest out;
    out.name = "alice@example.test";
    out.password = restante::SecretString(kPassword);
    out.has_tls = has_tls;
    out.utf8 = true;
    out.xclient = "ADDR=192.0.2.1";
    return out;
  }
  bool has_tls_;
  bool over_ = false;
  pop3::FarLogin login_;
  std::string said_;
};

class Delivery {
 public:
  explicit Delivery(std::uint8_t choice) : client_(host(choice)) {
    std::string_view nothing;
    if (client_.advance(nothing) == smtp::MailClient::Step::kReady) client_.next(request());
  }
  [[nodiscard]] bool is_over() const { return over_; }
  void advance(std::string_view& input) {
    using Step = smtp::MailClient::Step;
    const Step step = client_.advance(input);
    said_ += client_.output();
    client_.output().clear();
    check_answers();
    if (step == Step::kSendMessage) sent_ = true;
    if (step == Step::kSendMessage) client_.message_sent();
    if (step == Step::kStartTls) {
      input = {};
      client_.tls_started();
    }
    if (step == Step::kReady) begin_another();
    over_ = step == Step::kOver || mails_ > kMailsMax;
  }
  [[nodiscard]] Outcome outcome() const {
    Outcome out{said_, over_ ? 1 : 0, client_.trouble()};
    out.why += ended_;
    for (const smtp::MailAnswer& answer : client_.answers()) out.why += told(answer);
    return out;
  }

 private:
  static constexpr int kMailsMax = 3;

  static smtp::MailHost host(std::uint8_t choice) {
    smtp::MailHost out;
    out.dialect = (choice & 2U) != 0 ? smtp::Dialect::kSmtp : smtp::Dialect::kLmtp;
    out.hostname = "mail.example.test";
    out.tls = smtp::MailHost::Tls::kIfOffered;
    out.is_greeted = (choice & 4U) != 0;
    return out;
  }
  static smtp::MailRequest request() {
    smtp::MailRequest out;
    out.recipients = {"a@example.test", "b@example.test"};
    return out;
  }
  static std::string told(const smtp::MailAnswer& answer) {
    return std::to_string(static_cast<int>(answer.kind)) + to_text(answer) + "|";
  }
  /// A reply is of the mail that was sent, and of no other.
  void check_answers() {
    using Kind = smtp::MailAnswer::Kind;
    for (const smtp::MailAnswer& answer : client_.answers()) {
      RESTANTE_CHECK(sent_ || (answer.kind != Kind::kTaken && answer.kind != Kind::kUnanswered));
      RESTANTE_CHECK(answer.kind != Kind::kTaken || answer.said.starts_with("2"));
    }
  }
  void begin_another() {
    for (const smtp::MailAnswer& answer : client_.answers()) {
      RESTANTE_CHECK(!answer.said.empty());
      ended_ += told(answer);
    }
    sent_ = false;
    if (++mails_ <= kMailsMax) client_.next(request());
  }

  bool over_ = false;
  bool sent_ = false;
  int mails_ = 0;
  std::string ended_;
  smtp::MailClient client_;
  std::string said_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
  // Where TLS begins, what was sent before it is forgotten: pieces then differ by right.
  const bool stls = stream.find("STLS") != stream.npos || stream.find("stls") != stream.npos;
  for (const std::size_t step : {size, std::size_t{1}, std::size_t{7}}) {
    Login whole((data[0] & 1U) != 0);
    Login pieces((data[0] & 1U) != 0);
    const bool same = hold(whole, stream, size) == hold(pieces, stream, step);
    RESTANTE_CHECK(same || stls);
  }
  const bool tls = restante::to_upper(stream).find("TLS") != stream.npos;
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}}) {
    Delivery whole(data[0]);
    Delivery pieces(data[0]);
    const bool same = hold(whole, stream, size) == hold(pieces, stream, step);
    RESTANTE_CHECK(same || tls);
  }
  return 0;
}
