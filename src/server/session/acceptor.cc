#include "server/session/acceptor.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <atomic>

#include "base/limits.h"
#include "net/connection.h"
#include "net/keepalive.h"
#include "net/listener.h"
#include "net/proxy_header.h"
#include "server/common/log.h"
#include "server/common/proxied_client.h"
#include "server/measures/measures.h"
#include "server/session/http_driver.h"
#include "server/session/pop3_driver.h"
#include "server/session/smtp_driver.h"

namespace restante::server {
namespace {

// How long the queue is left alone when descriptors have run out: a loop would take a processor.
constexpr auto kPauseAtLimit = std::chrono::milliseconds(100);
constexpr auto kLogPause = std::chrono::seconds(10);
// A proxy sends its header at once.
constexpr auto kProxyHeaderTimeout = std::chrono::seconds(5);
constexpr std::string_view kNoProxyHeader =
    "no PROXY header came within 5 s; does the proxy send it (send-proxy-v2)?";
constexpr std::size_t kDrainBytes = 1U << 20;
// Deliveries are read in large pieces: each read of a mail costs a system call and a look at its
// lines.
constexpr std::size_t kMailInputBytes = 64U << 10;

std::unique_ptr<Driver> make_driver(SessionContext& context) {
  switch (context.listen.protocol) {
    case settings::Protocol::kPop3: return std::make_unique<Pop3Driver>(context);
    case settings::Protocol::kLmtp:
      return std::make_unique<SmtpDriver>(context, smtp::Dialect::kLmtp);
    case settings::Protocol::kSmtp:
      return std::make_unique<SmtpDriver>(context, smtp::Dialect::kSmtp);
    case settings::Protocol::kHttp: break;
  }
  return std::make_unique<HttpDriver>(context);
}

std::size_t input_bytes(settings::Protocol protocol) {
  // A listener of POP3 has many idle clients, and none of them sends much at once.
  const bool mail = protocol == settings::Protocol::kLmtp || protocol == settings::Protocol::kSmtp;
  return mail ? kMailInputBytes : limits::kInputBytes;
}

Entry entry_of(guard::Verdict refused) {
  if (refused == guard::Verdict::kAddressConnections) return Entry::kAddress;
  return refused == guard::Verdict::kConnectionRate ? Entry::kRate : Entry::kLimit;
}

Door& door_of(const Services& services, const settings::Listen& listen, int socket) {
  net::SocketAddress address;
  address.length = sizeof address.storage;
  auto* const place = reinterpret_cast<sockaddr*>(&address.storage);
  std::string name = "unknown";
  // Port 0 in the configuration is a port of the kernel's choice; metrics show the true one.
  if (::getsockname(socket, place, &address.length) == 0)
    name = net::from_socket_address(address.storage).to_string();
  return services.measures->door(settings::to_text(listen.protocol), name);
}

}  // namespace

Acceptor::Acceptor(net::Worker& worker, files::Descriptor socket, settings::Listen listen,
                   Services& services, SettingsHolder& settings)
    : worker_(worker),
      socket_(worker.context(), socket.release()),
      // Kept for the moment when none is left.
      spare_(::fcntl(socket_.native_handle(), F_DUPFD_CLOEXEC, 0)),
      listen_(std::move(listen)),
      door_(door_of(services, listen_, socket_.native_handle())),
      services_(services),
      settings_(settings) {}

void Acceptor::spawn() {
  net::keep_alive(socket_.native_handle(), settings_.get()->config.limits.keepalive);
  worker_.on_stop([this] {
    socket_.close();
    spare_.reset();  // The same socket: it would go on listening.
  });
  worker_.spawn(run());
}

void Acceptor::reconsider() {
  worker_.post([this] {
    // Accepted sockets inherit it, so that it costs no call for each connection.
    if (socket_.is_open())
      net::keep_alive(socket_.native_handle(), settings_.get()->config.limits.keepalive);
  });
}

std::string Acceptor::next_id() {
  // Ids name sessions across restarts, too: a session logged today must not look like yesterday's.
  static const auto start = services_.clock.now().time_since_epoch().count();
  // One count for all listeners and threads: a number names one session in the whole log.
  static std::atomic<std::uint64_t> last{0};
  return fmt::format("{:x}-{:x}", start, ++last);
}

net::Task<void> Acceptor::run() {
  // A stop closes the listening socket, and the failure that follows ends the loop.
  co_await net::asio::this_coro::throw_if_cancelled(false);
  net::Timer pause(worker_.context());
  while (!worker_.stopping()) {
    const auto [failure] = co_await socket_.async_wait(net::Descriptor::wait_read, net::kUseTuple);
    if (failure) break;
    // One, and then the sessions have a turn: to find that there is no second one costs the kernel
    // nearly as much as a connection.
    net::Endpoint peer;
    auto accepted = net::accept_one(socket_.native_handle(), peer);
    if (accepted && accepted->is_open()) take(std::move(*accepted), std::move(peer));
    if (accepted) continue;
    // Without an answer the client would wait in the queue for its own timeout.
    if (accepted.error().code == Errc::kLimit && refuse_by_spare()) continue;
    log_failure(accepted.error());
    pause.expires_after(kPauseAtLimit);
    const auto waited = co_await pause.async_wait(net::kUseTuple);
    static_cast<void>(waited);
  }
}

void Acceptor::log_failure(const Error& error) {
  // Ten times a second would fill the disk with what one line says.
  const auto now = std::chrono::steady_clock::now();
  if (logged_ != decltype(logged_){} && now - logged_ < kLogPause) return;
  logged_ = now;
  spdlog::error("accept protocol={} reason={}", static_cast<int>(listen_.protocol),
                for_log(error.message()));
}

/// Descriptors have run out: one is kept for saying so. False: no client waits.
bool Acceptor::refuse_by_spare() {
  if (!spare_.is_open()) return false;
  spare_.reset();
  net::Endpoint peer;
  auto accepted = net::accept_one(socket_.native_handle(), peer);
  const bool taken = accepted && accepted->is_open();
  if (taken) {
    services_.metrics.connections_total.add();
    services_.metrics.connections_refused.add();
    door_.count(Entry::kLimit);
    refuse(*accepted);
    accepted->reset();
    log_failure(Error(Errc::kLimit, "no file descriptor is left: connections are refused"));
  }
  // Taken again at once, before another thread uses what has become free.
  spare_.reset(::fcntl(socket_.native_handle(), F_DUPFD_CLOEXEC, 0));
  return taken;
}

/// A refused connection costs no coroutine.
void Acceptor::take(files::Descriptor socket, net::Endpoint peer) {
  services_.metrics.connections_total.add();
  const SettingsPtr settings = settings_.get();
  const bool from_proxy = is_proxy(peer);
  if (const std::string_view reason = why_not(peer, from_proxy); !reason.empty()) {
    (listen_.proxy_protocol ? services_.metrics.proxy_refused : services_.metrics.networks_refused)
        .add();
    door_.count(listen_.proxy_protocol ? Entry::kProxy : Entry::kNetwork);
    log_refusal(services_, services_.gate.know(ip_of(peer), settings->rules), peer, reason);
    return;
  }
  auto admission = from_proxy ? admit_proxy(services_, settings->rules, listen_.protocol, peer)
                              : admit(services_, settings->rules, listen_.protocol, peer);
  door_.count(admission ? Entry::kTaken : entry_of(admission.error()));
  if (!admission) return refuse(socket);
  worker_.spawn(serve(std::move(socket), std::move(peer), std::move(*admission)));
}

std::string_view Acceptor::why_not(const net::Endpoint& peer, bool from_proxy) const {
  // A listener for proxies is for them alone: a client that sends a header of its own could claim
  // any address.
  if (listen_.proxy_protocol) return from_proxy ? "" : "not in listen.proxy_networks";
  // Networks of a listener are of its clients, and a proxy names one later.
  if (listen_.networks.empty() || from_proxy) return "";
  const auto address = ip_of(peer);
  return address && contains(listen_.networks, *address) ? "" : "not in listen.networks";
}

bool Acceptor::is_proxy(const net::Endpoint& peer) const {
  if (listen_.proxy_networks.empty()) return false;
  const auto address = ip_of(peer);
  return address && contains(listen_.proxy_networks, *address);
}

void Acceptor::refuse(const files::Descriptor& socket) const {
  // Behind implicit TLS nothing can be said before a handshake, and before a PROXY header the
  // client is not known.
  const bool may_speak = listen_.tls != settings::TlsMode::kImplicit;
  const std::string_view words =
      may_speak ? too_many_connections(listen_.protocol) : std::string_view();
  static_cast<void>(
      ::send(socket.number(), words.data(), words.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
  ::shutdown(socket.number(), SHUT_WR);
  // Unread input would make the close a reset, and the words might be lost.
  static_cast<void>(::recv(socket.number(), nullptr, kDrainBytes, MSG_DONTWAIT | MSG_TRUNC));
}

net::Task<void> Acceptor::serve(files::Descriptor socket, net::Endpoint peer, Admission admission) {
  co_await net::asio::this_coro::throw_if_cancelled(false);
  net::Connection connection(worker_, std::move(socket), std::move(peer),
                             input_bytes(listen_.protocol));
  const auto began = Histogram::Steady::now();
  SessionContext context(connection, services_, settings_.get(), listen_, next_id());
  context.door = &door_;
  context.peer = admission.peer();
  context.place.emplace(std::move(admission));
  if (is_proxy(connection.peer())) {
    // Refused or not, that is only known when the client has its name.
    // Its place is a proxy's; for the rest a proxy has the limits of every client, until it names
    // one.
    context.peer = services_.gate.know(ip_of(connection.peer()), context.settings->rules);
    context.may_name_client = !listen_.proxy_protocol;
  }
  const bool plain = !listen_.proxy_protocol && listen_.tls != settings::TlsMode::kImplicit;
  Status status = ok();
  if (!plain) status = co_await prepare(context);
  if (!status) co_return;
  const auto driver = make_driver(context);
  door_.greeting.note(Histogram::Steady::now() - began);  // Its first act.
  status = co_await driver->run();                        // It has logged the status.
}

/// The steps before the first line of the session's protocol.
net::Task<Status> Acceptor::prepare(SessionContext& context) {
  if (listen_.proxy_protocol) {
    const Status named = co_await learn_client(context);
    if (!named) co_return named;
  }
  if (listen_.tls != settings::TlsMode::kImplicit) co_return ok();
  net::Connection& connection = context.connection;
  // A handshake in single octets would hold the connection for ever without a limit of the whole.
  connection.bound_total(context.settings->config.limits.login_timeout);
  const Status started = co_await connection.start_tls(context.tls_context());
  connection.unbound_total();
  if (started) context.count_tls();
  if (!started) report_tls_failure(context, started.error());
  co_return started;
}

/// A connection that is opened and closed without a word is a load balancer's check: no failure.
void Acceptor::report_tls_failure(const SessionContext& context, const Error& error) {
  const net::TlsStream* const tls = context.connection.tls();
  if (error.code == Errc::kClosed && tls != nullptr && tls->heard_nothing()) {
    services_.metrics.tls_silent.add();
    return;
  }
  services_.metrics.tls_handshakes_failed.add();
  spdlog::info("tls failed session={} peer={} reason={}", context.id,
               context.connection.peer().to_string(), for_log(error.message()));
}

/// From here on the connection is its client's: the proxy's place is given for one of the client.
net::Task<Status> Acceptor::learn_client(SessionContext& context) {
  net::Connection& connection = context.connection;
  context.proxied = true;
  net::ProxyHeaderReader reader;
  // No client is known yet, so none of its limits counts: the time is short instead.
  connection.bound_total(kProxyHeaderTimeout);
  const Status read = co_await connection.read_proxy_header(reader);
  connection.unbound_total();
  if (!read) {
    const bool silent = read.error().code == Errc::kTimeout;
    services_.metrics.proxy_refused.add();
    door_.count(Entry::kProxy);
    if (silent) services_.metrics.proxy_header_missing.add();
    log_refusal(services_, context.peer, connection.peer(),
                silent ? std::string(kNoProxyHeader) : read.error().message());
    co_return read;
  }
  Claim claim;
  claim.client = reader.client();
  claim.tls.text = reader.client_tls();
  const Status admitted = become_client(context, claim);
  if (!admitted) {
    std::string words;
    const bool may_speak = listen_.tls != settings::TlsMode::kImplicit;
    if (may_speak && admitted.error().code == Errc::kLimit)
      words = too_many_connections(listen_.protocol);
    static_cast<void>(connection.send_now(words));
    connection.finish();
  }
  co_return admitted;
}

}  // namespace restante::server
