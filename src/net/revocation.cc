#include "net/revocation.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <ctime>
#include <memory>

namespace restante::net {
namespace {

Error file_error(const std::filesystem::path& file, const char* what) {
  // The queue is the thread's: what stays in it would be told of the next connection.
  ERR_clear_error();
  return Error(Errc::kSyntax, file.string() + ": " + what);
}

std::optional<WallTime> end_of(const X509_CRL& list) {
  const ASN1_TIME* const end = X509_CRL_get0_nextUpdate(&list);
  std::tm parts{};
  // A list without an end never grows old, so there is nothing to warn of.
  if (end == nullptr || ASN1_TIME_to_tm(end, &parts) != 1) return std::nullopt;
  return WallTime(std::chrono::seconds(::timegm(&parts)));
}

/// The reason stays in the verification's result, and a certificate with it names no user.
int go_on_in_doubt(int verified, X509_STORE_CTX* context) {
  return verified == 1 || is_only_doubt(X509_STORE_CTX_get_error(context)) ? 1 : 0;
}

}  // namespace

bool is_only_doubt(int result) {
  return result == X509_V_ERR_CRL_HAS_EXPIRED || result == X509_V_ERR_CRL_NOT_YET_VALID ||
         result == X509_V_ERR_UNABLE_TO_GET_CRL || result == X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER;
}

Result<std::optional<WallTime>> check_revocation(SSL_CTX* context,
                                                 const std::filesystem::path& file) {
  const std::unique_ptr<BIO, int (*)(BIO*)> in(BIO_new_file(file.c_str(), "r"), BIO_free);
  if (!in) return file_error(file, "cannot be read");
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  std::optional<WallTime> soonest;
  std::size_t lists = 0;
  for (;; ++lists) {
    const std::unique_ptr<X509_CRL, void (*)(X509_CRL*)> list(
        PEM_read_bio_X509_CRL(in.get(), nullptr, nullptr, nullptr), X509_CRL_free);
    if (!list) break;
    if (X509_STORE_add_crl(store, list.get()) != 1) return file_error(file, "unusable");
    const auto end = end_of(*list);
    if (end && (!soonest || *end < *soonest)) soonest = end;
  }
  // The reader gives null at the end of the file and at damage: only the error queue tells which.
  const unsigned long code = ERR_peek_last_error();
  const bool at_end =
      ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
  if (!at_end) return file_error(file, "holds a damaged list of revoked certificates");
  if (lists == 0) return file_error(file, "holds no list of revoked certificates (PEM)");
  ERR_clear_error();
  // The whole chain: an authority in the middle can be revoked, too.
  X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  SSL_CTX_set_verify(context, SSL_CTX_get_verify_mode(context), go_on_in_doubt);
  // A resumed session is not verified again, so it must end soon for a new list to count.
  SSL_CTX_set_timeout(context, std::chrono::seconds(kResumptionTime).count());
  return soonest;
}

}  // namespace restante::net
