// What one session is started with, whatever its protocol.
#pragma once

#include <cstring>
#include <string>

#include "net/connection.h"
#include "server/services.h"

namespace restante::server {

struct SessionContext {
  SessionContext(net::Connection& c, Services& s, SettingsPtr p, const config::Listen& l,
                 std::string i)
      : connection(c), services(s), settings(std::move(p)), listen(l), id(std::move(i)) {}

  net::Connection& connection;  ///< Not owned; outlives the session.
  Services& services;           ///< Not owned; outlives the session.
  SettingsPtr settings;
  const config::Listen& listen;  ///< Not owned; outlives the session.
  std::string id;                ///< Names the session in the log and in Received.
  guard::Peer peer;              ///< As Services::gate counts it.
  bool proxied = false;          ///< The peer's address is what a proxy says.

  [[nodiscard]] bool may_start_tls() const {
    return listen.tls == config::TlsMode::kStarttls && settings->tls && connection.tls() == nullptr;
  }
  [[nodiscard]] bool plaintext_allowed() const {
    const config::Plaintext allowed = settings->config.auth.plaintext;
    return connection.tls() != nullptr || allowed == config::Plaintext::kAlways ||
           (allowed == config::Plaintext::kLoopback && !proxied && connection.peer().is_loopback());
  }
  /// Whom work for this peer is counted to where sources take turns: its address, or, behind a
  /// trusted one, the name it gives.
  [[nodiscard]] std::uint64_t fair_source(std::string_view name) const {
    if (peer.trusted) return std::hash<std::string_view>()(name);
    std::uint64_t source = 0;
    std::memcpy(&source, peer.tag.data(), sizeof source);
    return source;
  }
  /// Whom work on a maildrop is counted to.
  [[nodiscard]] static std::uint64_t maildrop_source(std::string_view account) {
    return std::hash<std::string_view>()(account);
  }
  /// "TLSv1.3 TLS_AES_256_GCM_SHA384", or empty.
  [[nodiscard]] std::string tls_text() const {
    const net::TlsStream* tls = connection.tls();
    return tls == nullptr ? std::string() : std::string(tls->version()) + " " + tls->cipher();
  }
};

}  // namespace restante::server
