// Takes connections from one listening socket on one worker, and runs a session for each.
#pragma once

#include <string>

#include "dial/endpoint.h"
#include "files/descriptor.h"
#include "net/worker.h"
#include "server/common/admission.h"
#include "server/common/session_context.h"

namespace restante::server {

class Acceptor {
 public:
  /// Listens from spawn() on. `worker`, `services` and `settings` outlive the acceptor; the
  /// acceptor outlives the worker's coroutines.
  Acceptor(net::Worker& worker, files::Descriptor socket, settings::Listen listen,
           Services& services, SettingsHolder& settings);

  /// Starts accepting, in the worker's group. On the worker's thread, or before it starts.
  void spawn();
  /// The settings have changed. Callable from any thread.
  void reconsider();

 private:
  net::Task<void> run();
  void take(files::Descriptor socket, net::Endpoint peer);
  net::Task<void> serve(files::Descriptor socket, net::Endpoint peer, Admission admission);
  net::Task<Status> prepare(SessionContext& context);
  void report_tls_failure(const SessionContext& context, const Error& error);
  net::Task<Status> learn_client(SessionContext& context);
  [[nodiscard]] bool is_proxy(const net::Endpoint& peer) const;
  /// Empty: it may connect.
  [[nodiscard]] std::string_view why_not(const net::Endpoint& peer, bool from_proxy) const;
  void refuse(const files::Descriptor& socket) const;
  bool refuse_by_spare();
  void log_failure(const Error& error);
  std::string next_id();

  net::Worker& worker_;
  net::Descriptor socket_;
  files::Descriptor spare_;  // For refusing when descriptors have run out.
  settings::Listen listen_;
  Door& door_;
  Services& services_;
  SettingsHolder& settings_;
  std::chrono::steady_clock::time_point logged_{};
};

}  // namespace restante::server
