#include "server/common/admission.h"

#include "server/common/log.h"

namespace restante::server {
namespace {

using guard::Verdict;

Counter& counter_of(Metrics& metrics, Verdict verdict) {
  if (verdict == Verdict::kAddressConnections) return metrics.connections_refused_address;
  if (verdict == Verdict::kConnectionRate) return metrics.connections_refused_rate;
  return metrics.connections_refused;
}

Admitted refused(Services& services, const guard::Peer& peer, const net::Endpoint& endpoint,
                 Verdict verdict) {
  counter_of(services.metrics, verdict).add();
  log_refusal(services, peer, endpoint, fmt::format("limits.{}", to_text(verdict)));
  return tl::unexpected(verdict);
}

}  // namespace

std::optional<IpAddress> ip_of(const net::Endpoint& endpoint) {
  // Unix sockets have no address to count by; the file's mode decides who comes.
  if (endpoint.is_unix()) return std::nullopt;
  const auto address = IpAddress::parse(endpoint.host);
  return address ? std::optional(*address) : std::nullopt;
}

Admitted admit_as(Services& services, const guard::Rules& rules, settings::Protocol protocol,
                  const guard::Peer& peer, const net::Endpoint& endpoint) {
  const auto now = std::chrono::steady_clock::now();
  const Verdict verdict = services.gate.enter(peer, rules, now);
  if (verdict == Verdict::kWelcome) return Admission(services, peer);
  // SMTP from a trusted network is the site's own MTA, as LMTP always is.
  const bool is_own_mail = protocol == settings::Protocol::kLmtp ||
                           (protocol == settings::Protocol::kSmtp && peer.trusted);
  // Mail of our own keeps a share of the places: clients must not be able to stop it.
  if (is_own_mail && verdict == Verdict::kConnections) {
    guard::Peer intake = peer;
    intake.is_intake = true;
    const Verdict taken = services.gate.enter(intake, rules, now);
    if (taken == Verdict::kWelcome) return Admission(services, intake);
    return refused(services, peer, endpoint, taken);
  }
  return refused(services, peer, endpoint, verdict);
}

Admitted admit(Services& services, const guard::Rules& rules, settings::Protocol protocol,
               const net::Endpoint& endpoint) {
  return admit_as(services, rules, protocol, services.gate.know(ip_of(endpoint), rules), endpoint);
}

Admitted admit_proxy(Services& services, const guard::Rules& rules, settings::Protocol protocol,
                     const net::Endpoint& endpoint) {
  guard::Peer peer = services.gate.know(ip_of(endpoint), rules);
  // It has the places of many clients, so the limits of one address do not hold for it.
  peer.trusted = true;
  return admit_as(services, rules, protocol, peer, endpoint);
}

void log_refusal(Services& services, const guard::Peer& peer, const net::Endpoint& endpoint,
                 std::string_view reason) {
  // Of a flood the first line tells, and a later one how many it stands for.
  const auto unlogged = services.gate.may_log(peer, std::chrono::steady_clock::now());
  if (unlogged)
    spdlog::warn("connection refused peer={} reason={} unlogged={}", endpoint.to_string(),
                 for_log(reason), *unlogged);
}

}  // namespace restante::server
