#include "server/acceptor.h"

#include <atomic>

#include "base/limits.h"
#include "net/connection.h"
#include "net/listener.h"
#include "server/http_driver.h"
#include "server/log.h"
#include "server/pop3_driver.h"
#include "server/smtp_driver.h"

namespace restante::server {
namespace {

// So many connections are taken before sessions have a turn.
constexpr int kAcceptsATurn = 32;
// How long to leave the queue alone when descriptors have run out.
constexpr auto kPauseAtLimit = std::chrono::milliseconds(100);
constexpr std::size_t kMailInputBytes = 64U << 10;

std::string_view refusal(config::Protocol protocol) {
  switch (protocol) {
    case config::Protocol::kPop3:
      return "-ERR [SYS/TEMP] too many connections, try again later\r\n";
    case config::Protocol::kLmtp:
    case config::Protocol::kSmtp: return "421 4.3.2 too many connections, try again later\r\n";
    case config::Protocol::kHttp: break;
  }
  return "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
}

net::Task<Status> run_session(SessionContext& context) {
  switch (context.listen.protocol) {
    case config::Protocol::kPop3: {
      Pop3Driver driver(context);
      const Status status = co_await driver.run();
      co_return status;
    }
    case config::Protocol::kLmtp:
    case config::Protocol::kSmtp: {
      const bool lmtp = context.listen.protocol == config::Protocol::kLmtp;
      SmtpDriver driver(context, lmtp ? smtp::Dialect::kLmtp : smtp::Dialect::kSmtp);
      const Status status = co_await driver.run();
      co_return status;
    }
    case config::Protocol::kHttp: {
      const Status status = co_await run_http(context);
      co_return status;
    }
  }
  co_return ok();
}

std::size_t input_bytes(config::Protocol protocol) {
  const bool mail = protocol == config::Protocol::kLmtp || protocol == config::Protocol::kSmtp;
  return mail ? kMailInputBytes : limits::kInputBytes;
}

}  // namespace

Acceptor::Acceptor(net::Worker& worker, net::UniqueFd socket, config::Listen listen,
                   Services& services, SettingsHolder& settings)
    : worker_(worker),
      socket_(worker.context(), socket.release()),
      listen_(std::move(listen)),
      services_(services),
      settings_(settings) {}

void Acceptor::spawn() {
  worker_.on_stop([this] { socket_.close(); });
  worker_.spawn(run());
}

std::string Acceptor::next_id() {
  // Names sessions across restarts, too: what is logged today must not look like yesterday's.
  static const auto start = services_.clock.now().time_since_epoch().count();
  static std::atomic<std::uint64_t> last{0};
  return fmt::format("{:x}-{:x}", start, ++last);
}

net::Task<void> Acceptor::run() {
  co_await net::asio::this_coro::throw_if_cancelled(false);
  net::Timer pause(worker_.context());
  while (!worker_.stopping()) {
    const auto [failure] = co_await socket_.async_wait(net::Descriptor::wait_read, net::kUseTuple);
    if (failure) break;
    for (int i = 0; i < kAcceptsATurn && !worker_.stopping(); ++i) {
      net::Endpoint peer;
      auto accepted = net::accept_one(socket_.native_handle(), peer);
      if (!accepted) {
        spdlog::error("accept protocol={} reason={}", static_cast<int>(listen_.protocol),
                      for_log(accepted.error().message()));
        pause.expires_after(kPauseAtLimit);
        const auto waited = co_await pause.async_wait(net::kUseTuple);
        static_cast<void>(waited);
        break;
      }
      if (!accepted->valid()) break;
      worker_.spawn(serve(std::move(*accepted), std::move(peer), next_id()));
    }
  }
}

net::Task<void> Acceptor::serve(net::UniqueFd socket, net::Endpoint peer, std::string id) {
  co_await net::asio::this_coro::throw_if_cancelled(false);
  const SettingsPtr settings = settings_.get();
  Metrics& metrics = services_.metrics;
  net::Connection connection(worker_, std::move(socket), std::move(peer),
                             input_bytes(listen_.protocol));
  metrics.connections_total.add();
  if (metrics.connections_open.value() >= settings->config.limits.connections) {
    metrics.connections_refused.add();
    spdlog::warn("connection refused peer={} reason=\"limits.connections reached\"",
                 connection.peer().to_string());
    std::string words;  // Behind implicit TLS nothing can be said before a handshake.
    if (listen_.tls != config::TlsMode::kImplicit) words = refusal(listen_.protocol);
    static_cast<void>(connection.send_now(words));
    connection.finish();
    co_return;
  }
  metrics.connections_open.add();
  SessionContext context(connection, services_, settings, listen_, std::move(id));
  Status started = ok();
  if (listen_.tls == config::TlsMode::kImplicit) {
    connection.bound_total(settings->config.limits.login_timeout);
    started = co_await connection.start_tls(settings->tls);
    connection.unbound_total();
  }
  if (started) {
    const Status ended = co_await run_session(context);
    static_cast<void>(ended);  // The session has logged it.
  } else {
    metrics.tls_handshakes_failed.add();
    spdlog::info("tls failed session={} peer={} reason={}", context.id,
                 connection.peer().to_string(), for_log(started.error().message()));
  }
  metrics.connections_open.subtract();
}

}  // namespace restante::server
