#include "server/upkeep/certificate_watch.h"

#include "server/common/log.h"
#include "server/measures/measures.h"

namespace restante::server {
namespace {

constexpr auto kBetweenWarnings = std::chrono::days(1);

std::string left_text(std::chrono::milliseconds left) {
  if (left <= std::chrono::milliseconds(0)) return "ended";
  const auto days = std::chrono::floor<std::chrono::days>(left).count();
  if (days >= 1) return fmt::format("ends in {} days", days);
  return fmt::format("ends in {} hours", std::chrono::floor<std::chrono::hours>(left).count());
}

}  // namespace

bool ExpiryWarnings::due(WallTime not_after, WallTime now, std::chrono::seconds before) {
  // A renewed certificate begins its own warnings.
  if (not_after != not_after_) warned_.reset();
  not_after_ = not_after;
  if (not_after - now > before) return false;
  // A clock that was set back makes "now" earlier: better a warning too many.
  if (warned_ && now >= *warned_ && now - *warned_ < kBetweenWarnings) return false;
  warned_ = now;
  return true;
}

void CertificateWatch::look() {
  reload_if_changed();
  const SettingsPtr settings = settings_.get();
  if (!settings->tls) return;
  // A reload says it once more: the operator is looking at the log now.
  if (settings != seen_) warnings_ = crl_warnings_ = ExpiryWarnings();  // Said again.
  seen_ = settings;
  const WallTime not_after = settings->tls->not_after();
  const WallTime now = services_.clock.now();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(not_after.time_since_epoch());
  services_.metrics.certificate_expires.set(
      static_cast<std::uint64_t>(std::max<std::int64_t>(0, seconds.count())));
  if (warnings_.due(not_after, now))
    spdlog::warn(
        "tls certificate={} {} expires=\"{}\": renew it; a changed file is used without a "
        "restart",
        for_log(settings->tls->soonest_file().string()), left_text(not_after - now),
        settings->tls->expires());
  std::vector<CertificateMeasure::Row> rows;
  for (const net::TlsContext::End& end : settings->tls->ends())
    rows.push_back({end.file.string(), end.not_after});
  services_.measures->certificates.set(std::move(rows));
  const auto crl_ends = settings->tls->crl_ends().value_or(WallTime{}).time_since_epoch();
  services_.measures->crl_ends.set(static_cast<std::uint64_t>(
      std::max<std::int64_t>(0, std::chrono::floor<std::chrono::seconds>(crl_ends).count())));
  look_at_crl(*settings->tls, now);
}

void CertificateWatch::look_at_crl(const net::TlsContext& tls, WallTime now) {
  if (!tls.crl_ends() || !crl_warnings_.due(*tls.crl_ends(), now, kCrlWarning)) return;
  spdlog::warn(
      "tls client_crl {}: then nobody logs in by EXTERNAL until the file has a new list, which is "
      "used without a restart",
      left_text(*tls.crl_ends() - now));
}

void CertificateWatch::reload_if_changed() {
  const SettingsPtr settings = settings_.get();
  if (!settings->tls) return;
  const auto stamps = files::stamps_of(files_of(settings->tls_files));
  // The same files as before, or the same that were refused.
  if (stamps == settings->tls_stamps || stamps == refused_) return;
  auto fresh = std::make_shared<Settings>(*settings);
  if (const Status loaded = load_certificates(*fresh); !loaded) {
    // Refused files are not read again until they change: one line in the log is enough.
    refused_ = stamps;
    spdlog::error("tls: changed files cannot be used, the old certificate stays reason={}",
                  // Half of a renewal may be there, a certificate without its key: the next look
                  // finds both.
                  for_log(loaded.error().message()));
    return;
  }
  fresh->tls_stamps = stamps;
  // A whole reload in the meantime has read these files, too.
  if (!settings_.replace(settings, std::move(fresh))) return;
  refused_.clear();
  spdlog::info("tls: changed files are in use for new connections expires=\"{}\"",
               settings_.get()->tls->expires());
}

}  // namespace restante::server
