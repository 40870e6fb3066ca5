#include "dial/self_signed.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <system_error>

#include "files/file.h"

namespace restante::net {
namespace {

// No tool renews it, and mail programs have pinned it: it must not end while it is of use.
constexpr long kLifetimeSeconds = 10L * 365 * 24 * 3600;

using Key = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;
using Certificate = std::unique_ptr<X509, void (*)(X509*)>;
using Bio = std::unique_ptr<BIO, int (*)(BIO*)>;

Status add_extension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  if (extension == nullptr) return Error(Errc::kIo, "certificate extension " + value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
  return ok();
}

Result<Certificate> sign(EVP_PKEY* key, const std::string& hostname) {
  Certificate certificate(X509_new(), X509_free);
  std::uint64_t serial = 0;
  if (!certificate || RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) != 1)
    return Error(Errc::kIo, "making a certificate");
  X509_set_version(certificate.get(), 2);
  // One bit less: the number is signed, and a negative serial number is none.
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1U);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kLifetimeSeconds);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  const std::string common_name = hostname.substr(0, 64);  // RFC 5280 A.1: ub-common-name.
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(certificate.get(), name);
  RESTANTE_CHECKED(add_extension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE"));
  RESTANTE_CHECKED(add_extension(certificate.get(), NID_ext_key_usage, "serverAuth"));
  RESTANTE_CHECKED(
      add_extension(certificate.get(), NID_subject_alt_name,
                    // Clients on the same machine connect by any of these.
                    "DNS:" + hostname + ",DNS:localhost,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1"));
  if (X509_sign(certificate.get(), key, EVP_sha256()) == 0)
    return Error(Errc::kIo, "signing a certificate");
  return certificate;
}

Status write_file(const std::filesystem::path& path, BIO* content) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(content, &data);
  return files::as_io(
      files::replace_durably(path, std::string_view(data, static_cast<std::size_t>(length))));
}

}  // namespace

CertificateFiles self_signed_files(const std::filesystem::path& directory) {
  return {directory / "self-signed.pem", directory / "self-signed.key"};
}

Result<CertificateFiles> ensure_self_signed(const std::filesystem::path& directory,
                                            const std::string& hostname, bool& made) {
  CertificateFiles files = self_signed_files(directory);
  std::error_code ignored;
  made = !std::filesystem::exists(files.certificate, ignored) ||
         !std::filesystem::exists(files.private_key, ignored);
  if (!made) return files;

  const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  if (!key) return Error(Errc::kIo, "making a P-256 key");
  RESTANTE_TRY(const Certificate certificate, sign(key.get(), hostname));
  const Bio key_text(BIO_new(BIO_s_mem()), BIO_free);
  const Bio certificate_text(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  PEM_write_bio_X509(certificate_text.get(), certificate.get());
  // The key first: a certificate without its key would be taken for a pair that is there.
  RESTANTE_CHECKED(write_file(files.private_key, key_text.get()));
  RESTANTE_CHECKED(write_file(files.certificate, certificate_text.get()));
  return files;
}

}  // namespace restante::net
