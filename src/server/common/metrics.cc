#include "server/common/metrics.h"

#include <iterator>
#include <string_view>

namespace restante::server {
namespace {

constexpr MetricType kCounter = MetricType::kCounter;
constexpr MetricType kGauge = MetricType::kGauge;

struct Row {
  std::string_view name;
  MetricType type;
  std::string_view help;
  Counter Metrics::*counter;
};

constexpr Row kRows[] = {
    {"restante_connections_open", kGauge, "Connections open now.", &Metrics::connections_open},
    {"restante_connections_total", kCounter, "Connections accepted.", &Metrics::connections_total},
    {"restante_connections_refused_total", kCounter, "Connections refused at the limit.",
     &Metrics::connections_refused},
    {"restante_connections_refused_address_total", kCounter,
     "Connections refused because their address had too many open.",
     &Metrics::connections_refused_address},
    {"restante_connections_refused_rate_total", kCounter,
     "Connections refused because their address made too many a minute.",
     &Metrics::connections_refused_rate},
    {"restante_proxy_refused_total", kCounter,
     "Connections to PROXY listeners from a stranger, or without a header.",
     &Metrics::proxy_refused},
    {"restante_proxy_header_missing_total", kCounter,
     "Connections to PROXY listeners that sent nothing: does the proxy send headers?",
     &Metrics::proxy_header_missing},
    {"restante_xclient_refused_total", kCounter,
     "XCLIENT commands from whom they are not believed.", &Metrics::xclient_refused},
    {"restante_networks_refused_total", kCounter, "Connections refused by listen.networks.",
     &Metrics::networks_refused},
    {"restante_pop3_sessions_total", kCounter, "Successful POP3 logins.", &Metrics::pop3_sessions},
    {"restante_logins_failed_total", kCounter, "Failed POP3 logins.", &Metrics::logins_failed},
    {"restante_migrate_passwords_refused_total", kCounter,
     "Logins of users not yet here whose password was wrong at the old server.",
     &Metrics::newcomers_refused},
    {"restante_migrate_passwords_unasked_total", kCounter,
     "Logins of users not yet here whose password could not be asked.",
     &Metrics::newcomers_unasked},
    {"restante_migrate_accounts_made_total", kCounter, "Accounts made at a login.",
     &Metrics::newcomers_made},
    {"restante_migrate_accounts_moved_total", kCounter, "Accounts whose mail is all here.",
     &Metrics::newcomers_moved},
    {"restante_migrate_moves_failed_total", kCounter,
     "Moves that ended early; the next login of the account goes on.", &Metrics::newcomers_failed},
    {"restante_migrate_messages_total", kCounter, "Messages brought from the old server.",
     &Metrics::newcomers_messages},
    {"restante_migrate_moves_under_way", kGauge, "Accounts that are moved now.",
     &Metrics::newcomers_moving},
    {"restante_logins_refused_total", kCounter,
     "POP3 logins refused unheard: too many, or too many wrong ones, from their address.",
     &Metrics::logins_refused},
    {"restante_logins_cut_total", kCounter, "POP3 connections that did too much before a login.",
     &Metrics::logins_cut},
    {"restante_slowed_total", kCounter,
     "Times that an account had to wait: commands or bytes a minute.", &Metrics::slowed},
    {"restante_pop3_plaintext_refused_total", kCounter,
     "USER, PASS and AUTH refused because they send a password in the clear.",
     &Metrics::pop3_plaintext_refused},
    {"restante_pop3_mechanisms_refused_total", kCounter,
     "AUTH with a mechanism that is not offered.", &Metrics::pop3_mechanisms_refused},
    {"restante_pop3_login_timeouts_total", kCounter, "POP3 connections without a login in time.",
     &Metrics::pop3_login_timeouts},
    {"restante_pop3_idle_timeouts_total", kCounter,
     "POP3 sessions ended because their client was silent.", &Metrics::pop3_idle_timeouts},
    {"restante_pop3_errors_cut_total", kCounter,
     "POP3 connections ended for too many bad commands.", &Metrics::pop3_errors_cut},
    {"restante_pop3_takeovers_total", kCounter, "Idle POP3 sessions that a newer login has ended.",
     &Metrics::pop3_takeovers},
    {"restante_pop3_clients_lost_total", kCounter,
     "POP3 connections whose client was gone without a word.", &Metrics::clients_lost},
    {"restante_messages_retrieved_total", kCounter, "Messages sent whole, by RETR or TOP.",
     &Metrics::messages_retrieved},
    {"restante_octets_retrieved_total", kCounter, "Octets sent by RETR and TOP.",
     &Metrics::octets_retrieved},
    {"restante_messages_deleted_total", kCounter, "Messages deleted by QUIT.",
     &Metrics::messages_deleted},
    {"restante_octets_deleted_total", kCounter,
     "Octets of messages deleted by QUIT and by retention.", &Metrics::octets_deleted},
    {"restante_mails_received_total", kCounter, "Mails taken in by SMTP and LMTP.",
     &Metrics::mails_received},
    {"restante_messages_delivered_total", kCounter, "Copies put into maildrops.",
     &Metrics::messages_delivered},
    {"restante_recipients_refused_total", kCounter, "Recipients refused.",
     &Metrics::recipients_refused},
    {"restante_smtp_slowed_total", kCounter, "Times that an answer was late for a peer's mistakes.",
     &Metrics::smtp_slowed},
    {"restante_spool_refused_total", kCounter, "Mails refused by limits.spool_per_address.",
     &Metrics::spool_refused},
    {"restante_deliveries_failed_total", kCounter, "Deliveries that failed.",
     &Metrics::deliveries_failed},
    {"restante_disk_full_total", kCounter, "Deliveries that found no room on the disk.",
     &Metrics::disk_full},
    {"restante_over_quota_total", kCounter, "Recipients and deliveries that a quota refused.",
     &Metrics::over_quota},
    {"restante_quota_warnings_total", kCounter, "Owners told that their maildrop fills up.",
     &Metrics::quota_warnings},
    {"restante_tls_handshakes_failed_total", kCounter, "TLS handshakes that failed.",
     &Metrics::tls_handshakes_failed},
    {"restante_tls_silent_total", kCounter,
     "Connections to implicit TLS that closed without a word: checks of load balancers.",
     &Metrics::tls_silent},
    {"restante_tls_old_handshakes_total", kCounter, "TLS handshakes that came to TLS 1.0 or 1.1.",
     &Metrics::tls_old_handshakes},
    {"restante_certificate_expires_seconds", kGauge,
     "Unix time at which the first certificate ends.", &Metrics::certificate_expires},
    {"restante_damage_found_total", kCounter, "Damaged records met.", &Metrics::damage_found},
    {"restante_messages_expired_total", kCounter, "Messages deleted by retention.",
     &Metrics::messages_expired},
    {"restante_bytes_reclaimed_total", kCounter, "Bytes given back by reclaiming.",
     &Metrics::bytes_reclaimed},
    {"restante_upkeep_passes_total", kCounter, "Passes of upkeep over all maildrops.",
     &Metrics::upkeep_passes},
    {"restante_upkeep_failures_total", kCounter, "Maildrops whose upkeep failed.",
     &Metrics::upkeep_failures},
    {"restante_clock_doubtful", kGauge, "1: the clock jumped ahead; retention and reclaiming wait.",
     &Metrics::clock_doubtful},
    {"restante_data_dir_lost", kGauge,
     "1: data_dir or its maildrops are gone; logins and mail wait.", &Metrics::data_dir_lost},
    {"restante_scrub_bytes_total", kCounter, "Bytes that the scrub has read.",
     &Metrics::scrub_bytes},
    {"restante_scrub_passes_total", kCounter, "Passes of the scrub over all maildrops.",
     &Metrics::scrub_passes},
    {"restante_scrub_failures_total", kCounter, "Maildrops that the scrub could not read.",
     &Metrics::scrub_failures},
    {"restante_sandbox_landlock", kGauge, "Version of Landlock in force; 0: none.",
     &Metrics::sandbox_landlock},
    {"restante_sandbox_seccomp", kGauge, "1: a filter of system calls is in force.",
     &Metrics::sandbox_seccomp},
    {"restante_sandbox_no_new_privileges", kGauge, "1: no_new_privs is in force.",
     &Metrics::sandbox_no_new_privileges},
};

// A counter without a row would count, but never be shown.
static_assert(sizeof(Metrics) == (std::size(kRows) + smtp::kRefusalKinds) * sizeof(Counter));

void add_refusals(const Metrics& metrics, Exposition& page) {
  page.begin(
      {"restante_smtp_refused_total", kCounter, "What SMTP and LMTP refused, but recipients."});
  for (std::size_t i = 0; i < metrics.smtp_refused.size(); ++i)
    page.row({{"kind", smtp::to_text(static_cast<smtp::RefusalKind>(i))}},
             metrics.smtp_refused[i].value());
}

}  // namespace

void Metrics::write(Exposition& page) const {
  for (const Row& row : kRows) {
    page.begin({row.name, row.type, row.help});
    page.row((this->*row.counter).value());
  }
  add_refusals(*this, page);
}

}  // namespace restante::server
