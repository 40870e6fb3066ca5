// Answers what is asked at the control socket, and does what it is told. Knows no socket.
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <mutex>

#include "base/result.h"
#include "server/common/services.h"
#include "server/control/peer.h"
#include "server/control/reload_report.h"
#include "server/control/request.h"
#include "server/control/views.h"

namespace restante::control {

class Desk {
 public:
  /// Takes settings, certificates and accounts anew; called from one thread at a time.
  using Reload = std::function<ReloadReport()>;

  /// None of it is owned; all of it outlives the desk.
  Desk(server::Services& services, server::SettingsHolder& settings, About about, Reload reload);

  /// Waits for other threads, files, or an act before it: not for an event loop.
  [[nodiscard]] static bool waits(const Request& request) { return request.acts(); }

  /// From any thread. Errors: kAuth (the peer may only read), kSyntax (no name of an account),
  /// kNotFound (no such session), kBusy (a session's thread does not answer).
  Result<boost::json::object> answer(const Request& request, const Peer& peer);

 private:
  Result<boost::json::object> perform(const Request& request);
  boost::json::object status() const;
  boost::json::object top(std::size_t limit) const;
  Result<boost::json::object> list_sessions(const Request& request) const;
  Result<boost::json::object> end_sessions(const Request& request);
  Result<boost::json::object> who(const std::string& typed) const;
  boost::json::object log_level(const std::string& wanted);
  /// A name, and the account that it leads to, as far as that can be told without waiting. Errors:
  /// kSyntax, kLimit.
  struct Named {
    std::string name;  ///< By which its sessions are known.
    std::optional<accounts::Account> account;
  };
  [[nodiscard]] Result<Named> find_account(const std::string& typed) const;
  [[nodiscard]] Moment now() const;
  void note(const Request& request, const Peer& peer, const Result<boost::json::object>& outcome);

  server::Services& services_;
  server::SettingsHolder& settings_;
  const About about_;
  const Reload reload_;
  std::mutex acting_;  // One act after the other.
};

}  // namespace restante::control
