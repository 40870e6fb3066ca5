#include "server/elsewhere/far_pop3.h"

#include <sys/socket.h>

#include "pop3/far_login.h"
#include "server/elsewhere/client_words.h"
#include "server/outgoing/outgoing.h"

namespace restante::server {
namespace {

constexpr auto kConnectTime = std::chrono::seconds(10);
// With the connection less than limits.login_timeout, so that the client hears the reason.
constexpr auto kLoginTime = std::chrono::seconds(30);
// Passed on at once.
constexpr std::size_t kReadBytes = 32U << 10;

FarSession failed(std::string reason, pop3::LoginFailure failure = pop3::LoginFailure::kTemporary) {
  FarSession out;
  out.failure = failure;
  out.reason = std::move(reason);
  return out;
}

net::Endpoint end_of(const files::Descriptor& socket, bool ours) {
  net::SocketAddress address;
  address.length = sizeof address.storage;
  auto* const bytes = reinterpret_cast<sockaddr*>(&address.storage);
  const int got = ours ? ::getsockname(socket.number(), bytes, &address.length)
                       : ::getpeername(socket.number(), bytes, &address.length);
  return got == 0 ? net::from_socket_address(address.storage) : net::Endpoint();
}
// A zero port and no host: the header is LOCAL then, and the session works all the same.

/// A string that was sent is empty, and holds its octets still: they are wiped.
net::Task<Status> send_and_wipe(net::Connection& connection, std::string& secret) {
  const std::size_t octets = secret.size();
  Status status = co_await connection.send(secret);
  secret.resize(octets);
  wipe(secret);
  co_return status;
}

/// Sends the lines of the login, and reads the answers.
net::Task<Status> run_login(net::Connection& connection, pop3::FarLogin& login, FarServer& server) {
  for (;;) {
    const auto step = login.advance(connection.input());
    Status status = ok();
    if (!login.output().empty()) status = co_await send_and_wipe(connection, login.output());
    if (!status) co_return status;
    switch (step) {
      case pop3::FarLogin::Step::kNeedInput: status = co_await connection.fill(); break;
      case pop3::FarLogin::Step::kStartTls:
        status = co_await connection.start_client_tls(server.tls);
        if (status) login.tls_started();
        break;
      case pop3::FarLogin::Step::kLoggedIn:
      case pop3::FarLogin::Step::kFailed: co_return ok();
    }
    if (!status) co_return status;
    // What was there before TLS is gone; the first line inside it is ready.
    if (step == pop3::FarLogin::Step::kStartTls) {
      status = co_await connection.send(login.output());
      if (!status) co_return status;
    }
  }
}

/// The PROXY header and the TLS handshake, which come before the first line of POP3.
net::Task<Status> begin(net::Connection& connection, FarServer& server, std::string header) {
  Status status = ok();
  // First of all, before TLS: the receiver reads it from the bare socket.
  if (server.proxy_protocol) status = co_await connection.send(header);
  if (status && server.implicit_tls) status = co_await connection.start_client_tls(server.tls);
  co_return status;
}

pop3::FarLoginRequest request_of(const SessionContext& context, const FarServer& server,
                                 const net::Endpoint& there, FarCredentials credentials) {
  pop3::FarLoginRequest out;
  out.name = std::move(credentials.name);
  out.password = std::move(credentials.password);
  out.utf8 = credentials.utf8;
  out.has_tls = server.implicit_tls;
  // A password may go in the clear only within this machine, where no network carries it.
  out.may_be_clear = there.is_loopback();
  // Both say who the client is, and only one of them is spoken there.
  if (!server.proxy_protocol)
    out.xclient = xclient_words(context.connection.peer(), context.id, context.has_tls());
  return out;
}

net::Task<FarSession> try_to_log_in_at(SessionContext& context, FarServer& server,
                                       FarCredentials credentials) {
  net::Worker& worker = context.connection.worker();
  Outgoing* const outgoing = context.services.outgoing;
  // Without that process this one may connect to nothing, by its sandbox.
  if (outgoing == nullptr) co_return failed("no process for outgoing connections");
  auto socket = co_await outgoing->connect(worker, server.place, kConnectTime);
  if (!socket) co_return failed(socket.error().message());
  const net::Endpoint there = end_of(*socket, false);
  const net::Endpoint here = end_of(*socket, true);
  auto connection =
      std::make_unique<net::Connection>(worker, std::move(*socket), there, kReadBytes);
  connection->bound_total(kLoginTime);
  Status status =
      co_await begin(*connection, server, proxy_header(context.connection.peer(), here));
  pop3::FarLogin login(request_of(context, server, there, std::move(credentials)));
  if (status) status = co_await run_login(*connection, login, server);
  if (!status) co_return failed(status.error().message());
  if (!login.is_logged_in()) co_return failed(login.reason(), login.failure());
  // The session that follows may last: from now on the idle timeout holds.
  connection->unbound_total();
  FarSession out;
  out.connection = std::move(connection);
  co_return std::move(out);
}

}  // namespace

net::Task<FarSession> log_in_at(SessionContext& context, FarServer& server,
                                FarCredentials credentials) {
  FarSession out = co_await try_to_log_in_at(context, server, std::move(credentials));
  // A wrong password is no trouble of that server's.
  if (!out.connection && out.failure == pop3::LoginFailure::kTemporary) server.failures.add();
  if (!out.connection) out.reason = server.name + ": " + out.reason;
  co_return std::move(out);
}

}  // namespace restante::server
