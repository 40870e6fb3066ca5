#include "fetch/session/opening.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"

namespace restante::fetch {
namespace {

using Kind = pop3::ClientReply::Kind;

// Only to find out; the run itself is not held up by it.
constexpr std::chrono::seconds kTlsProbe{5};
// Names of mechanisms are kept of all of them, and no server has a hundredth of that.
constexpr std::size_t kCapabilitiesMax = 1000;

net::ClientTarget target_of(const profile::Account& account) {
  net::ClientTarget target;
  target.host = account.host;
  target.port = account.port;
  target.connect_timeout = account.connect_timeout;
  if (!account.proxy) return target;
  const profile::Proxy& proxy = *account.proxy;
  const auto kind = proxy.kind == profile::Proxy::Kind::kHttp ? net::ClientProxy::Kind::kHttp
                                                              : net::ClientProxy::Kind::kSocks5;
  target.proxy = net::ClientProxy{kind, proxy.host, proxy.port, proxy.user, proxy.password};
  return target;
}

net::ClientTls tls_of(const profile::Account& account, const Way& way = {}) {
  net::ClientTls tls;
  tls.authorities = way.authorities;
  // The name that a person knows the server by, where it differs from the one that is dialled.
  tls.server_name = account.tls_name.empty() ? account.host : account.tls_name;
  tls.ca_file = account.ca_file;
  tls.pins = account.pins;
  tls.certificate = account.client_certificate;
  tls.private_key = account.client_key;
  tls.min_version = account.tls_min_version;
  tls.after_stls = account.tls == profile::Tls::kStarttls;
  return tls;
}

std::string name_of(const profile::Account& account) {
  return account.host + ":" + std::to_string(account.port);
}

Error about(const profile::Account& account, const Error& error) {
  // A stop is no fault of the server's.
  if (error.code == Errc::kState) return error;
  if (error.code == Errc::kTimeout && error.detail.empty())
    return Error(Errc::kTimeout, name_of(account) + ": no answer to the attempt to connect");
  return Error(error.code, name_of(account) + ": " + error.detail);
}

Status enter_tls(Dialogue& dialogue, const profile::Account& account, const Way& way) {
  // Octets that came before the handshake would be read as the first words under TLS.
  if (dialogue.has_unread())
    return dialogue.error(Errc::kAuth,
                          "said more than +OK to STLS, in clear: an attacker may have (RFC 2595)");
  const Status entered = dialogue.stream().start_tls(tls_of(account, way));
  return entered ? ok() : Status(about(account, entered.error()));
}

/// RFC 2595 s.4.
Status switch_to_tls(Dialogue& dialogue, const pop3::Capabilities& capabilities,
                     const profile::Account& account, const Way& way) {
  // Without a list of capabilities STLS is tried: RFC 1939 servers may have it.
  if (capabilities.known && !capabilities.stls)
    return dialogue.error(Errc::kAuth,
                          "offers no STLS, and the account wants TLS: an attacker may have taken "
                          "it out, or it is tls = \"implicit\" (port 995)");
  RESTANTE_CHECKED(dialogue.send("STLS\r\n"));
  RESTANTE_TRY(const auto reply, dialogue.receive());
  // The reply's code does not matter: the account wants TLS, and there is none.
  if (reply.kind != Kind::kOk)
    return Error(Errc::kAuth, dialogue.refused(reply, "STLS", Errc::kAuth).detail);
  return enter_tls(dialogue, account, way);
}

Result<std::string> receive_greeting(Dialogue& dialogue) {
  RESTANTE_TRY(const auto greeting, dialogue.receive());
  // Without a code it is mostly "too many connections": worth another try.
  if (greeting.kind == Kind::kErr) return dialogue.refused(greeting, "connection", Errc::kBusy);
  if (greeting.kind != Kind::kOk) return dialogue.error(Errc::kSyntax, "greets with a challenge");
  return greeting.text;
}

struct Greeted {
  std::unique_ptr<Dialogue> dialogue;
  std::string greeting;  // Behind "+OK".
};

Result<std::string> greet(Dialogue& dialogue, const profile::Account& account, const Way& way) {
  if (account.tls == profile::Tls::kImplicit) RESTANTE_CHECKED(enter_tls(dialogue, account, way));
  return receive_greeting(dialogue);
}

/// Whether a server that is silent in clear waits for TLS. Nothing of ours is said.
bool speaks_tls(const profile::Account& account, const net::StopSignal& stop) {
  auto stream = net::ClientStream::connect(target_of(account), stop);
  if (!stream) return false;
  (*stream)->set_timeout(std::min<std::chrono::milliseconds>(account.reply_timeout, kTlsProbe));
  const Status entered = (*stream)->start_tls(tls_of(account));
  // A certificate that is refused is a handshake all the same.
  return entered || entered.error().code == Errc::kAuth;  // It has a certificate, good or not.
}

/// The likely reason of a missing greeting.
Error silence_of(const profile::Account& account, const net::StopSignal& stop, const Error& error) {
  if (account.tls == profile::Tls::kImplicit || stop.raised() || error.code != Errc::kTimeout ||
      !speaks_tls(account, stop))
    return error;
  return Error(error.code, error.detail +
                               "; this port speaks TLS from the start: write tls = "
                               "\"implicit\"");
}

/// The one connection that `way` gives.
Result<Greeted> greet_by(const Way& way, const profile::Account& account,
                         const net::StopSignal& stop, const Trace& trace) {
  auto socket = way.connect();
  if (!socket) return about(account, socket.error());
  Greeted out;
  out.dialogue = std::make_unique<Dialogue>(net::ClientStream::adopt(std::move(*socket), stop),
                                            name_of(account), account.reply_timeout, trace);
  RESTANTE_TRY(auto greeting, greet(*out.dialogue, account, way));
  out.greeting = std::move(greeting);
  return out;
}

/// The first address that greets us.
Result<Greeted> greet_first(const profile::Account& account, const net::StopSignal& stop,
                            const Trace& trace) {
  net::ClientTarget target = target_of(account);
  std::optional<Error> first;
  for (;;) {
    auto stream = net::ClientStream::connect(target, stop);
    if (!stream) return first ? silence_of(account, stop, *first) : about(account, stream.error());
    // A host may have an address where nothing answers, IPv6 above all: the next one gets its turn
    // within the run.
    target.passed_over.push_back((*stream)->peer());
    Greeted out;
    out.dialogue = std::make_unique<Dialogue>(std::move(*stream), name_of(account),
                                              account.reply_timeout, trace);
    auto greeting = greet(*out.dialogue, account, {});
    if (greeting) {
      out.greeting = std::move(*greeting);
      return out;
    }
    // The first address's fault is told: it is the one that an operator looks at.
    if (!first) first = greeting.error();
    // A server that has answered speaks for all its addresses.
    if (!is_silence(greeting.error().code)) return std::move(greeting).error();
    // Behind a proxy there is one address, the proxy's.
    if (account.proxy) return silence_of(account, stop, *first);
  }
}

/// CAPA; a refusal counts as no capabilities.
Result<pop3::Capabilities> ask(Dialogue& dialogue) {
  // What was said unasked would be taken for the answer.
  if (dialogue.says_more()) return dialogue.error(Errc::kSyntax, "says more than it was asked for");
  RESTANTE_CHECKED(dialogue.send("CAPA\r\n"));
  RESTANTE_TRY(const auto reply, dialogue.receive());
  pop3::Capabilities out;
  if (reply.kind == Kind::kContinue)
    return dialogue.error(Errc::kSyntax, "answers CAPA with \"+ \"");
  if (reply.kind == Kind::kErr) return out;
  // Only a list that was begun proves that it knows CAPA.
  out.known = true;
  std::size_t lines = 0;
  RESTANTE_CHECKED(dialogue.receive_lines([&](std::string_view line) {
    if (starts_with_ignore_case(line, "-ERR")) {  // F-27: "+OK", and then no list but this.
      out = {};
      return false;
    }
    if (++lines > kCapabilitiesMax) return false;
    out.add(line);
    return true;
  }));
  if (lines > kCapabilitiesMax)
    return dialogue.error(Errc::kLimit, "announces more than 1000 capabilities");
  return out;
}

}  // namespace

Result<pop3::Capabilities> ask_capabilities(Dialogue& dialogue) {
  auto capabilities = ask(dialogue);
  if (capabilities || !is_silence(capabilities.error().code)) return capabilities;
  return Error(capabilities.error().code, capabilities.error().detail + std::string(kAtCapa));
}

Result<Opening> open_connection(const profile::Account& account, const net::StopSignal& stop,
                                const Trace& trace, const OpeningRules& rules) {
  const Way& way = rules.way;
  RESTANTE_TRY(Greeted greeted, way.connect ? greet_by(way, account, stop, trace)
                                            : greet_first(account, stop, trace));
  Opening out;
  out.dialogue = std::move(greeted.dialogue);
  pop3::Capabilities capabilities;
  if (rules.asks_capa) {
    RESTANTE_TRY(auto said, ask_capabilities(*out.dialogue));
    capabilities = std::move(said);
  }
  if (account.tls != profile::Tls::kStarttls) {
    out.greeting = std::move(greeted.greeting);
    out.capabilities = std::move(capabilities);
    return out;
  }
  RESTANTE_CHECKED(switch_to_tls(*out.dialogue, capabilities, account, way));
  // Words in clear are forgotten (RFC 2595 s.4), the timestamp for APOP included.
  out.before_tls = std::move(capabilities);
  if (rules.asks_capa) {
    RESTANTE_TRY(auto secured, ask_capabilities(*out.dialogue));
    out.capabilities = std::move(secured);
  }
  return out;
}

}  // namespace restante::fetch
