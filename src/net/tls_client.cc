#include "net/tls_client.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>

#include "dial/certificate.h"

namespace restante::net {
namespace {

// TLS 1.2 with forward secrecy and authenticated encryption only (RFC 9325 s.4.2).
constexpr const char* kClientCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
// As many as logins that begin together, each of which uses one; the oldest goes.
constexpr std::size_t kSessionsMax = 64;

std::string client_tls_reason() {
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return reason == nullptr ? "unusable" : reason;
}

bool is_address(const std::string& host) {
  std::array<char, sizeof(in6_addr)> address{};
  return ::inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

}  // namespace

Result<std::shared_ptr<TlsClientContext>> TlsClientContext::load(
    const TlsClientSettings& settings) {
  std::shared_ptr<TlsClientContext> out(new TlsClientContext(settings));
  RESTANTE_CHECKED(out->prepare());
  return out;
}

TlsClientContext::~TlsClientContext() {
  for (SSL_SESSION* const session : sessions_) SSL_SESSION_free(session);
}

Status TlsClientContext::prepare() {
  ERR_clear_error();
  context_.reset(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  SSL_CTX* const context = context_.get();
  if (context == nullptr) return Error(Errc::kLimit, "SSL_CTX_new");
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, kClientCiphers);
  // POP3 and LMTP have ends of their own, so an end without close_notify hides nothing. Decrypted
  // octets may be passwords, so they are wiped.
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_CLEANSE_PLAINTEXT);
  // An idle connection gives its buffers back.
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(context, 1);  // Otherwise each record costs two reads.
  // OpenSSL asks its own cache for servers alone; a client has to keep its sessions itself.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, &TlsClientContext::keep_session);
  SSL_CTX_set_app_data(context, this);
  by_name_ = !is_address(settings_.server_name);
  if (!settings_.pins.empty()) return ok();  // The pin decides, when the handshake is over.
  const bool has_authorities =
      settings_.ca_file.empty() ? SSL_CTX_set_default_verify_paths(context) == 1
                                : SSL_CTX_load_verify_file(context, settings_.ca_file.c_str()) == 1;
  if (!has_authorities)
    return Error(Errc::kIo, "certificate authorities " + settings_.ca_file.string() + ": " +
                                client_tls_reason());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  X509_VERIFY_PARAM* const rules = SSL_CTX_get0_param(context);
  // A wildcard stands for a whole label. An empty name would switch the check of names off.
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const char* const name = settings_.server_name.c_str();
  const int set = by_name_ ? X509_VERIFY_PARAM_set1_host(rules, name, 0)
                           : X509_VERIFY_PARAM_set1_ip_asc(rules, name);
  if (set != 1 || settings_.server_name.empty())
    return Error(Errc::kSyntax, "\"" + settings_.server_name + "\" is no name for a certificate");
  return ok();
}

std::shared_ptr<X509_STORE> TlsClientContext::authorities() const {
  return {SSL_CTX_get_cert_store(context_.get()), [context = context_](X509_STORE*) {}};
}

SSL* TlsClientContext::make_stream() {
  SSL* const ssl = SSL_new(context_.get());
  if (ssl == nullptr) return nullptr;
  SSL_set_connect_state(ssl);
  // SNI carries names alone (RFC 6066 s.3).
  if (by_name_) SSL_set_tlsext_host_name(ssl, settings_.server_name.c_str());
  const std::lock_guard lock(mutex_);
  if (sessions_.empty()) return ssl;
  SSL_SESSION* const session = sessions_.back();
  SSL_set_session(ssl, session);
  // A session that is offered only once does not let a listener link two connections. The last one
  // stays all the same, for speed.
  if (sessions_.size() > 1) {
    sessions_.pop_back();
    SSL_SESSION_free(session);
  }
  return ssl;
}

int TlsClientContext::keep_session(SSL* ssl, SSL_SESSION* session) {
  auto* const self = static_cast<TlsClientContext*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  const std::lock_guard lock(self->mutex_);
  if (self->sessions_.size() >= kSessionsMax) {
    SSL_SESSION_free(self->sessions_.front());
    self->sessions_.erase(self->sessions_.begin());
  }
  self->sessions_.push_back(session);
  return 1;  // It is ours now.
}

Status TlsClientContext::check(const SSL* ssl) const {
  if (settings_.pins.empty()) return ok();  // The handshake has checked it.
  const X509* const certificate = SSL_get0_peer_certificate(ssl);
  // Without a certificate there is no checksum, and an empty pin must not fit it.
  const std::string sha256 = certificate == nullptr ? std::string() : sha256_of(*certificate);
  const auto matches = [&sha256](const std::string& pin) { return same_pin(pin, sha256); };
  if (!sha256.empty() && std::any_of(settings_.pins.begin(), settings_.pins.end(), matches))
    return ok();
  return Error(Errc::kAuth,
               "the server's certificate is not the pinned one; if it was renewed: pins = [\"" +
                   sha256 + "\"]");
}

std::string TlsClientContext::refusal_of(const SSL* ssl) const {
  const long verified = SSL_get_verify_result(ssl);
  const X509* const certificate = SSL_get0_peer_certificate(ssl);
  // A pin that fits needs no authority, so the verification may have found fault all the same.
  if (verified == X509_V_OK) return {};
  if (certificate == nullptr) return X509_verify_cert_error_string(verified);
  return explain_refusal(static_cast<int>(verified), *certificate, settings_.server_name);
}

}  // namespace restante::net
