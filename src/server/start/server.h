// The server as a whole: opens the accounts, the store and the listeners, runs the workers until it
// is told to stop, and closes everything in order.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "server/common/services.h"
#include "server/settings/parse.h"

namespace restante::server {

/// Holds SIGTERM, SIGINT and SIGHUP back until Server::run() can act on them: a reload while the
/// server starts is no reason to die. Before any other thread is started.
void hold_signals();

class Server {
 public:
  /// Opens everything, and serves no client yet. In this order: the user that it will run as and
  /// the owners of the files, the listeners, the private keys, then the sandbox (confinement.h),
  /// and in it all else. The data directory is made (0700) when it is missing and locked against a
  /// second server. `config_path` is what a reload reads. Before any other thread is started.
  /// Errors: kBusy (it, or an address, is taken), kIo, kCorrupt, kSyntax, kAuth, kState.
  static Result<std::unique_ptr<Server>> open(const settings::Config& config,
                                              const std::filesystem::path& config_path);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// A reload begins with it.
  struct Source {
    config::Node root;  ///< Of the document that the server was opened with.
    std::function<settings::LoadResult()> load;
  };

  /// Serves until SIGTERM or SIGINT; reads the configuration anew on SIGHUP, or when an operator
  /// asks for it (control/control.h); with mistakes it keeps the old one. Says `ready` in the log
  /// and to systemd when all listeners are open. Then finishes what is under way, at most
  /// limits.shutdown_grace, and closes the store. From then on the signals are held again. Errors:
  /// kLimit: a thread could not be made; no client was served.
  Status run(Source source);

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace restante::server
