#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>

#include "dial/openssl.h"
#include "files/readable.h"
#include "net/revocation.h"
#include "net/tls_stream.h"

namespace restante::net {
namespace {

// TLS 1.2 with forward secrecy and authenticated encryption only (RFC 8997, RFC 9325 s.4.2).
constexpr const char* kTls12Ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
// For TLS 1.0 and 1.1, what a device of their time knows: no authenticated encryption, and for the
// oldest no forward secrecy.
constexpr const char* kOldCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:kRSA+AES";
// The handshake of TLS 1.1 signs with SHA-1, which OpenSSL 3 allows on no other level.
constexpr int kOldSecurityLevel = 0;
constexpr const char* kSessionContext = "restante";

Error file_error(const std::filesystem::path& file) {
  const std::string why = files::why_unreadable(file);
  if (why.empty()) return Error(Errc::kSyntax, file.string() + ": " + openssl_reason());
  ERR_clear_error();
  return Error(Errc::kIo, "cannot read " + file.string() + ": " + why);
}

/// OpenSSL's words for a key of another kind, "no certificate assigned", do not mention the key.
Error key_error(const CertificateFiles& files) {
  return Error(Errc::kSyntax, files.private_key.string() +
                                  ": the key does not fit the certificate in " +
                                  files.certificate.string() + " (" + openssl_reason() + ")");
}

/// Whether key and certificate differ in kind or in value.
bool is_of_another_certificate() {
  const unsigned long code = ERR_peek_last_error();
  const int reason = ERR_GET_REASON(code);
  return ERR_GET_LIB(code) == ERR_LIB_X509 &&
         (reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH);
}

/// A client may come without a certificate, as most do; a bad one fails the handshake.
Status ask_for_certificates(SSL_CTX* context, const std::filesystem::path& authorities) {
  if (SSL_CTX_load_verify_file(context, authorities.c_str()) != 1) return file_error(authorities);
  // The client chooses among its certificates by these names.
  STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(authorities.c_str());
  if (names == nullptr) return file_error(authorities);
  SSL_CTX_set_client_CA_list(context, names);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE, nullptr);
  return ok();
}

void set_options(SSL_CTX* context, TlsVersion least) {
  SSL_CTX_set_min_proto_version(context, to_openssl(least));
  SSL_CTX_set_cipher_list(context, is_old(least) ? kOldCiphers : kTls12Ciphers);
  if (is_old(least)) SSL_CTX_set_security_level(context, kOldSecurityLevel);
  // Renegotiation and compression serve attacks alone. POP3, SMTP and LMTP have ends of their own,
  // so an end without close_notify hides nothing. Decrypted octets may be passwords: wiped.
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF |
                                   SSL_OP_CLEANSE_PLAINTEXT);
  // Thousands of idle connections give their buffers back.
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(context, 1);  // Otherwise each record costs two reads.
  // Resumption by tickets only: no state on our side, and one ticket is enough for a mail client.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 1);
  // Without it OpenSSL resumes no session of a client that was asked for a certificate.
  SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(kSessionContext),
                                 std::char_traits<char>::length(kSessionContext));
}

std::string end_of(SSL_CTX* context) {
  const X509* certificate = SSL_CTX_get0_certificate(context);
  const std::unique_ptr<BIO, int (*)(BIO*)> out(BIO_new(BIO_s_mem()), BIO_free);
  if (certificate == nullptr || !out) return "unknown";
  ASN1_TIME_print(out.get(), X509_get0_notAfter(certificate));
  std::array<char, 64> text{};
  const int length = BIO_read(out.get(), text.data(), text.size());
  return length > 0 ? std::string(text.data(), static_cast<std::size_t>(length)) : "unknown";
}

WallTime not_after_of(SSL_CTX* context) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(SSL_CTX_get0_certificate(context)), &parts) != 1)
    return {};
  namespace chrono = std::chrono;
  const chrono::year_month_day day(chrono::year(parts.tm_year + 1900),
                                   chrono::month(static_cast<unsigned>(parts.tm_mon) + 1),
                                   chrono::day(static_cast<unsigned>(parts.tm_mday)));
  return chrono::sys_days(day) + chrono::hours(parts.tm_hour) + chrono::minutes(parts.tm_min) +
         chrono::seconds(parts.tm_sec);
}

bool ends_before(SSL_CTX* a, SSL_CTX* b) {
  return ASN1_TIME_compare(X509_get0_notAfter(SSL_CTX_get0_certificate(a)),
                           X509_get0_notAfter(SSL_CTX_get0_certificate(b))) < 0;
}

}  // namespace

TlsContext::~TlsContext() = default;

Status TlsContext::add(const CertificateFiles& files, const TlsSettings& settings) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context) return Error(Errc::kLimit, "SSL_CTX_new");
  set_options(context.get(), settings.min_version);
  // The chain, not the certificate alone: clients that lack an intermediate would refuse the
  // server.
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1)
    return file_error(files.certificate);
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.private_key.c_str(), SSL_FILETYPE_PEM) != 1)
    return is_of_another_certificate() ? key_error(files) : file_error(files.private_key);
  // OpenSSL compares the two only when both are there, which depends on the order of the calls.
  if (SSL_CTX_check_private_key(context.get()) != 1) return key_error(files);
  if (!settings.client_ca.empty())
    RESTANTE_CHECKED(ask_for_certificates(context.get(), settings.client_ca));
  if (!settings.client_crl.empty()) {
    RESTANTE_TRY(const auto ends, check_revocation(context.get(), settings.client_crl));
    crl_ends_ = ends;
  }
  contexts_.push_back(std::move(context));
  return ok();
}

Result<std::shared_ptr<const TlsContext>> TlsContext::load(const TlsSettings& settings) {
  if (settings.certificates.empty()) return Error(Errc::kSyntax, "no certificate");
  std::shared_ptr<TlsContext> out(new TlsContext);
  for (const CertificateFiles& files : settings.certificates)
    RESTANTE_CHECKED(out->add(files, settings));
  SSL_CTX* first = out->contexts_.front().get();
  // A handshake begins with the first context, so that is the one to ask for the name.
  SSL_CTX_set_tlsext_servername_callback(first, &TlsContext::choose_by_name);
  SSL_CTX_set_tlsext_servername_arg(first, out.get());
  // The operator is warned of the certificate that ends first.
  std::size_t soonest = 0;
  for (std::size_t i = 1; i < out->contexts_.size(); ++i)
    if (ends_before(out->contexts_[i].get(), out->contexts_[soonest].get())) soonest = i;
  for (std::size_t i = 0; i < out->contexts_.size(); ++i)
    out->ends_.push_back(
        {settings.certificates[i].certificate, not_after_of(out->contexts_[i].get())});
  out->expires_ = end_of(out->contexts_[soonest].get());
  out->not_after_ = not_after_of(out->contexts_[soonest].get());
  out->soonest_file_ = settings.certificates[soonest].certificate;
  return std::shared_ptr<const TlsContext>(std::move(out));
}

// RFC 6066 s.3: a name that we do not know is no error; such a client gets the first certificate.
int TlsContext::choose_by_name(ssl_st* ssl, int* /*alert*/, void* self) {
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (name == nullptr) return SSL_TLSEXT_ERR_NOACK;
  for (const auto& context : static_cast<TlsContext*>(self)->contexts_) {
    X509* certificate = SSL_CTX_get0_certificate(context.get());
    if (X509_check_host(certificate, name, 0, 0, nullptr) != 1) continue;
    SSL_set_SSL_CTX(ssl, context.get());
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_NOACK;
}

}  // namespace restante::net
