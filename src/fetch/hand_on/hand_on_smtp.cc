// Hands messages on by SMTP or LMTP: the dialogue is smtp/mail_client.h's. For SMTP libcurl has
// opened the connection, encrypted it and logged in.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/ascii.h"
#include "fetch/hand_on/hand_on_target.h"
#include "fetch/hand_on/mail_link.h"
#include "mail/address.h"
#include "mail/wire_codec.h"
#include "smtp/mail_client.h"

namespace restante::fetch {
namespace {

using smtp::MailAnswer;
using smtp::MailClient;
using Step = MailClient::Step;

// RFC 5321 s.4.5.3.2: how long a server may take for libcurl's part, and for a block of a message.
constexpr std::chrono::seconds kGreetingTime{300};
constexpr std::chrono::seconds kBlockTime{180};
// A server that closes while the message is sent may have said why.
constexpr std::chrono::seconds kLastWords{5};

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
  return name.data();
}

bool is_safe(std::string_view address) {
  return std::none_of(address.begin(), address.end(),
                      [](char c) { return is_control(c) || c == '<' || c == '>'; });
}

/// A configured address may be in quotes already.
std::string plain_form(const std::string& address) {
  const auto mailbox = mail::parse_mailbox(address);
  return mailbox ? mailbox->plain() : address;
}

class SmtpSession : public HandOnSession {
 public:
  explicit SmtpSession(const HandOnTask& task) : task_(task) {}
  ~SmtpSession() override {
    // Mail that is taken stays taken, also when the goodbye fails.
    if (!client_) return;
    client_->quit();
    is_short_ = true;
    static_cast<void>(talk(nullptr));
  }
  SmtpSession(const SmtpSession&) = delete;
  SmtpSession& operator=(const SmtpSession&) = delete;

  HandOnVerdict give(const HandOnMessage& message) override {
    if (!is_safe(task_.target.sender) || !is_safe(task_.target.recipient))
      return down("the configured sender or recipient is no address");
    if (client_) {
      HandOnVerdict verdict = offer(message);
      // A server may end a connection between two messages; that says nothing of the second.
      if (verdict.kind != HandOnVerdict::Kind::kDown) return verdict;
      if (task_.stop.raised()) return {HandOnVerdict::Kind::kStopped, "stopped"};
    }
    if (HandOnVerdict verdict = connect(); verdict.kind != HandOnVerdict::Kind::kTaken)
      return verdict;
    return offer(message);
  }

 private:
  HandOnVerdict connect() {
    const bool is_lmtp = task_.target.kind == profile::HandOn::Kind::kLmtp;
    LinkResult opened =
        is_lmtp ? link_by_stream(task_) : link_by_curl(task_, time_for(kGreetingTime));
    if (!opened.link) return std::move(opened.verdict);
    link_ = std::move(opened.link);
    smtp::MailHost host;
    host.dialect = is_lmtp ? smtp::Dialect::kLmtp : smtp::Dialect::kSmtp;
    host.hostname = host_name();
    host.tls = smtp::MailHost::Tls::kNever;
    host.is_greeted = !is_lmtp;
    client_.emplace(std::move(host));
    input_ = {};
    is_stopped_ = is_short_ = false;
    if (talk(nullptr) == Step::kReady) return taken();
    const HandOnVerdict verdict = is_stopped_
                                      ? HandOnVerdict{HandOnVerdict::Kind::kStopped, "stopped"}
                                      : down(client_->trouble());
    close();
    return verdict;
  }

  /// kDown: it was not offered.
  HandOnVerdict offer(const HandOnMessage& message) {
    smtp::MailRequest request;
    request.sender = plain_form(task_.target.sender);
    request.recipients = {plain_form(task_.target.recipient)};
    request.octets = message.octets();
    client_->next(std::move(request));
    is_sent_ = false;
    const Step step = talk(&message);
    HandOnVerdict verdict = verdict_of(client_->answers().front());
    // The sender and the recipient are those of every message: what is refused there is refused to
    // all of them.
    if (step == Step::kOver || !is_sent_) close();
    return verdict;
  }

  HandOnVerdict verdict_of(const MailAnswer& answer) const {
    switch (answer.kind) {
      case MailAnswer::Kind::kTaken: return taken();
      case MailAnswer::Kind::kUnanswered: return unanswered(answer.said);
      case MailAnswer::Kind::kDown:
      case MailAnswer::Kind::kLater:
      case MailAnswer::Kind::kRefused: break;
    }
    if (is_stopped_) return {HandOnVerdict::Kind::kStopped, "stopped"};
    if (!is_sent_) return down(to_text(answer));
    return answer.kind == MailAnswer::Kind::kRefused ? refused(to_text(answer))
                                                     : later(to_text(answer));
  }

  /// Until there is no mail under way, or the connection is over.
  Step talk(const HandOnMessage* message) {
    for (;;) {
      const Step step = client_->advance(input_);
      link_->set_timeout(patience());
      if (const Status written = flush(); !written)
        lose(written.error());
      else if (step == Step::kReady || step == Step::kOver)
        return step;
      else if (step == Step::kSendMessage)
        send(*message);
      else
        read();
    }
  }

  Status flush() {
    const std::string output = std::exchange(client_->output(), {});
    return output.empty() ? ok() : link_->write(output);
  }

  void read() {
    const auto more = link_->read();
    if (more)
      input_ = *more;
    else
      lose(more.error());
  }

  void send(const HandOnMessage& message) {
    is_sent_ = true;
    link_->set_timeout(time_for(kBlockTime));
    const Status sent = send_body(message);
    if (sent) return client_->message_sent();
    if (sent.error().code == Errc::kState) return lose(sent.error());
    client_->message_cut(reason_of(sent.error(), "the message"));
    is_short_ = true;
    const bool may_have_said_why =
        sent.error().code == Errc::kClosed || sent.error().code == Errc::kIo;
    if (!may_have_said_why) client_->lost(client_->trouble());
  }

  Status send_body(const HandOnMessage& message) {
    // Many servers end a line at a bare LF, too: a message with LF . LF in it would end there for
    // them, and what follows would be commands (SMTP smuggling). RFC 5321 s.2.3.8 has no bare LF.
    mail::DotStuffer stuffer(mail::BareLf::kToCrlf);
    std::string out;
    RESTANTE_CHECKED(message.send([&](std::string_view octets) -> Status {
      stuffer.write(octets, out);
      Status written = link_->write(out);
      out.clear();
      return written;
    }));
    stuffer.finish(out);
    out += mail::kFinalDot;
    return link_->write(out);
  }

  void lose(const Error& error) {
    is_stopped_ = is_stopped_ || error.code == Errc::kState;
    client_->lost(reason_of(error, client_->awaited()));
  }

  void close() {
    client_.reset();
    link_.reset();
  }

  /// A configured time shortens what comes before the message is sent, and nothing else: who gives
  /// up on an answer has the message delivered twice.
  [[nodiscard]] std::chrono::seconds time_for(std::chrono::seconds usual) const {
    return task_.target.timeout.count() > 0 ? task_.target.timeout : usual;
  }
  [[nodiscard]] std::chrono::seconds patience() const {
    if (is_short_) return kLastWords;
    return is_sent_ ? patience_with(task_.target) : time_for(client_->patience());
  }

  const HandOnTask& task_;
  std::unique_ptr<MailLink> link_;
  std::optional<MailClient> client_;  // There is one as long as a link.
  std::string_view input_;            // What the link has read and the client has not.
  bool is_sent_ = false;              // The server has asked for the message.
  bool is_short_ = false;             // Nothing of weight is to come.
  bool is_stopped_ = false;           // By us.
};

}  // namespace

std::unique_ptr<HandOnSession> smtp_session(const HandOnTask& task) {
  return std::make_unique<SmtpSession>(task);
}

}  // namespace restante::fetch
