#include "server/control/views.h"

#include <unistd.h>

namespace restante::control {
namespace {

namespace json = boost::json;
using server::Pop3Sessions;

std::uint64_t seconds_between(std::chrono::steady_clock::time_point from,
                              std::chrono::steady_clock::time_point to) {
  const auto span = std::chrono::duration_cast<std::chrono::seconds>(to - from).count();
  return static_cast<std::uint64_t>(std::max<std::int64_t>(span, 0));
}

json::object sandbox_object(const server::Metrics& metrics) {
  json::object out;
  out["landlock"] = metrics.sandbox_landlock.value();
  out["seccomp"] = metrics.sandbox_seccomp.value() != 0;
  out["no_new_privileges"] = metrics.sandbox_no_new_privileges.value() != 0;
  return out;
}

json::array worst_array(const std::vector<guard::Offender>& worst) {
  json::array out;
  for (const guard::Offender& offender : worst) {
    json::object each;
    each["address"] = offender.source.to_string();
    each["failed_logins"] = offender.failed_logins;
    each["refusals"] = offender.refusals;
    out.push_back(std::move(each));
  }
  return out;
}

}  // namespace

json::object counters_object(const server::Metrics& metrics) {
  json::object out;
  out["connections"] = metrics.connections_total.value();
  out["connections_refused"] = metrics.connections_refused.value() +
                               metrics.connections_refused_address.value() +
                               metrics.connections_refused_rate.value();
  out["logins"] = metrics.pop3_sessions.value();
  out["logins_failed"] = metrics.logins_failed.value();
  out["messages_retrieved"] = metrics.messages_retrieved.value();
  out["octets_retrieved"] = metrics.octets_retrieved.value();
  out["messages_deleted"] = metrics.messages_deleted.value();
  out["mails_received"] = metrics.mails_received.value();
  out["messages_delivered"] = metrics.messages_delivered.value();
  out["deliveries_failed"] = metrics.deliveries_failed.value();
  return out;
}

json::object status_object(const StatusFacts& facts, const Moment& now) {
  const server::Metrics& metrics = facts.metrics;
  json::object out;
  out["version"] = facts.about.version;
  out["process"] = static_cast<std::int64_t>(::getpid());
  out["user"] = facts.about.user;
  out["data_dir"] = facts.about.data_dir;
  out["started"] = to_rfc3339(facts.about.started.wall);
  out["uptime_seconds"] = seconds_between(facts.about.started.steady, now.steady);
  json::array listeners;
  for (const std::string& each : facts.about.listeners) listeners.emplace_back(each);
  out["listeners"] = std::move(listeners);
  out["connections"] = facts.connections;
  out["connections_max"] = facts.connections_max;
  out["sessions"] = facts.sessions;
  out["log_level"] = facts.log_level;
  out["data_dir_lost"] = metrics.data_dir_lost.value() != 0;
  out["clock_doubtful"] = metrics.clock_doubtful.value() != 0;
  out["damage_found"] = metrics.damage_found.value();
  out["journal_dropped"] = facts.journal_dropped;
  const auto expires = static_cast<std::int64_t>(metrics.certificate_expires.value());
  if (expires != 0)
    out["certificate_expires"] = to_rfc3339(WallTime(std::chrono::seconds(expires)));
  out["sandbox"] = sandbox_object(metrics);
  out["counters"] = counters_object(metrics);
  out["worst"] = worst_array(facts.worst);
  return out;
}

json::object session_object(const Pop3Sessions::Seen& session, const Moment& now) {
  json::object out;
  out["id"] = session.id;
  out["account"] = session.account;
  if (!session.device.empty()) out["device"] = session.device;
  if (!session.view.empty()) out["view"] = session.view;
  out["peer"] = session.peer;
  out["listener"] = session.listener;
  out["tls"] = session.has_tls;
  if (session.elsewhere) out["elsewhere"] = true;
  const std::uint64_t age = seconds_between(session.since, now.steady);
  // To the second, so that it is the same at each look.
  const auto open_for =
      std::max(now.steady - session.since, std::chrono::steady_clock::duration(0));
  out["since"] = to_rfc3339(std::chrono::round<std::chrono::seconds>(
      now.wall - std::chrono::duration_cast<WallTime::duration>(open_for)));
  out["age_seconds"] = age;
  if (session.idle) out["idle_seconds"] = session.idle->count();
  out["retrieved"] = session.retrieved;
  out["octets"] = session.octets;
  return out;
}

json::array sessions_array(const std::vector<Pop3Sessions::Seen>& sessions, const Moment& now) {
  json::array out;
  out.reserve(sessions.size());
  for (const auto& session : sessions) out.push_back(session_object(session, now));
  return out;
}

json::object account_object(const accounts::Account& account) {
  json::object out;
  out["account"] = account.name;
  if (!account.called.empty()) out["called"] = account.called;
  out["enabled"] = account.enabled;
  out["may_log_in"] = account.enabled && !account.no_login && account.fault.empty();
  json::array devices;
  for (const accounts::Device& device : account.devices) {
    json::object each;
    each["device"] = device.label;
    if (device.last_used) each["last_used"] = to_rfc3339(*device.last_used);
    devices.push_back(std::move(each));
  }
  out["devices"] = std::move(devices);
  return out;
}

}  // namespace restante::control
