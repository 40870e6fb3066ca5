#include "server/common/metrics.h"

#include <fmt/format.h>

#include <iterator>
#include <string_view>

namespace restante::server {
namespace {

struct Row {
  std::string_view name;
  std::string_view type;
  std::string_view help;
  Counter Metrics::*counter;
};

constexpr Row kRows[] = {
    {"connections_open", "gauge", "Connections open now.", &Metrics::connections_open},
    {"connections_total", "counter", "Connections accepted.", &Metrics::connections_total},
    {"connections_refused_total", "counter", "Connections refused at the limit.",
     &Metrics::connections_refused},
    {"connections_refused_address_total", "counter",
     "Connections refused because their address had too many open.",
     &Metrics::connections_refused_address},
    {"connections_refused_rate_total", "counter",
     "Connections refused because their address made too many a minute.",
     &Metrics::connections_refused_rate},
    {"proxy_refused_total", "counter",
     "Connections to PROXY listeners from a stranger, or without a header.",
     &Metrics::proxy_refused},
    {"proxy_header_missing_total", "counter",
     "Connections to PROXY listeners that sent nothing: does the proxy send headers?",
     &Metrics::proxy_header_missing},
    {"xclient_refused_total", "counter", "XCLIENT commands from whom they are not believed.",
     &Metrics::xclient_refused},
    {"networks_refused_total", "counter", "Connections refused by listen.networks.",
     &Metrics::networks_refused},
    {"pop3_sessions_total", "counter", "Successful POP3 logins.", &Metrics::pop3_sessions},
    {"logins_failed_total", "counter", "Failed POP3 logins.", &Metrics::logins_failed},
    {"migrate_passwords_refused_total", "counter",
     "Logins of users not yet here whose password was wrong at the old server.",
     &Metrics::newcomers_refused},
    {"migrate_passwords_unasked_total", "counter",
     "Logins of users not yet here whose password could not be asked.",
     &Metrics::newcomers_unasked},
    {"migrate_accounts_made_total", "counter", "Accounts made at a login.",
     &Metrics::newcomers_made},
    {"migrate_accounts_moved_total", "counter", "Accounts whose mail is all here.",
     &Metrics::newcomers_moved},
    {"migrate_moves_failed_total", "counter",
     "Moves that ended early; the next login of the account goes on.", &Metrics::newcomers_failed},
    {"migrate_messages_total", "counter", "Messages brought from the old server.",
     &Metrics::newcomers_messages},
    {"migrate_moves_under_way", "gauge", "Accounts that are moved now.",
     &Metrics::newcomers_moving},
    {"logins_refused_total", "counter",
     "POP3 logins refused unheard: too many, or too many wrong ones, from their address.",
     &Metrics::logins_refused},
    {"logins_cut_total", "counter", "POP3 connections that did too much before a login.",
     &Metrics::logins_cut},
    {"slowed_total", "counter", "Times that an account had to wait: commands or bytes a minute.",
     &Metrics::slowed},
    {"pop3_plaintext_refused_total", "counter",
     "USER, PASS and AUTH refused because they send a password in the clear.",
     &Metrics::pop3_plaintext_refused},
    {"pop3_mechanisms_refused_total", "counter", "AUTH with a mechanism that is not offered.",
     &Metrics::pop3_mechanisms_refused},
    {"pop3_login_timeouts_total", "counter", "POP3 connections without a login in time.",
     &Metrics::pop3_login_timeouts},
    {"pop3_idle_timeouts_total", "counter", "POP3 sessions ended because their client was silent.",
     &Metrics::pop3_idle_timeouts},
    {"pop3_errors_cut_total", "counter", "POP3 connections ended for too many bad commands.",
     &Metrics::pop3_errors_cut},
    {"pop3_takeovers_total", "counter", "Idle POP3 sessions that a newer login has ended.",
     &Metrics::pop3_takeovers},
    {"pop3_clients_lost_total", "counter", "POP3 connections whose client was gone without a word.",
     &Metrics::clients_lost},
    {"messages_retrieved_total", "counter", "Messages sent whole, by RETR or TOP.",
     &Metrics::messages_retrieved},
    {"octets_retrieved_total", "counter", "Octets sent by RETR and TOP.",
     &Metrics::octets_retrieved},
    {"messages_deleted_total", "counter", "Messages deleted by QUIT.", &Metrics::messages_deleted},
    {"mails_received_total", "counter", "Mails taken in by SMTP and LMTP.",
     &Metrics::mails_received},
    {"messages_delivered_total", "counter", "Copies put into maildrops.",
     &Metrics::messages_delivered},
    {"recipients_refused_total", "counter", "Recipients refused.", &Metrics::recipients_refused},
    {"smtp_slowed_total", "counter", "Times that an answer was late for a peer's mistakes.",
     &Metrics::smtp_slowed},
    {"spool_refused_total", "counter", "Mails refused by limits.spool_per_address.",
     &Metrics::spool_refused},
    {"deliveries_failed_total", "counter", "Deliveries that failed.", &Metrics::deliveries_failed},
    {"disk_full_total", "counter", "Deliveries that found no room on the disk.",
     &Metrics::disk_full},
    {"over_quota_total", "counter", "Recipients and deliveries that a quota refused.",
     &Metrics::over_quota},
    {"quota_warnings_total", "counter", "Owners told that their maildrop fills up.",
     &Metrics::quota_warnings},
    {"tls_handshakes_failed_total", "counter", "TLS handshakes that failed.",
     &Metrics::tls_handshakes_failed},
    {"tls_silent_total", "counter",
     "Connections to implicit TLS that closed without a word: checks of load balancers.",
     &Metrics::tls_silent},
    {"tls_old_handshakes_total", "counter", "TLS handshakes that came to TLS 1.0 or 1.1.",
     &Metrics::tls_old_handshakes},
    {"certificate_expires_seconds", "gauge", "Unix time at which the first certificate ends.",
     &Metrics::certificate_expires},
    {"damage_found_total", "counter", "Damaged records met.", &Metrics::damage_found},
    {"messages_expired_total", "counter", "Messages deleted by retention.",
     &Metrics::messages_expired},
    {"bytes_reclaimed_total", "counter", "Bytes given back by reclaiming.",
     &Metrics::bytes_reclaimed},
    {"upkeep_passes_total", "counter", "Passes of upkeep over all maildrops.",
     &Metrics::upkeep_passes},
    {"upkeep_failures_total", "counter", "Maildrops whose upkeep failed.",
     &Metrics::upkeep_failures},
    {"clock_doubtful", "gauge", "1: the clock jumped ahead; retention and reclaiming wait.",
     &Metrics::clock_doubtful},
    {"data_dir_lost", "gauge", "1: data_dir or its maildrops are gone; logins and mail wait.",
     &Metrics::data_dir_lost},
    {"scrub_bytes_total", "counter", "Bytes that the scrub has read.", &Metrics::scrub_bytes},
    {"scrub_passes_total", "counter", "Passes of the scrub over all maildrops.",
     &Metrics::scrub_passes},
    {"scrub_failures_total", "counter", "Maildrops that the scrub could not read.",
     &Metrics::scrub_failures},
    {"sandbox_landlock", "gauge", "Version of Landlock in force; 0: none.",
     &Metrics::sandbox_landlock},
    {"sandbox_seccomp", "gauge", "1: a filter of system calls is in force.",
     &Metrics::sandbox_seccomp},
    {"sandbox_no_new_privileges", "gauge", "1: no_new_privs is in force.",
     &Metrics::sandbox_no_new_privileges},
};

// A counter without a row would count and never be shown.
static_assert(sizeof(Metrics) == (std::size(kRows) + smtp::kRefusalKinds) * sizeof(Counter));

void add_refusals(const Metrics& metrics, std::string& out) {
  out +=
      "# HELP restante_smtp_refused_total What SMTP and LMTP refused, but recipients.\n"
      "# TYPE restante_smtp_refused_total counter\n";
  for (std::size_t i = 0; i < metrics.smtp_refused.size(); ++i)
    fmt::format_to(std::back_inserter(out), "restante_smtp_refused_total{{kind=\"{}\"}} {}\n",
                   smtp::to_text(static_cast<smtp::RefusalKind>(i)),
                   metrics.smtp_refused[i].value());
}

}  // namespace

std::string Metrics::to_prometheus() const {
  std::string out;
  for (const Row& row : kRows) {
    fmt::format_to(std::back_inserter(out),
                   "# HELP restante_{0} {1}\n# TYPE restante_{0} {2}\nrestante_{0} {3}\n", row.name,
                   row.help, row.type, (this->*row.counter).value());
  }
  add_refusals(*this, out);
  return out;
}

}  // namespace restante::server
