#include "restantectl/selftest/certificate_file.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>

#include "dial/certificate.h"
#include "dial/self_signed.h"

namespace restante::ctl {
namespace {

Result<WallTime> time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return Error(Errc::kSyntax, "has no date of its end");
  return WallTime(std::chrono::seconds(::timegm(&parts)));
}

}  // namespace

Result<CertificateFacts> read_certificate(const std::filesystem::path& path) {
  const std::unique_ptr<BIO, int (*)(BIO*)> file(BIO_new_file(path.c_str(), "r"), BIO_free);
  if (!file) return Error(Errc::kIo, path.string() + " cannot be read");
  const std::unique_ptr<X509, void (*)(X509*)> found(
      PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr), X509_free);
  if (!found) return Error(Errc::kSyntax, path.string() + " holds no certificate (PEM)");
  CertificateFacts facts;
  facts.sha256 = net::sha256_of(*found);
  RESTANTE_TRY(const WallTime ends, time_of(X509_get0_notAfter(found.get())));
  facts.ends = ends;
  return facts;
}

std::vector<std::filesystem::path> certificates_of(const settings::Config& config) {
  std::vector<std::filesystem::path> out;
  for (const net::CertificateFiles& pair : config.tls.certificates) out.push_back(pair.certificate);
  if (out.empty()) out.push_back(net::self_signed_files(config.data_dir).certificate);
  return out;
}

}  // namespace restante::ctl
