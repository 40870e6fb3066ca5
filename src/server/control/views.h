// What is told of the server and of its sessions, as JSON. Pure: facts in, objects out. Keys are
// added, never renamed or removed.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "accounts/directory.h"
#include "base/clock.h"
#include "guard/gate.h"
#include "server/common/metrics.h"
#include "server/common/pop3_sessions.h"

namespace restante::control {

/// The same moment by both clocks.
struct Moment {
  std::chrono::steady_clock::time_point steady;
  WallTime wall;
};

/// What does not change while the server runs.
struct About {
  std::string version;
  std::string user;  ///< Whose process it is.
  std::string data_dir;
  std::vector<std::string> listeners;  ///< "pop3 192.0.2.7:110".
  Moment started{};
};

struct StatusFacts {
  StatusFacts(const About& a, const server::Metrics& m) : about(a), metrics(m) {}

  const About& about;
  const server::Metrics& metrics;
  std::uint64_t connections = 0;
  std::uint64_t connections_max = 0;
  std::size_t sessions = 0;
  std::string log_level;
  std::uint64_t journal_dropped = 0;
  std::vector<guard::Offender> worst;
};

boost::json::object status_object(const StatusFacts& facts, const Moment& now);

/// Totals since the start that rates are made of.
boost::json::object counters_object(const server::Metrics& metrics);

boost::json::object session_object(const server::Pop3Sessions::Seen& session, const Moment& now);
boost::json::array sessions_array(const std::vector<server::Pop3Sessions::Seen>& sessions,
                                  const Moment& now);

/// What the accounts know of one: whether it may log in, and its devices.
boost::json::object account_object(const accounts::Account& account);

}  // namespace restante::control
