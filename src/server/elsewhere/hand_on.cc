#include "server/elsewhere/hand_on.h"

#include <sys/socket.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/limits.h"
#include "mail/wire_codec.h"
#include "server/common/log.h"
#include "server/outgoing/outgoing.h"

namespace restante::server {
namespace {

constexpr auto kIntakeConnectTime = std::chrono::seconds(10);
constexpr std::size_t kPieceBytes = 64U << 10;
constexpr std::size_t kReplyBytes = 4096;
// Two servers that hand on to each other hold a connection for each round, so the limit is small.
constexpr std::size_t kReceivedMax = 25;

bool is_on_this_machine(const files::Descriptor& socket, net::Endpoint& there) {
  net::SocketAddress address;
  address.length = sizeof address.storage;
  auto* const bytes = reinterpret_cast<sockaddr*>(&address.storage);
  // Not known where it goes: then it counts as far, and needs TLS.
  if (::getpeername(socket.number(), bytes, &address.length) != 0) return false;
  there = net::from_socket_address(address.storage);
  return there.is_loopback();
}

net::Task<Status> send_body(SessionContext& context, net::Connection& connection,
                            const MailToHandOn& mail) {
  std::string piece;
  std::uint64_t at = 0;
  Status status = ok();
  while (status && at < mail.body.size()) {
    piece.resize(std::min<std::uint64_t>(kPieceBytes, mail.body.size() - at));
    auto work = [&mail, &piece, at] {
      return mail.body.read(at, std::as_writable_bytes(std::span(piece)));
    };
    at += piece.size();
    // A body in memory needs no thread that may block.
    if (mail.body_is_near)
      status = work();
    else
      status = co_await context.services.disk_pool.run_for(net::Errand::kMail, mail.source, work);
    if (status) status = co_await connection.send(piece);
  }
  co_return status;
}

/// Received, the mail, and its end.
net::Task<Status> send_mail(SessionContext& context, net::Connection& connection,
                            const MailToHandOn& mail, std::string received) {
  Status status = co_await connection.send(received);
  if (status) status = co_await send_body(context, connection, mail);
  std::string end(mail::kFinalDot);
  if (status) status = co_await connection.send(end);
  co_return status;
}

struct Talk {
  SessionContext& context;
  net::Connection& connection;
  FarIntake& intake;
  const MailToHandOn& mail;
  std::string received;
};

/// One step of it.
net::Task<Status> perform(Talk& talk, smtp::MailClient& client, smtp::MailClient::Step step) {
  net::Connection& connection = talk.connection;
  Status status = co_await connection.send(client.output());
  if (!status) co_return status;
  switch (step) {
    case smtp::MailClient::Step::kNeedInput: status = co_await connection.fill(); break;
    case smtp::MailClient::Step::kStartTls:
      status = co_await connection.start_client_tls(talk.intake.tls);
      if (status) client.tls_started();
      break;
    case smtp::MailClient::Step::kSendMessage:
      status = co_await send_mail(talk.context, connection, talk.mail, talk.received);
      // A connection that broke meanwhile leaves it open, too: the end may have gone out.
      client.message_sent();
      break;
    case smtp::MailClient::Step::kReady:
    case smtp::MailClient::Step::kOver: break;
  }
  co_return status;
}

net::Task<Status> run(Talk& talk, smtp::MailClient& client, smtp::MailRequest request) {
  std::optional<smtp::MailRequest> to_give = std::move(request);
  for (;;) {
    const auto step = client.advance(talk.connection.input());
    if (step == smtp::MailClient::Step::kOver) co_return ok();
    if (step == smtp::MailClient::Step::kReady) {
      if (!to_give) break;
      client.next(*std::exchange(to_give, std::nullopt));
      continue;
    }
    const Status status = co_await perform(talk, client, step);
    if (!status) co_return status;
  }
  client.quit();
  co_return co_await talk.connection.send(client.output());
}

void report(const MailToHandOn& mail, FarIntake& intake, const std::vector<std::string>& recipients,
            const std::vector<smtp::MailAnswer>& answers) {
  // One line a recipient, since each has its own answer in LMTP.
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const bool taken = answers[i].kind == smtp::MailAnswer::Kind::kTaken;
    (taken ? intake.mails : intake.failures).add();
    const std::string& said = answers[i].said;
    if (taken)
      spdlog::info("mail={} handed on route={} recipient={} reply={}", mail.trace.id, intake.name,
                   for_log(recipients[i]), for_log(said));
    else
      spdlog::warn("mail={} not handed on route={} recipient={} reason={}", mail.trace.id,
                   intake.name, for_log(recipients[i]), for_log(said));
  }
}

smtp::MailHost host_of(const MailToHandOn& mail, bool is_near) {
  smtp::MailHost out;
  out.hostname = mail.trace.hostname;
  if (is_near) out.tls = smtp::MailHost::Tls::kIfOffered;
  return out;
}

smtp::MailRequest request_of(const MailToHandOn& mail, const std::vector<std::string>& recipients) {
  smtp::MailRequest out;
  out.sender = mail.envelope.sender;
  out.recipients = recipients;
  out.octets = mail.octets;
  out.smtputf8 = mail.envelope.smtputf8;
  out.keep_uid = mail.envelope.uid;
  return out;
}

net::Task<Result<files::Descriptor>> connect(SessionContext& context, const FarIntake& intake) {
  Outgoing* const outgoing = context.services.outgoing;
  if (outgoing == nullptr) co_return Error(Errc::kState, "no process for outgoing connections");
  net::Worker& worker = context.connection.worker();
  auto socket = co_await outgoing->connect(worker, intake.place, kIntakeConnectTime);
  co_return socket;
}

}  // namespace

net::Task<std::vector<smtp::MailAnswer>> hand_on(SessionContext& context, FarIntake& intake,
                                                 const MailToHandOn& mail,
                                                 std::vector<std::string> recipients) {
  std::vector<smtp::MailAnswer> answers(recipients.size());
  auto socket = co_await connect(context, intake);
  if (!socket) {
    for (smtp::MailAnswer& answer : answers) answer.said = socket.error().message();
    report(mail, intake, recipients, answers);
    co_return answers;
  }
  net::Endpoint there;
  const bool is_near = is_on_this_machine(*socket, there);
  net::Connection connection(context.connection.worker(), std::move(*socket), there, kReplyBytes);
  // Its sender waits for us with a timeout of ten minutes (RFC 5321 s.4.5.3.2.6).
  connection.bound_total(limits::kEnvelopeTime);
  // RFC 5321 s.4.4 has one address in "for", and several would tell the recipients of each other.
  const std::string named = recipients.size() == 1 ? recipients.front() : std::string();
  Talk talk{context, connection, intake, mail, mail::make_received(mail.trace, named, mail.now)};
  smtp::MailClient client(host_of(mail, is_near));
  smtp::MailRequest request = request_of(mail, recipients);
  const Status status = co_await run(talk, client, std::move(request));
  connection.finish();
  if (!status) client.lost(status.error().message());
  // None: the server has not even come so far that the mail was its first.
  if (!client.answers().empty()) answers = client.answers();
  for (smtp::MailAnswer& answer : answers)
    if (answer.said.empty()) answer.said = client.trouble();
  report(mail, intake, recipients, answers);
  co_return answers;
}

bool goes_round(std::string_view beginning) {
  constexpr std::string_view kName = "received:";
  std::size_t count = 0;
  while (!beginning.empty() && !beginning.starts_with("\r\n")) {
    // The sender hears of it at once: a loop ends with a bounce, and not with a full disk.
    if (starts_with_ignore_case(beginning, kName) && ++count > kReceivedMax) return true;
    const std::size_t end = beginning.find("\r\n");
    beginning.remove_prefix(end == beginning.npos ? beginning.size() : end + 2);
  }
  return false;
}

}  // namespace restante::server
