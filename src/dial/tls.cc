#include "dial/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

#include "base/ascii.h"
#include "dial/bio.h"
#include "dial/certificate.h"
#include "dial/openssl.h"

namespace restante::net {
namespace {

Error file_error(const char* key, const std::filesystem::path& file) {
  return Error(Errc::kIo, std::string(key) + " " + file.string() + ": " + openssl_reason());
}

/// A key that wants a passphrase is refused: there is no terminal to ask at.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*user*/) { return -1; }

int clamp(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

bool is_address(const std::string& host) {
  std::array<char, sizeof(in6_addr)> address{};
  return ::inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

Status load_files(SSL_CTX* context, const ClientTls& settings) {
  if (settings.authorities) {
    // Loaded once and shared, where many streams go to the same kind of server.
    SSL_CTX_set1_cert_store(context, settings.authorities.get());
  } else if (!settings.ca_file.empty()) {
    if (SSL_CTX_load_verify_file(context, settings.ca_file.c_str()) != 1)
      return file_error("ca_file", settings.ca_file);
  } else if (settings.pins.empty() && SSL_CTX_set_default_verify_paths(context) != 1) {
    // With pins none are needed: the pin decides, and a machine without authorities is served.
    return Error(Errc::kIo, "the system's certificate authorities: " + openssl_reason());
  }
  if (settings.certificate.empty()) return ok();
  // Else OpenSSL would ask at the terminal, which a service does not have, and hang.
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  if (SSL_CTX_use_certificate_chain_file(context, settings.certificate.c_str()) != 1)
    return file_error("client_certificate", settings.certificate);
  // One file may hold both, as many tools write it.
  const auto& key = settings.private_key.empty() ? settings.certificate : settings.private_key;
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1)
    return file_error("client_key", key);
  if (SSL_CTX_check_private_key(context) != 1) return file_error("client_key", key);
  return ok();
}

/// A server that knows TLS 1.0 or 1.1 alone signs with SHA-1, and its key may be short: OpenSSL 3
/// allows that on its lowest level only. The server's identity is checked as ever.
void set_versions(SSL_CTX* context, TlsVersion least) {
  SSL_CTX_set_min_proto_version(context, to_openssl(least));
  if (!is_old(least)) return;
  SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:DHE+AES:kRSA+AES");
}

/// The cause of a failed handshake, as far as a user can do something about it.
std::string explain(const std::string& reason, bool after_stls) {
  const auto is_one_of = [&reason](std::initializer_list<std::string_view> reasons) {
    return std::find(reasons.begin(), reasons.end(), reason) != reasons.end();
  };
  // OpenSSL's words for octets that are no TLS.
  const bool is_plain = is_one_of({"wrong version number", "http request", "packet length too long",
                                   "unexpected message", "bad record type"});
  if (is_plain && after_stls)
    return "the server answered +OK to STLS, and then did not begin TLS (" + reason + ")";
  if (is_plain)
    return "the server does not speak TLS at this port (" + reason +
           "): another port, or tls = \"starttls\"?";
  for (const char* old : {"tlsv1 alert protocol version", "unsupported protocol"})
    if (reason == old)
      return "the server has no TLS 1.2 or later (" + reason +
             "): a newer server, or tls_min_version = \"1.0\" for this account";
  if (reason.find("certificate required") != reason.npos)
    return "the server wants a certificate of ours: client_certificate, client_key";
  return "TLS: " + reason;
}

}  // namespace

Result<std::unique_ptr<ClientTlsStream>> ClientTlsStream::handshake(int socket,
                                                                    const ClientTls& settings,
                                                                    const Patience& patience) {
  ERR_clear_error();
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  if (!context) return Error(Errc::kLimit, "SSL_CTX_new");
  std::unique_ptr<ClientTlsStream> stream(new ClientTlsStream(socket, std::move(context)));
  RESTANTE_CHECKED(stream->prepare(settings));
  RESTANTE_CHECKED(stream->run(patience));
  if (!settings.pins.empty()) RESTANTE_CHECKED(stream->check_pins(settings));
  return stream;
}

ClientTlsStream::~ClientTlsStream() { SSL_free(ssl_); }

Status ClientTlsStream::prepare(const ClientTls& settings) {
  SSL_CTX* context = context_.get();
  set_versions(context, settings.min_version);
  // Many servers close without TLS's own end. POP3 does not need it: a final dot and the +OK to
  // QUIT tell that all has come.
  SSL_CTX_set_options(
      context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Nothing is kept from one run to the next, so there is no session to go back to.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  RESTANTE_CHECKED(load_files(context, settings));
  server_name_ = settings.server_name;
  after_stls_ = settings.after_stls;
  ssl_ = SSL_new(context);
  BIO* const bio = ssl_ == nullptr ? nullptr : make_socket_bio(socket_);
  if (bio == nullptr) return Error(Errc::kLimit, "SSL_new");
  SSL_set_bio(ssl_, bio, bio);
  SSL_set_app_data(ssl_, this);
  SSL_set_connect_state(ssl_);
  // The server chooses its certificate by a name; an address is none.
  const bool by_name = !is_address(server_name_);
  if (by_name && SSL_set_tlsext_host_name(ssl_, server_name_.c_str()) != 1)
    return Error(Errc::kAuth, "\"" + server_name_ + "\" is no name for a certificate");
  if (!settings.pins.empty()) return ok();  // The pin decides, when the handshake is over.
  SSL_set_verify(ssl_, SSL_VERIFY_PEER, &ClientTlsStream::note_failure);
  // A wildcard stands for a whole label. An empty name would switch the check of names off.
  X509_VERIFY_PARAM* rules = SSL_get0_param(ssl_);
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const int set = by_name ? X509_VERIFY_PARAM_set1_host(rules, server_name_.c_str(), 0)
                          : X509_VERIFY_PARAM_set1_ip_asc(rules, server_name_.c_str());
  if (set != 1 || server_name_.empty())
    return Error(Errc::kAuth, "\"" + server_name_ + "\" is no name for a certificate");
  return ok();
}

int ClientTlsStream::note_failure(int is_good, X509_STORE_CTX* verification) {
  if (is_good == 1) return 1;
  const auto* const ssl = static_cast<SSL*>(
      X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* const self = static_cast<ClientTlsStream*>(SSL_get_app_data(ssl));
  const X509* leaf = X509_STORE_CTX_get0_cert(verification);
  if (leaf != nullptr)
    self->refusal_ =
        explain_refusal(X509_STORE_CTX_get_error(verification), *leaf, self->server_name_);
  return 0;
}

Status ClientTlsStream::run(const Patience& patience) {
  for (;;) {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_);
    if (result == 1) return ok();
    const Status waited = after(result, patience);
    if (waited) continue;
    // OpenSSL's error is the alert that our refusal brought about.
    // Our own refusal goes before the error that follows from it, which has fewer words.
    if (!refusal_.empty()) return Error(Errc::kAuth, refusal_);
    if (waited.error().code == Errc::kTimeout)
      return Error(Errc::kTimeout, "no end of the TLS handshake");
    // Without a word, as Dovecot does when there is no version that both speak.
    if (waited.error().code == Errc::kClosed)
      return Error(Errc::kClosed, waited.error().detail +
                                      " in the TLS handshake; is it too old for TLS 1.2? Then "
                                      "tls_min_version = \"1.0\" for this account");
    return waited;
  }
}

Status ClientTlsStream::check_pins(const ClientTls& settings) const {
  const std::string sha256 = certificate_sha256();
  const auto matches = [&](const std::string& pin) { return same_pin(pin, sha256); };
  // Compared after the handshake: only then is it proved that the server has the key.
  if (!sha256.empty() && std::any_of(settings.pins.begin(), settings.pins.end(), matches))
    return ok();
  return Error(Errc::kAuth,
               "the server's certificate is not the pinned one; if it was renewed: pins = [\"" +
                   sha256 + "\"]");
}

Status ClientTlsStream::after(int result, const Patience& patience) {
  // Taken before another call changes it.
  const int number = errno;
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ: return wait_for(socket_, POLLIN, patience);
    case SSL_ERROR_WANT_WRITE: return wait_for(socket_, POLLOUT, patience);
    case SSL_ERROR_ZERO_RETURN: return Error(Errc::kClosed, "the server has ended the connection");
    case SSL_ERROR_SYSCALL:
      if (number == EINTR) return ok();
      return Error(Errc::kClosed, "the connection was cut");
    default: return Error(Errc::kIo, explain(openssl_reason(), after_stls_));
  }
}

Result<std::size_t> ClientTlsStream::read(MutableBytes target, const Patience& patience) {
  for (;;) {
    // Buffered records need no wait, so a server that never pauses would not let us stop.
    if (patience.stop.raised()) return stopped();
    ERR_clear_error();
    const int count = SSL_read(ssl_, target.data(), clamp(target.size()));
    if (count > 0) return static_cast<std::size_t>(count);
    RESTANTE_CHECKED(after(count, patience));
  }
}

Status ClientTlsStream::write(std::string_view bytes, const Patience& patience) {
  while (!bytes.empty()) {
    ERR_clear_error();
    const int count = SSL_write(ssl_, bytes.data(), clamp(bytes.size()));
    if (count > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
      continue;
    }
    RESTANTE_CHECKED(after(count, patience));
  }
  return ok();
}

void ClientTlsStream::close_notify() {
  ERR_clear_error();
  // Before the end of the handshake OpenSSL takes this call for an error.
  if (SSL_is_init_finished(ssl_) == 1) static_cast<void>(SSL_shutdown(ssl_));
  ERR_clear_error();
}

std::string ClientTlsStream::version() const { return SSL_get_version(ssl_); }

std::string ClientTlsStream::certificate_sha256() const {
  const X509* certificate = SSL_get0_peer_certificate(ssl_);
  return certificate == nullptr ? std::string() : sha256_of(*certificate);
}

std::string ClientTlsStream::exporter_binding() const { return exporter_binding_of(ssl_); }

// The first Finished message of a full handshake is ours; we resume no session.
std::string ClientTlsStream::unique_binding() const {
  // Without the extended master secret an attacker can bring about the same value on two
  // connections.
  if (SSL_version(ssl_) != TLS1_2_VERSION || SSL_get_extms_support(ssl_) != 1) return {};
  std::array<char, EVP_MAX_MD_SIZE> data{};
  const std::size_t size = SSL_get_finished(ssl_, data.data(), data.size());
  return {data.data(), std::min(size, data.size())};
}

}  // namespace restante::net
