#include "server/newcomers/old_mail.h"

#include "dial/socket.h"
#include "migrate/sources/pop3_source.h"
#include "server/elsewhere/client_words.h"

namespace restante::server {
namespace {

constexpr auto kOldMailConnectTime = std::chrono::seconds(10);

/// A server that wants a PROXY header is told that it is us.
Status say_who(const FarServer& server, int socket, const net::StopSignal& stop) {
  if (!server.proxy_protocol) return ok();
  const net::Patience patience{std::chrono::steady_clock::now() + kOldMailConnectTime, stop};
  return net::send_all(socket, proxy_header({}, {}), patience);
}

/// As for a login there: nothing goes off this machine in the clear, and on it STLS is no need.
bool is_this_machine(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

}  // namespace

std::unique_ptr<migrate::Source> open_old_mail(const Traveller& who, Outgoing& outgoing,
                                               const net::StopSignal& stop) {
  const FarServer& server = *who.server;
  migrate::Pop3Options options;
  options.place.kind = migrate::Place::Kind::kPop3;
  options.place.host = server.place.host;
  options.place.port = server.place.port;
  options.place.implicit_tls = server.implicit_tls;
  options.place.plain = !server.implicit_tls && is_this_machine(server.place.host);
  options.user = who.called;
  options.password = who.password;
  options.pins = server.tls->settings().pins;
  options.way.authorities = server.tls->authorities();
  options.way.connect = [&server, &outgoing, &stop]() -> Result<files::Descriptor> {
    RESTANTE_TRY(auto socket, outgoing.connect(server.place, kOldMailConnectTime));
    RESTANTE_CHECKED(say_who(server, socket.number(), stop));
    return std::move(socket);
  };
  options.stop = &stop;
  return std::make_unique<migrate::Pop3Source>(options);
}

}  // namespace restante::server
