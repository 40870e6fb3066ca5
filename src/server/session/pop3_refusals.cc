#include "server/session/pop3_refusals.h"

#include "server/common/log.h"
#include "server/common/tls_failure.h"

namespace restante::server {
namespace {

/// The kind of a line; each kind of an address has its own times.
enum class Topic : std::uint8_t { kPlaintext = 1, kMechanism, kErrors, kTls, kTimeout };

/// The gate remembers when it last let an address be logged; here each topic has its own time.
/// Refusals of SMTP (refusals.cc) change another octet, so that neither hides the other's.
guard::Peer by_topic(const guard::Peer& peer, Topic topic, std::string_view reason) {
  guard::Peer out = peer;
  // Handshakes fail for few reasons. A client with an old TLS must not hide one that distrusts the
  // certificate.
  if (topic == Topic::kTls)
    out.tag[1] ^= static_cast<std::uint8_t>(std::hash<std::string_view>()(reason));
  out.tag.front() ^= static_cast<std::uint8_t>(topic);
  return out;
}

void log(const SessionContext& context, Topic topic, std::string_view reason) {
  const auto unlogged = context.services.gate.may_log(by_topic(context.peer, topic, reason),
                                                      std::chrono::steady_clock::now());
  // A client of many addresses fills the log by each of them once in ten seconds at most.
  if (unlogged)
    spdlog::info("pop3 refused session={} peer={} reason={} unlogged={}", context.id,
                 context.connection.peer().to_string(), for_log(reason), *unlogged);
}

}  // namespace

void report_refusals(const SessionContext& context, const std::vector<pop3::Refusal>& refusals) {
  Metrics& metrics = context.services.metrics;
  for (const pop3::Refusal& refusal : refusals) {
    switch (refusal.kind) {
      case pop3::Refusal::Kind::kPlaintext:
        metrics.pop3_plaintext_refused.add();
        log(context, Topic::kPlaintext,
            "auth.plaintext: no password in the clear from here: " + refusal.what);
        break;
      case pop3::Refusal::Kind::kMechanism:
        metrics.pop3_mechanisms_refused.add();
        log(context, Topic::kMechanism,
            "auth.mechanisms: not offered: AUTH " +
                // What was refused may be a password in the wrong place.
                (refusal.what.empty() ? "(not a mechanism's name)" : refusal.what));
        break;
      case pop3::Refusal::Kind::kTooManyErrors:
        metrics.pop3_errors_cut.add();
        log(context, Topic::kErrors, "too many bad commands");
        break;
    }
  }
}

void report_stls_failure(const SessionContext& context, const Error& error) {
  context.services.metrics.tls_handshakes_failed.add();
  log(context, Topic::kTls, "STLS: " + tls_failure_text(error));
}

std::string_view last_words(const Error& error, bool before_login, net::Connection::End ended_by) {
  // Nothing to say for a client that is gone, or that has been told by its reply already.
  if (error.code == Errc::kLimit && before_login) return "too much before a login, try again later";
  if (error.code == Errc::kBusy && ended_by == net::Connection::End::kOperator)
    return "the operator has ended this session, nothing was deleted";
  if (error.code == Errc::kBusy) return "a newer login has taken the maildrop over";
  if (error.code == Errc::kState) return "server is going down, try again later";
  return {};
}

void say_last_words(const SessionContext& context, pop3::ServerSession& session, const Error& error,
                    bool before_login) {
  const std::string_view words = last_words(error, before_login, context.connection.ended_by());
  if (words.empty()) return;
  session.shut_down(words);
  // Without a wait: a client that does not read must not hold the end of its session up.
  static_cast<void>(context.connection.send_now(session.output()));
}

void report_end(const SessionContext& context, const Error& error, bool before_login) {
  Metrics& metrics = context.services.metrics;
  if (context.connection.ended_by() == net::Connection::End::kLost) metrics.clients_lost.add();
  if (error.code != Errc::kTimeout) return;
  (before_login ? metrics.pop3_login_timeouts : metrics.pop3_idle_timeouts).add();
  if (before_login) log(context, Topic::kTimeout, "limits.login_timeout: no login in time");
}

}  // namespace restante::server
