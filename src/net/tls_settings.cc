#include "net/tls_settings.h"

#include "config/keys.h"

namespace restante::net {
namespace {

using config::Duration;
using config::Item;
using config::Key;
using config::key;
using config::kPath;
using config::OneOf;

constexpr auto kTlsVersions =
    std::to_array<config::Choice<TlsVersion>>({{"1.2", TlsVersion::k12}, {"1.3", TlsVersion::k13}});

void add_own(TlsSettings& tls) {
  if (tls.certificates.empty()) tls.certificates.emplace_back();
}

/// The first of the certificates is [tls]'s own.
Key<TlsSettings> own_key(const Key<CertificateFiles>& key) {
  const auto put_first = [put = key.put](TlsSettings& tls, const Item& item) {
    add_own(tls);
    put(tls.certificates.front(), item);
  };
  return {key.note, put_first};
}

const config::Keys<CertificateFiles>& sni_keys() {
  static const config::Keys<CertificateFiles> keys = {
      key("certificate", &CertificateFiles::certificate, kPath, "As `tls.certificate`.").required(),
      key("private_key", &CertificateFiles::private_key, kPath, "As `tls.private_key`.").required(),
  };
  return keys;
}

Key<TlsSettings> sni_key() {
  Key<TlsSettings> sni =
      config::tables_key<TlsSettings>("sni", &TlsSettings::certificates, sni_keys(),
                                      "`[[tls.sni]]`: further certificates, each chosen by "
                                      "the names in it when a client asks for one (SNI).");
  sni.put = [put = sni.put](TlsSettings& tls, const Item& item) {
    add_own(tls);
    put(tls, item);
  };
  return sni;
}

}  // namespace

const config::Keys<TlsSettings>& tls_keys() {
  static const config::Keys<TlsSettings> keys = {
      own_key(key("certificate", &CertificateFiles::certificate, kPath,
                  "PEM: the certificate and its chain, leaf first. For clients that name no host "
                  "of ours.")),
      own_key(key("private_key", &CertificateFiles::private_key, kPath,
                  "PEM. Needed exactly when there is a certificate.")),
      key("client_ca", &TlsSettings::client_ca, kPath,
          "PEM: the authorities that sign clients' certificates; see below."),
      key("client_crl", &TlsSettings::client_crl, kPath,
          "PEM: the lists of revoked certificates, one for each authority in the chain; see below. "
          "Needs `tls.client_ca`."),
      key("min_version", &TlsSettings::min_version, OneOf(kTlsVersions),
          "The oldest version of TLS that is spoken."),
      key("watch_interval", &TlsSettings::watch_interval,
          Duration(std::chrono::seconds(1), std::chrono::days(1)),
          "How often the files of certificates and keys are looked at; see below."),
      sni_key(),
  };
  return keys;
}

}  // namespace restante::net
