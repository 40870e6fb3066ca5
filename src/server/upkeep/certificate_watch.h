// The certificates while the server runs: files that have changed are loaded and take the place of
// the old ones, as on SIGHUP; files that cannot be loaded change nothing and are reported once.
// Warns when the end of a certificate is near. Looks when it is told to; knows no thread.
#pragma once

#include <optional>

#include "server/common/services.h"

namespace restante::server {

/// How long before a certificate's end the warnings begin.
inline constexpr auto kCertificateWarning = std::chrono::days(14);
/// The same for a list of revoked certificates, many of which live for a week.
inline constexpr auto kCrlWarning = std::chrono::hours(12);

/// When the next warning is due for a certificate that ends then: daily in its last days. Pure.
class ExpiryWarnings {
 public:
  /// True: warn now. A certificate with another end starts anew.
  bool due(WallTime not_after, WallTime now, std::chrono::seconds before = kCertificateWarning);

 private:
  WallTime not_after_{};
  std::optional<WallTime> warned_;
};

/// Used by one thread at a time.
class CertificateWatch {
 public:
  /// Not owned; both outlive it.
  CertificateWatch(Services& services, SettingsHolder& settings)
      : services_(services), settings_(settings) {}

  void look();

 private:
  void reload_if_changed();
  void look_at_crl(const net::TlsContext& tls, WallTime now);

  Services& services_;
  SettingsHolder& settings_;
  ExpiryWarnings warnings_;
  ExpiryWarnings crl_warnings_;
  SettingsPtr seen_;                   ///< By the last look.
  std::vector<files::Stamp> refused_;  ///< Of files that could not be used, and were complained of.
};

}  // namespace restante::server
