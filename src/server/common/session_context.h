// What one session of any protocol is started with.
#pragma once

#include <cstring>
#include <optional>
#include <string>

#include "net/connection.h"
#include "server/common/admission.h"
#include "server/common/services.h"
#include "server/measures/door.h"

namespace restante::server {

/// A proxy's words on its client's TLS.
struct ClientTls {
  std::optional<std::string> text;  ///< "TLSv1.3 TLS_AES_256_GCM_SHA384"; nullopt: none, or unsaid.
  bool in_clear = false;            ///< It is said that there is none.
  bool own_is_proxys = false;       ///< TLS of this connection is the proxy's, not the client's.

  /// The client's TLS, and so its certificate and its channel bindings, are those of this
  /// connection.
  [[nodiscard]] bool is_own() const { return !text && !own_is_proxys; }
};

struct SessionContext {
  SessionContext(net::Connection& c, Services& s, SettingsPtr p, const settings::Listen& l,
                 std::string i)
      : connection(c), services(s), settings(std::move(p)), listen(l), id(std::move(i)) {}

  net::Connection& connection;  ///< Not owned; outlives the session.
  Services& services;           ///< Not owned; outlives the session.
  SettingsPtr settings;
  const settings::Listen& listen;  ///< Not owned; outlives the session.
  std::string id;                  ///< Names the session in the log and in Received.
  guard::Peer peer;                ///< As Services::gate counts it.
  std::optional<Admission> place;  ///< Its own among the connections.
  bool proxied = false;            ///< The peer's address is the one that a proxy gave.
  bool client_unknown = false;     ///< The proxy did not say even that.
  bool may_name_client = false;    ///< XCLIENT is believed from this peer, and was not said yet.
  ClientTls client_tls{};          ///< With `proxied`.
  Door* door = nullptr;            ///< Where it came in; null in tests.

  /// The address that a login comes from, for rules about networks. "?" is in no network, and is no
  /// Unix socket either.
  [[nodiscard]] std::string login_peer() const {
    return client_unknown ? "?" : connection.peer().host;
  }
  [[nodiscard]] const std::shared_ptr<const net::TlsContext>& tls_context() const {
    return settings->tls_of(listen);
  }
  [[nodiscard]] bool may_start_tls() const {
    return listen.tls == settings::TlsMode::kStarttls && settings->tls &&
           connection.tls() == nullptr && !client_tls.text;
  }
  /// The way between the client and the end of its TLS is encrypted.
  [[nodiscard]] bool has_tls() const {
    return !client_tls.in_clear && (connection.tls() != nullptr || client_tls.text);
  }
  [[nodiscard]] bool plaintext_allowed() const {
    const settings::Plaintext allowed = listen.plaintext.value_or(settings->config.auth.plaintext);
    return has_tls() || allowed == settings::Plaintext::kAlways ||
           (allowed == settings::Plaintext::kLoopback && !proxied &&
            connection.peer().is_loopback());
  }
  /// After a handshake that succeeded.
  void count_tls() const {
    if (connection.tls()->is_old()) services.metrics.tls_old_handshakes.add();
    if (door != nullptr) door->count_handshake(connection.tls()->version());
  }
  /// The source that work for this peer is counted to, where sources take turns: its address, or,
  /// behind a trusted one, the name it gives.
  [[nodiscard]] std::uint64_t fair_source(std::string_view name) const {
    if (peer.trusted) return std::hash<std::string_view>()(name);
    std::uint64_t source = 0;
    std::memcpy(&source, peer.tag.data(), sizeof source);
    return source;
  }
  /// The source that work on a maildrop is counted to.
  [[nodiscard]] static std::uint64_t maildrop_source(std::string_view account) {
    return std::hash<std::string_view>()(account);
  }
  /// The client's: "TLSv1.3 TLS_AES_256_GCM_SHA384", or empty.
  [[nodiscard]] std::string tls_text() const {
    if (client_tls.text) return *client_tls.text;
    const net::TlsStream* tls = connection.tls();
    return tls == nullptr ? std::string() : std::string(tls->version()) + " " + tls->cipher();
  }
};

}  // namespace restante::server
