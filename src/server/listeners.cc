#include "server/listeners.h"

#include "net/passed_sockets.h"
#include "server/log.h"

namespace restante::server {
namespace {

net::Endpoint to_endpoint(const config::Address& address) {
  net::Endpoint out;
  out.host = address.host;
  out.port = address.port;
  out.unix_path = address.unix_path;
  return out;
}

Status give_socket_file(const config::Listen& listen, const process::Identity& user) {
  gid_t group = user.group;
  if (!listen.group.empty()) {
    auto found = process::find_group(listen.group);
    if (!found) return Error(Errc::kSyntax, "listen.group: " + found.error().detail);
    group = *found;
  }
  return net::set_socket_file(to_endpoint(listen.address), listen.mode, group);
}

Status open_passed(const config::Listen& listen, std::size_t workers, net::PassedSockets& passed,
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

Result<std::vector<OpenListener>> open_listeners(const config::Config& config, std::size_t workers,
                                                 const process::Identity& user) {
  RESTANTE_TRY(net::PassedSockets passed, net::PassedSockets::take());
  std::vector<OpenListener> out;
  for (const config::Listen& listen : config.listen) {
    if (!listen.address.passed_as.empty()) {
      RESTANTE_CHECKED(open_passed(listen, workers, passed, out));
      continue;
    }
    RESTANTE_TRY(net::ListenSockets sockets,
                 net::open_listener(to_endpoint(listen.address), workers));
    if (!listen.address.unix_path.empty()) RESTANTE_CHECKED(give_socket_file(listen, user));
    out.push_back({listen, std::move(sockets)});
  }
  for (const std::string& name : passed.names())
    spdlog::warn("systemd passed a socket that no listener names: name={}", for_log(name));
  return out;
}

}  // namespace restante::server
