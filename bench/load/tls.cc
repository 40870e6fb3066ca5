#include "load/tls.h"

#include "base/check.h"

namespace restante::load {

TlsClients::TlsClients(TlsMode mode) : mode_(mode), context_(SSL_CTX_new(TLS_client_method())) {
  RESTANTE_CHECK(context_ != nullptr);
  SSL_CTX_set_verify(context_, SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_app_data(context_, this);
  if (mode != TlsMode::kResumed) return;
  SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context_, keep);
}

TlsClients::~TlsClients() {
  SSL_SESSION_free(session_);
  SSL_CTX_free(context_);
}

// The newest ticket serves the next connection: TLS 1.3 servers give each out once.
int TlsClients::keep(SSL* ssl, SSL_SESSION* session) {
  auto* self = static_cast<TlsClients*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  SSL_SESSION_free(self->session_);
  self->session_ = session;
  return 1;
}

SSL* TlsClients::make(int socket) {
  SSL* ssl = SSL_new(context_);
  RESTANTE_CHECK(ssl != nullptr && SSL_set_fd(ssl, socket) == 1);
  if (session_ != nullptr) RESTANTE_CHECK(SSL_set_session(ssl, session_) == 1);
  SSL_set_connect_state(ssl);
  return ssl;
}

}  // namespace restante::load
