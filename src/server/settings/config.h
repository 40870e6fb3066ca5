// The configuration of the server and its tools: one value per setting, with defaults, checked. The
// settings of the modules are theirs; the rest, which the server alone uses, is here.
// docs/configuration.md lists every key. Parsing is parse.h's.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "accounts/chain/settings.h"
#include "accounts/oauth/verifier.h"
#include "accounts/passwords/password.h"
#include "autoconfig/settings.h"
#include "base/ip.h"
#include "base/limits.h"
#include "base/tls_version.h"
#include "config/address.h"
#include "copies/settings.h"
#include "guard/rules.h"
#include "journal/settings.h"
#include "maildrop/rules.h"
#include "net/tls_settings.h"
#include "pop3/server_session.h"
#include "server/settings/alarm.h"
#include "server/settings/migrate.h"
#include "server/settings/route.h"
#include "smtp/server_session.h"

namespace restante::settings {

enum class Protocol : std::uint8_t { kPop3, kLmtp, kSmtp, kHttp };
constexpr std::string_view to_text(Protocol protocol) {
  switch (protocol) {
    case Protocol::kPop3: return "pop3";
    case Protocol::kLmtp: return "lmtp";
    case Protocol::kSmtp: return "smtp";
    case Protocol::kHttp: return "http";
  }
  return "unknown";
}
enum class TlsMode : std::uint8_t { kNone, kStarttls, kImplicit };
enum class Plaintext : std::uint8_t { kNever, kLoopback, kAlways };
enum class Sandbox : std::uint8_t { kAuto, kOn, kOff };
enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };

/// What an http listener has.
struct Pages {
  bool status = true;   ///< /status, and /health.
  bool metrics = true;  ///< /metrics, and /health.
  bool autoconfig = false;

  bool operator==(const Pages&) const = default;
};

enum class LogTarget : std::uint8_t { kStderr, kSyslog, kJournal };
enum class LogFormat : std::uint8_t { kText, kJson };

/// Where lines of the log go. Their level is the server's.
struct Log {
  LogTarget target = LogTarget::kStderr;
  LogFormat format = LogFormat::kText;

  bool operator==(const Log&) const = default;
};

struct Listen {
  Protocol protocol = Protocol::kPop3;
  config::Address address;
  TlsMode tls = TlsMode::kStarttls;    ///< Default: starttls; none for unix sockets and http.
  std::optional<Plaintext> plaintext;  ///< Instead of auth.plaintext.
  std::optional<TlsVersion> tls_min_version;  ///< Instead of tls.min_version.
  std::vector<IpNetwork> networks;            ///< The networks that may connect; empty: all.
  bool proxy_protocol = false;                ///< Every connection starts with a PROXY header.
  /// The proxies whose PROXY headers, or, without proxy_protocol, whose XCLIENT is believed.
  std::vector<IpNetwork> proxy_networks;
  std::vector<IpNetwork> uid_networks;  ///< The servers that may give unique ids (XUID).
  Pages serve{};                        ///< Of http.
  std::filesystem::path token_file;     ///< Of http with TLS; empty: no token opens the page.
  std::uint32_t mode = 0660;            ///< Of a unix socket's file.
  std::string group;                    ///< Of it; empty: the server's.
};

struct Auth {
  Plaintext plaintext = Plaintext::kLoopback;
  std::vector<std::string> mechanisms;  ///< SASL, by name; empty: the server chooses.
  accounts::SecretSettings secrets;     ///< Of new ones.
  std::string view_separator;           ///< One character, before a view's label; empty: none.
};

struct Pop3 {
  pop3::ServerSettings session;  ///< Of a server; make_settings() completes it.
  std::chrono::seconds login_delay{0};
  std::chrono::seconds takeover{0};  ///< Of a session so long without an octet; 0: off.
};

/// The limits that only the server enforces.
struct Limits {
  std::uint64_t commands_before_login = limits::kCommandsBeforeLogin;
  std::uint64_t bytes_before_login = limits::kBytesBeforeLogin;
  std::uint64_t smtp_rate = limits::kSmtpRateMin;                ///< Bytes a second, at least.
  std::chrono::seconds idle_timeout = limits::kPop3IdleTimeout;  ///< Of POP3.
  std::chrono::seconds login_timeout = limits::kLoginTimeout;
  std::chrono::seconds smtp_timeout = limits::kSmtpIdleTimeout;
  std::chrono::seconds keepalive = std::chrono::minutes(1);  ///< 0: lost peers are not looked for.
  std::chrono::seconds shutdown_grace = limits::kShutdownGrace;
};

struct Server {
  std::size_t threads = 0;  ///< 0: one per processor.
  LogLevel log_level = LogLevel::kInfo;
  std::string user;   ///< The user that the server becomes when root starts it; empty: the starting
                      ///< user.
  std::string group;  ///< Empty: the user's own.
  bool allow_root = false;
  Sandbox sandbox = Sandbox::kAuto;
  std::string operator_address;  ///< Gets a copy of warnings to owners; empty: no copy.
};

struct Config {
  std::string hostname;  ///< Default: the machine's.
  std::filesystem::path data_dir;
  std::filesystem::path witness_dir;  ///< Empty: beside data_dir, with its name and ".witness".
  /// Without certificates: a self-signed one in data_dir. The first serves clients without SNI.
  net::TlsSettings tls;
  std::vector<Listen> listen;
  accounts::Settings accounts;
  std::vector<FarServer> route;
  Migrate migrate;
  Auth auth;
  accounts::oauth::OauthSettings oauth;  ///< No issuer: no tokens are taken.
  Pop3 pop3;
  smtp::ServerSettings smtp;
  maildrop::Rules maildrop;
  journal::Settings journal;
  Alarm alarm;
  autoconfig::Settings autoconfig;
  copies::Settings copies;
  guard::Rules guard;
  Limits limits;
  Server server;
  Log log;
};

}  // namespace restante::settings
