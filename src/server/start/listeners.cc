#include "server/start/listeners.h"

#include <algorithm>

#include "net/passed_sockets.h"
#include "server/common/log.h"

namespace restante::server {
namespace {

net::Endpoint to_endpoint(const config::Address& address) {
  net::Endpoint out;
  out.host = address.host;
  out.port = address.port;
  out.unix_path = address.unix_path;
  return out;
}

Status give_socket_file(const settings::Listen& listen, const process::Identity& user) {
  gid_t group = user.group;
  if (!listen.group.empty()) {
    auto found = process::find_group(listen.group);
    if (!found) return Error(Errc::kSyntax, "listen.group: " + found.error().detail);
    group = *found;
  }
  const Status set = net::set_socket_file(to_endpoint(listen.address), listen.mode, group);
  if (set || listen.group.empty() || process::in_group(group)) return set;
  return Error(set.error().code,
               set.error().detail + ": " + missing_group(user.name, listen.group));
}

/// "[::]" takes both families, unless the configuration has an IPv4 listener at the same port.
net::Families families_of(const settings::Listen& listen, const settings::Config& config) {
  const config::Address& address = listen.address;
  if (address.host != "::") return net::Families::kOwn;
  const auto is_v4_there = [&](const settings::Listen& other) {
    const std::string& host = other.address.host;
    const bool v4 = !host.empty() && host.find(':') == std::string::npos;
    return v4 && address.port != 0 && other.address.port == address.port;
  };
  return std::any_of(config.listen.begin(), config.listen.end(), is_v4_there)
             ? net::Families::kOwn
             : net::Families::kBoth;
}

Status open_passed(const settings::Listen& listen, std::size_t workers, net::PassedSockets& passed,
                   std::vector<OpenListener>& out) {
  auto found = passed.named(listen.address.passed_as, workers);
  if (!found) {
    const Errc code = found.error().code == Errc::kIo ? Errc::kIo : Errc::kSyntax;
    return Error(code,
                 "listen.address " + listen.address.to_string() + ": " + found.error().detail);
  }
  for (net::ListenSockets& sockets : *found) out.push_back({listen, std::move(sockets)});
  return ok();
}

}  // namespace

std::string missing_group(const std::string& user, const std::string& group) {
  return fmt::format(
      "listen.group: {0} is not in group {1} and cannot give a socket to it: add "
      "SupplementaryGroups={1} to restanted.service (systemctl edit restanted), or run: adduser "
      "{0} {1}",
      user, group);
}

std::vector<std::string> old_tls_warnings(const settings::Config& config) {
  std::vector<std::string> out;
  for (const settings::Listen& listen : config.listen)
    if (listen.tls_min_version && is_old(*listen.tls_min_version))
      out.push_back(fmt::format(
          "listen.tls_min_version: {} takes TLS that is broken (RFC 8997) from its networks: "
          "whoever "
          "listens there may read passwords; tls_old_handshakes_total counts who needs it",
          listen.address.to_string()));
  return out;
}

Result<std::vector<OpenListener>> open_listeners(const settings::Config& config,
                                                 std::size_t workers,
                                                 const process::Identity& user) {
  RESTANTE_TRY(net::PassedSockets passed, net::PassedSockets::take());
  std::vector<OpenListener> out;
  for (const settings::Listen& listen : config.listen) {
    if (!listen.address.passed_as.empty()) {
      RESTANTE_CHECKED(open_passed(listen, workers, passed, out));
      continue;
    }
    RESTANTE_TRY(
        net::ListenSockets sockets,
        net::open_listener(to_endpoint(listen.address), workers, families_of(listen, config)));
    if (!listen.address.unix_path.empty()) RESTANTE_CHECKED(give_socket_file(listen, user));
    out.push_back({listen, std::move(sockets)});
  }
  // A warning, not an error: its unit may be older or newer than the configuration.
  for (const std::string& name : passed.names())
    spdlog::warn("systemd passed a socket that no listener names: name={}", for_log(name));
  return out;
}

}  // namespace restante::server
