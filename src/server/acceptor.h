// Takes connections from one listening socket on one worker, and runs a session for each.
#pragma once

#include <string>

#include "net/endpoint.h"
#include "net/unique_fd.h"
#include "net/worker.h"
#include "server/services.h"

namespace restante::server {

class Acceptor {
 public:
  /// Listens from spawn() on. `worker`, `services` and `settings` outlive the acceptor; the
  /// acceptor outlives the worker's coroutines.
  Acceptor(net::Worker& worker, net::UniqueFd socket, config::Listen listen, Services& services,
           SettingsHolder& settings);

  /// Starts accepting, in the worker's group. On the worker's thread, or before it starts.
  void spawn();

 private:
  net::Task<void> run();
  net::Task<void> serve(net::UniqueFd socket, net::Endpoint peer, std::string id);
  std::string next_id();

  net::Worker& worker_;
  net::Descriptor socket_;
  config::Listen listen_;
  Services& services_;
  SettingsHolder& settings_;
};

}  // namespace restante::server
