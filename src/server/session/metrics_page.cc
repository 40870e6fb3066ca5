#include "server/session/metrics_page.h"

#include <functional>

#include "server/copies/copies.h"
#include "server/elsewhere/homes.h"
#include "server/measures/measures.h"
#include "server/measures/own_process.h"

namespace restante::server {
namespace {

constexpr MetricType kCounter = MetricType::kCounter;
constexpr MetricType kGauge = MetricType::kGauge;
constexpr MetricType kHistogram = MetricType::kHistogram;

void add_doors(Exposition& page, const Measures& measures) {
  page.begin({"restante_listener_connections_total", kCounter,
              "Connections by listener: taken, or why they were refused."});
  measures.for_each_door([&page](const Door& door) {
    for (std::size_t i = 0; i < kEntryNames.size(); ++i)
      page.row(
          {{"protocol", door.protocol}, {"listener", door.listener}, {"outcome", kEntryNames[i]}},
          door.entries[i].value());
  });
  page.begin({"restante_tls_handshakes_total", kCounter,
              "TLS handshakes that succeeded, by listener and version."});
  measures.for_each_door([&page](const Door& door) {
    for (std::size_t i = 1; i < kTlsNames.size(); ++i)
      page.row(
          {{"protocol", door.protocol}, {"listener", door.listener}, {"version", kTlsNames[i]}},
          door.handshakes[i].value());
  });
  page.begin({"restante_greeting_seconds", kHistogram,
              "From a connection to its greeting: a PROXY header and a TLS handshake are in it."});
  measures.for_each_door([&page](const Door& door) {
    page.row({{"protocol", door.protocol}, {"listener", door.listener}}, door.greeting);
  });
}

void add_logins(Exposition& page, const Measures& measures) {
  page.begin({"restante_logins_total", kCounter,
              "POP3 logins by mechanism, TLS version and outcome, of those that there were."});
  measures.for_each_login([&page](const Measures::LoginRow& row) {
    page.row({{"mechanism", row.way}, {"tls", row.tls}, {"outcome", row.end}}, row.count);
  });
  page.begin(
      {"restante_login_seconds", kHistogram, "From a password, or another proof, to its answer."});
  page.row({{"outcome", "good"}}, measures.logins_good);
  page.row({{"outcome", "failed"}}, measures.logins_bad);
  page.begin({"restante_login_step_seconds", kHistogram,
              "What logins wait for. Those that are remembered wait for no lookup and no hash."});
  for (std::size_t i = 0; i < kLoginStepNames.size(); ++i)
    page.row({{"step", kLoginStepNames[i]}}, measures.login_steps[i]);
}

void add_page_logins(Exposition& page, const Measures& measures) {
  page.begin({"restante_page_logins_total", kCounter,
              "Requests for the operator's pages that brought a password or a token, by outcome."});
  for (std::size_t i = 0; i < kPageLoginNames.size(); ++i)
    page.row({{"outcome", kPageLoginNames[i]}}, measures.page_logins[i].value());
}

void add_back_ends(Exposition& page, const Measures& measures) {
  const auto states = measures.back_ends.get();
  page.begin(
      {"restante_back_end_down", kGauge,
       "1: this back end of accounts does not answer. One without a row never was in trouble."});
  for (const auto& [name, state] : states) page.row({{"back_end", name}}, state.is_down ? 1 : 0);
  page.begin({"restante_back_end_outages_total", kCounter, "Times that it went down."});
  for (const auto& [name, state] : states) page.row({{"back_end", name}}, state.outages);
  page.begin({"restante_back_end_complaints_total", kCounter,
              "Minutes in which it answered with a mistake of its own."});
  for (const auto& [name, state] : states) page.row({{"back_end", name}}, state.complaints);
}

void add_sessions(Exposition& page, const Measures& measures) {
  page.begin({"restante_pop3_sessions_open", kGauge, "POP3 sessions logged in now."});
  page.row(measures.sessions_open.value());
  page.begin({"restante_pop3_commands_total", kCounter, "POP3 commands said."});
  for (std::size_t i = 0; i < pop3::kVerbs; ++i) {
    const auto verb = static_cast<pop3::Verb>(i);
    page.row({{"command", pop3::to_string(verb)}}, measures.commands.of(verb));
  }
  page.row({{"command", "unknown"}}, measures.commands.unknown());
  page.begin({"restante_smtp_commands_total", kCounter, "SMTP and LMTP commands said."});
  for (std::size_t intake = 0; intake < kIntakeNames.size(); ++intake)
    for (std::size_t i = 0; i < smtp::kVerbs; ++i) {
      const auto verb = static_cast<smtp::Verb>(i);
      page.row({{"protocol", kIntakeNames[intake]}, {"command", to_text(verb)}},
               measures.mail_commands[intake].of(verb));
    }
  page.begin({"restante_retrievals_total", kCounter, "Messages asked for by RETR and TOP."});
  for (std::size_t i = 0; i < kRetrievalNames.size(); ++i)
    page.row({{"outcome", kRetrievalNames[i]}}, measures.retrievals[i].value());
}

void add_deliveries(Exposition& page, const Measures& measures) {
  page.begin({"restante_deliveries_total", kCounter, "Copies for maildrops here, by the answer."});
  for (std::size_t intake = 0; intake < kIntakeNames.size(); ++intake)
    for (std::size_t i = 0; i < kAnswerNames.size(); ++i)
      page.row({{"protocol", kIntakeNames[intake]}, {"answer", kAnswerNames[i]}},
               measures.deliveries[intake][i].value());
  page.begin({"restante_octets_delivered_total", kCounter, "Octets put into maildrops."});
  page.row(measures.octets_delivered.value());
  page.begin({"restante_archive_mails_total", kCounter,
              "Mails that the archive account took, or did not: those were put off."});
  page.row({{"outcome", "done"}}, measures.archive.done.value());
  page.row({{"outcome", "failed"}}, measures.archive.failed.value());
}

void add_waits(Exposition& page, const Measures& measures) {
  page.begin({"restante_sync_seconds", kHistogram, "Syncs of maildrops."});
  page.row({}, measures.syncs);
  page.begin({"restante_lock_wait_seconds", kHistogram,
              "Waits for maildrops that another process had locked."});
  page.row({}, measures.lock_waits);
  page.begin({"restante_pool_wait_seconds", kHistogram, "Waits of work for a thread."});
  for (std::size_t i = 0; i < kPoolNames.size(); ++i)
    page.row({{"pool", kPoolNames[i]}}, measures.pool_waits[i]);
}

void add_gauge(Exposition& page, std::string_view name, std::string_view help,
               std::optional<std::uint64_t> value) {
  page.begin({name, kGauge, help});
  if (value) page.row(*value);
}

std::uint64_t to_seconds(WallTime time) {
  const auto span = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch());
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, span.count()));
}

void add_storage(Exposition& page, const Measures& measures) {
  const auto totals = measures.storage.get();
  const auto value = [&totals](std::uint64_t StorageTotals::*member) {
    return totals ? std::optional((*totals).*member) : std::nullopt;
  };
  page.begin({"restante_storage_bytes", kGauge,
              "Bytes of maildrops as the last pass of upkeep found them: of waiting messages, of "
              "what is deleted or describes it, and set aside."});
  if (totals) {
    page.row({{"state", "live"}}, totals->live_bytes);
    page.row({{"state", "dead"}}, totals->dead_bytes);
    page.row({{"state", "aside"}}, totals->aside_bytes);
  }
  add_gauge(page, "restante_maildrops", "Maildrops, by that pass.",
            value(&StorageTotals::maildrops));
  add_gauge(page, "restante_messages_waiting", "Messages that wait, by that pass.",
            value(&StorageTotals::messages));
  add_gauge(page, "restante_octets_waiting", "Octets of these.", value(&StorageTotals::octets));
  add_gauge(page, "restante_oldest_message_seconds",
            "Unix time at which the message arrived that waits longest.",
            totals && totals->oldest ? std::optional(to_seconds(*totals->oldest)) : std::nullopt);
  page.begin({"restante_quota_use_maildrops", kGauge,
              "Maildrops by how many percent of their quota they use."});
  if (totals)
    for (std::size_t i = 0; i < kQuotaUseNames.size(); ++i)
      page.row({{"use", kQuotaUseNames[i]}}, totals->quota_uses[i]);
}

void add_kept(Exposition& page, const Measures& measures) {
  const auto kept = measures.kept.get();
  add_gauge(page, "restante_messages_deleted_kept",
            "Messages deleted within maildrop.undelete_window: `restantectl maildrop undelete` "
            "brings them back.",
            kept ? std::optional(kept->messages) : std::nullopt);
  add_gauge(page, "restante_octets_deleted_kept", "Octets of these.",
            kept ? std::optional(kept->octets) : std::nullopt);
}

void add_certificates(Exposition& page, const Measures& measures) {
  page.begin({"restante_certificate_ends_seconds", kGauge,
              "Unix time at which the certificate in this file ends."});
  for (const CertificateMeasure::Row& row : measures.certificates.get())
    page.row({{"file", row.file}}, to_seconds(row.ends));
}

void add_passes(Exposition& page, const Measures& measures) {
  const auto rows = [&](Counter PassProgress::*counter) {
    page.row({{"work", "upkeep"}}, (measures.upkeep.*counter).value());
    page.row({{"work", "scrub"}}, (measures.scrub.*counter).value());
  };
  page.begin({"restante_pass_maildrops", kGauge, "Maildrops of the present pass, or the last."});
  rows(&PassProgress::maildrops);
  page.begin({"restante_pass_maildrops_done", kGauge, "Of these, those that it has been at."});
  rows(&PassProgress::done);
  const std::uint64_t crl_ends = measures.crl_ends.value();
  add_gauge(page, "restante_client_crl_expires_seconds",
            "Unix time at which the first list in tls.client_crl ends.",
            crl_ends != 0 ? std::optional(crl_ends) : std::nullopt);
}

void add_process(Exposition& page) {
  const OwnProcess& process = own_process();
  const ProcessUse use = process.look();
  page.begin({"restante_build_info", kGauge, "Always 1."});
  page.row({{"version", RESTANTE_VERSION}}, 1);
  add_gauge(page, "process_start_time_seconds", "Unix time at which the server was started.",
            to_seconds(process.began()));
  add_gauge(page, "process_resident_memory_bytes", "Memory in use.", use.resident_bytes);
  add_gauge(page, "process_virtual_memory_bytes", "Address space in use.", use.virtual_bytes);
  add_gauge(page, "process_open_fds", "File descriptors in use.", use.descriptors);
  add_gauge(page, "process_max_fds", "File descriptors that there may be.", use.descriptors_max);
  page.begin({"process_cpu_seconds_total", kCounter, "Processor time."});
  page.row_of_seconds({}, use.processor_time);
}

}  // namespace

std::string metrics_page(const Services& services, ExpositionFormat format) {
  Exposition page(format);
  services.metrics.write(page);
  const Measures& measures = *services.measures;
  add_doors(page, measures);
  add_logins(page, measures);
  add_page_logins(page, measures);
  add_back_ends(page, measures);
  add_sessions(page, measures);
  add_deliveries(page, measures);
  add_waits(page, measures);
  add_storage(page, measures);
  add_kept(page, measures);
  add_certificates(page, measures);
  add_passes(page, measures);
  if (services.homes != nullptr) services.homes->write(page);
  if (services.copies != nullptr) services.copies->write(page);
  add_process(page);
  return std::move(page).finish();
}

}  // namespace restante::server
