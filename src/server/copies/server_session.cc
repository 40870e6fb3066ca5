#include "server/copies/server_session.h"

#include "dial/stream.h"
#include "mail/wire_codec.h"
#include "smtp/mail_client.h"

namespace restante::server {
namespace {

using Kind = CopyVerdict::Kind;
using Step = smtp::MailClient::Step;

constexpr auto kCopyConnectTime = std::chrono::seconds(10);
constexpr std::size_t kSentBytes = 64U << 10;

CopyVerdict verdict_of(const smtp::MailAnswer& answer) {
  using Answer = smtp::MailAnswer::Kind;
  const std::string said = to_text(answer);
  switch (answer.kind) {
    case Answer::kTaken: return {Kind::kTaken, said};
    case Answer::kLater: return {Kind::kLater, said};
    case Answer::kRefused: return {Kind::kRefused, said};
    case Answer::kUnanswered: return {Kind::kUnanswered, said};
    case Answer::kDown: break;
  }
  return {Kind::kDown, said};
}

class ServerSession : public CopySession {
 public:
  ServerSession(Outgoing& outgoing, const CopyServer& server, std::string hostname,
                const net::StopSignal& stop)
      : outgoing_(outgoing), server_(server), hostname_(std::move(hostname)), stop_(stop) {}

  ~ServerSession() override {
    if (!is_ready_) return;
    client_->quit();
    // Its answer matters to no message, so the server's end does not wait for it.
    static_cast<void>(stream_->write(client_->output()));
  }

  CopyVerdict give(const CopyMessage& message) override {
    const bool is_kept = is_ready_;
    CopyVerdict verdict = offer(message);
    // A server may end a connection between two messages; that says nothing of the second.
    if (verdict.kind == Kind::kDown && is_kept && !is_ready_) verdict = offer(message);
    if (stop_.raised() && verdict.kind != Kind::kTaken) verdict.kind = Kind::kStopped;
    return verdict;
  }

 private:
  CopyVerdict offer(const CopyMessage& message) {
    if (!is_ready_)
      if (const Status opened = open(); !opened) return {Kind::kDown, opened.error().message()};
    is_ready_ = false;
    unread_why_.reset();
    run(message);
    if (unread_why_) return unreadable(*unread_why_);
    if (client_->answers().empty()) return {Kind::kDown, client_->trouble()};
    return verdict_of(client_->answers().front());
  }

  Status open() {
    RESTANTE_TRY(auto socket, outgoing_.connect(server_.place, kCopyConnectTime));
    stream_ = net::ClientStream::adopt(std::move(socket), stop_);
    unread_.clear();
    smtp::MailHost host;
    const bool is_lmtp = server_.target.kind == copies::Target::Kind::kLmtp;
    host.dialect = is_lmtp ? smtp::Dialect::kLmtp : smtp::Dialect::kSmtp;
    host.hostname = hostname_;
    using Tls = smtp::MailHost::Tls;
    host.tls = Tls::kNeeded;
    // Servers of this machine have certificates of their own making; no stranger is between.
    if (stream_->is_loopback()) host.tls = server_.has_authority ? Tls::kIfOffered : Tls::kNever;
    client_.emplace(std::move(host));
    return ok();
  }

  /// Until the message has its answer, or the connection is of no more use.
  void run(const CopyMessage& message) {
    bool is_asked = false;
    for (;;) {
      std::string_view input = unread_;
      const Step step = client_->advance(input);
      unread_.erase(0, unread_.size() - input.size());
      if (step == Step::kReady && is_asked) {
        is_ready_ = true;
        return;
      }
      if (step == Step::kReady) {
        client_->next(request_for(message));
        is_asked = true;
        continue;
      }
      const Status sent = send_output();
      if (step == Step::kOver) return;
      if (const Status done = sent ? perform(step, message) : sent; !done) lost(step, done.error());
    }
  }

  Status perform(Step step, const CopyMessage& message) {
    switch (step) {
      case Step::kNeedInput: return read_more();
      case Step::kStartTls: return start_tls();
      case Step::kSendMessage:
        RESTANTE_CHECKED(send_message(message));
        client_->message_sent();
        break;
      case Step::kReady:
      case Step::kOver: break;
    }
    return ok();
  }

  void lost(Step step, const Error& error) {
    const std::string why = error.message();
    if (step != Step::kSendMessage) return client_->lost(why);
    client_->message_cut(why);
    // The server may have said why it closed; a server that says nothing is not waited for.
    stream_->set_timeout(kCopyConnectTime);
    if (unread_why_ || !read_more()) client_->lost(why);
  }

  Status send_output() {
    stream_->set_timeout(client_->patience());
    const Status sent = stream_->write(client_->output());
    client_->output().clear();
    return sent;
  }

  Status read_more() {
    RESTANTE_TRY(const std::string_view more, stream_->read());
    unread_ += more;
    return ok();
  }

  Status start_tls() {
    net::ClientTls tls;
    tls.server_name = server_.place.host;
    tls.authorities = server_.tls->authorities();
    tls.after_stls = true;
    RESTANTE_CHECKED(stream_->start_tls(tls));
    client_->tls_started();
    return ok();
  }

  /// What is read from the maildrop is checked at its end, so damage leaves the message without its
  /// final dot, and the target without the message.
  Status send_message(const CopyMessage& message) {
    RESTANTE_CHECKED(stream_->write(message.beginning));
    std::string piece(kSentBytes, '\0');
    for (;;) {
      const auto got = message.rest.read(std::as_writable_bytes(std::span(piece)));
      if (!got) {
        unread_why_ = got.error();
        return got.error();
      }
      if (*got == 0) break;
      RESTANTE_CHECKED(stream_->write(std::string_view(piece).substr(0, *got)));
    }
    return stream_->write(mail::kFinalDot);
  }

  [[nodiscard]] static smtp::MailRequest request_for(const CopyMessage& message) {
    smtp::MailRequest out;
    out.sender = message.mail.sender;
    out.recipients = {message.recipient};
    out.octets = message.octets();
    out.smtputf8 = message.info.flags.utf8_header;
    if (message.keep_id) out.keep_uid = message.uid;
    return out;
  }

  Outgoing& outgoing_;
  const CopyServer& server_;
  const std::string hostname_;
  const net::StopSignal& stop_;
  std::unique_ptr<net::ClientStream> stream_;
  std::optional<smtp::MailClient> client_;
  std::string unread_;
  bool is_ready_ = false;            ///< The connection waits for the next message.
  std::optional<Error> unread_why_;  ///< Why the message under way cannot be read; nullopt: it can.
};

}  // namespace

std::unique_ptr<CopySession> make_server_session(Outgoing& outgoing, const CopyServer& server,
                                                 const std::string& hostname,
                                                 const net::StopSignal& stop) {
  return std::make_unique<ServerSession>(outgoing, server, hostname, stop);
}

}  // namespace restante::server
