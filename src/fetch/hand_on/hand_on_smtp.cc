// Hands messages on by SMTP or LMTP.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/numbers.h"
#include "fetch/hand_on/hand_on_target.h"
#include "fetch/hand_on/mail_link.h"
#include "mail/wire_codec.h"

namespace restante::fetch {
namespace {

constexpr int kLinesMax = 100;  // Of one reply.
constexpr std::size_t kReplyTextMax = 500;

// RFC 5321 s.4.5.3.2: how long a server may take.
constexpr std::chrono::seconds kSmtpCommandTime{300};
constexpr std::chrono::seconds kDataTime{120};
constexpr std::chrono::seconds kBlockTime{180};
// A server that closes while the message is sent may have said why.
constexpr std::chrono::seconds kLastWords{5};

/// A reply: its code and its text, of all lines.
struct Reply {
  unsigned code = 0;
  std::string text;

  [[nodiscard]] bool ok() const { return code >= 200 && code < 400; }
};

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
  return name.data();
}

bool is_safe(std::string_view address) {
  return std::none_of(address.begin(), address.end(),
                      [](char c) { return is_control(c) || c == '<' || c == '>'; });
}

std::string told(std::string_view step, const Reply& reply) {
  return fmt::format("{}: {} {}", step, reply.code, reply.text);
}

class SmtpSession : public HandOnSession {
 public:
  explicit SmtpSession(const HandOnTask& task) : task_(task) {}
  ~SmtpSession() override {
    // Mail that is taken stays taken, also when the goodbye fails.
    if (!link_) return;
    link_->set_timeout(kLastWords);
    if (link_->write("QUIT\r\n")) static_cast<void>(reply());
  }

  HandOnVerdict give(const HandOnMessage& message) override {
    if (!is_safe(task_.target.sender) || !is_safe(task_.target.recipient))
      return down("the configured sender or recipient is no address");
    if (link_) {
      // A server may end a connection between two messages; that says nothing of the second.
      if (Status status = envelope(); status) return send(message);
      link_.reset();
      if (task_.stop.raised()) return {HandOnVerdict::Kind::kStopped, "stopped"};
    }
    if (HandOnVerdict verdict = connect(); verdict.kind != HandOnVerdict::Kind::kTaken)
      return verdict;
    if (Status status = envelope(); !status) {
      link_.reset();
      if (status.error().code == Errc::kState) return {HandOnVerdict::Kind::kStopped, "stopped"};
      return down(status.error().detail);
    }
    return send(message);
  }

 private:
  /// A configured time shortens what comes before the message is sent, and nothing else: who gives
  /// up on an answer has the message delivered twice.
  [[nodiscard]] std::chrono::seconds time_for(std::chrono::seconds usual) const {
    return task_.target.timeout.count() > 0 ? task_.target.timeout : usual;
  }

  HandOnVerdict connect() {
    const bool lmtp = task_.target.kind == profile::HandOn::Kind::kLmtp;
    LinkResult opened =
        lmtp ? link_by_stream(task_) : link_by_curl(task_, time_for(kSmtpCommandTime));
    if (!opened.link) return std::move(opened.verdict);
    link_ = std::move(opened.link);
    Status status = ok();
    if (lmtp) status = expect("greeting", kSmtpCommandTime);
    if (lmtp && status) status = command("LHLO " + host_name(), kSmtpCommandTime);
    if (status) return taken();
    link_.reset();
    if (status.error().code == Errc::kState) return {HandOnVerdict::Kind::kStopped, "stopped"};
    return down(status.error().detail);
  }

  /// The sender and the recipient are those of every message: what is refused here is refused to
  /// all of them, and none was offered.
  Status envelope() {
    RESTANTE_CHECKED(command("MAIL FROM:<" + task_.target.sender + ">", kSmtpCommandTime));
    RESTANTE_CHECKED(command("RCPT TO:<" + task_.target.recipient + ">", kSmtpCommandTime));
    return command("DATA", kDataTime);
  }

  /// RFC 2033 s.4.2: after the final dot there is one reply for each recipient, here one.
  HandOnVerdict send(const HandOnMessage& message) {
    link_->set_timeout(time_for(kBlockTime));
    if (Status sent = send_body(message); !sent) return broken(sent.error());
    link_->set_timeout(patience_with(task_.target));
    const Result<Reply> last = reply();
    if (!last) {
      link_.reset();
      return unanswered(reason_of(last.error(), "the end of the message"));
    }
    if (last->ok()) return taken();
    // The server closes after it (RFC 5321 s.3.8): the next message begins a connection of its own.
    if (last->code == 421) link_.reset();
    return last->code >= 500 ? refused(told("the message", *last))
                             : later(told("the message", *last));
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

  HandOnVerdict broken(const Error& error) {
    HandOnVerdict verdict = error.code == Errc::kState
                                ? HandOnVerdict{HandOnVerdict::Kind::kStopped, "stopped"}
                                : later(reason_of(error, "the message"));
    if (error.code == Errc::kClosed || error.code == Errc::kIo) {
      link_->set_timeout(kLastWords);
      const Result<Reply> words = reply();
      if (words && words->code >= 400)
        verdict = words->code >= 500 ? refused(told("the message", *words))
                                     : later(told("the message", *words));
    }
    link_.reset();
    return verdict;
  }

  Status command(const std::string& line, std::chrono::seconds usual) {
    link_->set_timeout(time_for(usual));
    if (Status sent = link_->write(line + "\r\n"); !sent)
      return Error(sent.error().code, reason_of(sent.error(), line));
    return expect(line, usual);
  }

  Status expect(const std::string& step, std::chrono::seconds usual) {
    link_->set_timeout(time_for(usual));
    const Result<Reply> got = reply();
    if (!got) return Error(got.error().code, reason_of(got.error(), step));
    return got->ok() ? ok() : Status(Error(Errc::kAuth, told(step, *got)));
  }

  Result<Reply> reply() {
    Reply reply;
    for (int i = 0; i < kLinesMax; ++i) {
      RESTANTE_TRY(const std::string line, link_->read_line());
      const Result<unsigned> code = parse_decimal<unsigned>(line.substr(0, 3));
      if (!code || line.size() < 3)
        return Error(Errc::kSyntax,
                     "this is no reply of a mail server: " + line.substr(0, kReplyTextMax));
      reply.code = *code;
      if (line.size() > 4 && reply.text.size() < kReplyTextMax)
        reply.text += (reply.text.empty() ? "" : " ") + line.substr(4, kReplyTextMax);
      if (line.size() <= 3 || line[3] != '-') return reply;
    }
    return Error(Errc::kLimit, "a reply that does not end");
  }

  const HandOnTask& task_;
  std::unique_ptr<MailLink> link_;
};

}  // namespace

std::unique_ptr<HandOnSession> smtp_session(const HandOnTask& task) {
  return std::make_unique<SmtpSession>(task);
}

}  // namespace restante::fetch
