// The configuration as the programs use it: one value per setting, with defaults, checked.
// docs/configuration.md lists every key. Parsing is parse.h's.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/ip.h"
#include "base/limits.h"
#include "base/tls_version.h"
#include "config/far_address.h"
#include "maildrop/back_end.h"

namespace restante::config {

enum class Protocol : std::uint8_t { kPop3, kLmtp, kSmtp, kHttp };
enum class TlsMode : std::uint8_t { kNone, kStarttls, kImplicit };
enum class Plaintext : std::uint8_t { kNever, kLoopback, kAlways };
enum class PasswordScheme : std::uint8_t { kArgon2id, kScramSha256 };
enum class AccountsBackend : std::uint8_t { kSqlite, kPasswdFile, kPam, kLdap, kPostgresql };
enum class SettingsStore : std::uint8_t { kSqlite, kPostgresql };
enum class PamName : std::uint8_t { kLocal, kFull };
enum class LdapPassword : std::uint8_t { kBind, kSecret };
enum class BareNewlines : std::uint8_t { kNormalize, kRefuse, kKeep };
enum class Addresses : std::uint8_t { kTolerant, kStrict };
enum class SeveralAddresses : std::uint8_t { kOne, kEach };
enum class Utf8Mail : std::uint8_t { kSend, kRefuse };
enum class RetentionFrom : std::uint8_t { kArrival, kRetrieval };
enum class Sandbox : std::uint8_t { kAuto, kOn, kOff };
enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };

/// "host:port", "[v6]:port", "unix:/path" or "systemd:NAME", taken apart.
struct Address {
  std::string host;        ///< An IP address; empty for a unix socket.
  std::uint16_t port = 0;  ///< 0: any free port.
  std::string unix_path;   ///< Empty for TCP.
  std::string passed_as;   ///< The name of a socket that systemd opened; then all else is empty.
  [[nodiscard]] std::string to_string() const;
};

struct Listen {
  Protocol protocol = Protocol::kPop3;
  Address address;
  TlsMode tls = TlsMode::kStarttls;    ///< Default: starttls, and none for unix sockets and http.
  std::optional<Plaintext> plaintext;  ///< Instead of auth.plaintext.
  std::optional<TlsVersion> tls_min_version;  ///< Instead of tls.min_version.
  std::vector<IpNetwork> networks;            ///< Who may connect; empty: everybody.
  bool proxy_protocol = false;                ///< Every connection starts with a PROXY header.
  /// Whose PROXY headers, or, without proxy_protocol, whose XCLIENT is believed.
  std::vector<IpNetwork> proxy_networks;
  std::uint32_t mode = 0660;  ///< Of a unix socket's file.
  std::string group;          ///< Of it; empty: the server's.
};

struct Certificate {
  std::filesystem::path certificate;  ///< PEM, leaf first.
  std::filesystem::path private_key;
};

struct Tls {
  /// Empty: a self-signed certificate in data_dir. The first serves clients without SNI;
  /// [[tls.sni]] tables add the others, chosen by the names in the certificates.
  std::vector<Certificate> certificates;
  TlsVersion min_version = TlsVersion::k12;  ///< 1.2 or 1.3; a listener may have its own.
  std::chrono::seconds watch_interval = std::chrono::minutes(1);
  std::filesystem::path
      client_ca;  ///< PEM: who signs clients' certificates; empty: none are asked.
  std::filesystem::path client_crl;  ///< PEM: which of those are revoked; empty: nobody looks.
};

/// One back end: [accounts] has the first, [[accounts.next]] the others.
struct AccountsSource {
  AccountsBackend backend = AccountsBackend::kSqlite;
  std::filesystem::path path;  ///< Default: accounts.db in data_dir (sqlite).
  std::filesystem::path
      aliases;  ///< passwd-file only: "address: target, target" lines; may be empty.
  // pam
  std::string service = "restante";
  std::filesystem::path service_dir;  ///< Empty: /etc/pam.d.
  std::filesystem::path users;        ///< Empty: the system's users.
  PamName pam_name = PamName::kLocal;
  std::uint32_t min_uid = 1000;
  // ldap
  std::string uri;
  bool start_tls = false;
  std::filesystem::path ca_file;
  std::string bind_dn;
  std::filesystem::path bind_password_file;
  std::string base;
  std::string filter;
  std::string name_attribute = "mail";  ///< One or more, with blanks between.
  std::string maildrop_attribute;       ///< Empty: the first name of the entry names the maildrop.
  std::string windows_domain;
  std::string disabled_filter;
  std::string no_login_filter;
  LdapPassword password = LdapPassword::kBind;
  std::string secret_attribute = "userPassword";
  std::string alias_filter;
  std::string alias_attribute = "mail";
  // postgresql
  std::string connection;
  std::string account_query;
  std::string alias_query;
  std::string domain_query;
  // pam, ldap, postgresql
  std::chrono::seconds timeout{5};
  std::size_t connections = 16;
};

struct Accounts : AccountsSource {
  std::vector<AccountsSource> next;
  /// Where the settings of accounts are that other back ends than sqlite know.
  SettingsStore settings = SettingsStore::kSqlite;
  std::string settings_connection;      ///< postgresql: empty: of the first back end that has one.
  std::filesystem::path settings_path;  ///< sqlite: no key; accounts.db of a back end, or data_dir.
  std::chrono::seconds cache_time{300};  ///< What a slow back end said of a password holds so long.
  std::string default_domain;
  std::string postmaster;  ///< Account that gets postmaster@…; may be empty.
  std::string subaddress_separator = "+";
  bool fold_local_part = true;
  SeveralAddresses several_addresses = SeveralAddresses::kOne;  ///< An account may have its own.
};

struct Auth {
  Plaintext plaintext = Plaintext::kLoopback;
  std::vector<std::string> mechanisms;  ///< SASL, by name; empty: the server chooses.
  PasswordScheme password_scheme = PasswordScheme::kArgon2id;  ///< Of new secrets.
  std::uint32_t scram_iterations = 16384;
  bool operator==(const Auth&) const = default;
};

/// Whose access tokens let somebody in; no issuer: nobody's.
struct Oauth {
  std::string issuer;    ///< As "iss" has it.
  std::string audience;  ///< As "aud" has it; needed with keys.
  std::string scope;
  std::string name_claim = "sub";
  bool untyped = false;
  std::string jwks_url;
  std::filesystem::path jwks_file;
  std::string introspection_url;
  std::string client_id;
  std::filesystem::path client_secret_file;
  std::filesystem::path ca_file;
  std::chrono::seconds timeout{5};
  std::chrono::seconds leeway{30};
  std::chrono::seconds cache_age{60};
  bool operator==(const Oauth&) const = default;
};

struct Pop3 {
  bool apop = false;
  bool last = false;
  std::string implementation = "restante";  ///< Empty: hidden.
  std::chrono::seconds login_delay{0};
  std::chrono::seconds takeover{0};  ///< Of a session so long without an octet; 0: off.
  Utf8Mail utf8_mail = Utf8Mail::kSend;
  bool operator==(const Pop3&) const = default;
};

struct Smtp {
  BareNewlines bare_newlines = BareNewlines::kNormalize;
  Addresses addresses = Addresses::kTolerant;  ///< Of the envelope, and names in HELO.
  bool operator==(const Smtp&) const = default;
};

struct Maildrop {
  maildrop::BackEnd backend = maildrop::BackEnd::kLog;
  std::chrono::seconds undelete_window = std::chrono::days(7);
  std::uint64_t reserve = 16ULL << 20;  ///< Bytes of the disk that deliveries leave free.
  std::uint64_t quota_octets = 0;       ///< 0: no limit. An account may have its own.
  std::uint64_t quota_messages = 0;     ///< The same.
  std::uint32_t quota_warning = 90;     ///< Percent of a quota; 0: no warning.
  std::uint32_t quota_reply = 552;      ///< What a full maildrop is answered with: 452 or 552.
  std::uint32_t retention_days = 0;     ///< 0: never deleted. An account may have its own.
  RetentionFrom retention_from = RetentionFrom::kArrival;
  std::chrono::seconds upkeep_interval = std::chrono::hours(1);
  std::uint64_t upkeep_rate = 16ULL << 20;                      ///< Bytes a second.
  std::chrono::seconds scrub_interval = std::chrono::days(30);  ///< 0: never.
  std::uint64_t scrub_rate = 8ULL << 20;                        ///< Bytes a second.
  std::chrono::seconds lock_timeout = limits::kLockTimeout;
  bool operator==(const Maildrop&) const = default;
};

/// Defaults are base/limits.h's; the key is the member's name.
struct Limits {
  std::size_t connections = limits::kConnectionsMax;
  std::size_t intake_connections = limits::kIntakeConnections;  ///< More, for mail alone.
  std::uint64_t message_size = limits::kMessageBytesMax;
  std::uint64_t envelope_size = limits::kEnvelopeBytesMax;                 ///< Octets times copies.
  std::uint64_t connections_per_address = limits::kConnectionsPerAddress;  ///< 0 here and below: no
                                                                           ///< limit.
  std::uint64_t connections_per_minute = limits::kConnectionsPerMinute;    ///< Of one address.
  std::uint64_t logins_per_minute = limits::kLoginsPerMinute;              ///< Of one address.
  std::uint64_t account_logins_per_minute = 0;                             ///< Successful ones.
  std::uint64_t failed_logins = limits::kFailedLogins;                     ///< Of one address.
  std::chrono::seconds failed_login_delay = limits::kFailedLoginDelay;
  std::uint64_t commands_before_login = limits::kCommandsBeforeLogin;
  std::uint64_t bytes_before_login = limits::kBytesBeforeLogin;
  std::uint64_t commands_per_minute = 0;                   ///< Of one account.
  std::uint64_t bytes_per_minute = 0;                      ///< Of one account.
  std::uint32_t smtp_mistakes = limits::kSmtpMistakesMax;  ///< Of one SMTP connection.
  std::uint64_t refused_recipients_per_minute =
      limits::kRefusedRecipientsPerMinute;                     ///< Of one address, undelayed.
  std::uint64_t smtp_rate = limits::kSmtpRateMin;              ///< Bytes a second, at least.
  std::uint64_t spool_per_address = limits::kSpoolPerAddress;  ///< Bytes.
  std::vector<IpNetwork> trusted_networks = {IpNetwork::loopback_v4(), IpNetwork::loopback_v6()};
  std::size_t recipients = limits::kRecipientsMax;
  std::chrono::seconds idle_timeout =
      limits::kPop3IdleTimeout;  ///< At least 10 minutes (RFC 1939 s.3).
  std::chrono::seconds login_timeout = limits::kLoginTimeout;
  std::chrono::seconds smtp_timeout = limits::kSmtpIdleTimeout;
  std::chrono::seconds keepalive = std::chrono::minutes(1);  ///< 0: lost peers are not looked for.
  std::chrono::seconds shutdown_grace = limits::kShutdownGrace;
  std::size_t idle_maildrops = limits::kIdleMaildropsMax;
  bool operator==(const Limits&) const = default;
};

struct Server {
  std::size_t threads = 0;  ///< 0: one per processor.
  LogLevel log_level = LogLevel::kInfo;
  std::string user;   ///< Who the server becomes when root starts it; empty: whoever starts it.
  std::string group;  ///< Empty: the user's own.
  bool allow_root = false;
  Sandbox sandbox = Sandbox::kAuto;
  std::string operator_address;  ///< Gets a copy of what owners are told; empty: nobody.
  bool operator==(const Server&) const = default;
};

/// Where accounts may live that are not here: accounts whose route says so, and those of `domains`
/// that have none.
struct FarServer {
  FarAddress pop3;
  std::optional<FarAddress> lmtp;    ///< Who takes their mail; absent: nobody, and it waits.
  std::vector<std::string> domains;  ///< Whose accounts are there unless they have a route.
  std::filesystem::path ca_file;     ///< PEM, instead of the system's authorities; empty: those.
  std::vector<std::string> pins;     ///< SHA-256 of certificates; then nothing else is asked.
  bool proxy_protocol = false;       ///< It takes a PROXY header (version 2) before all else.
  bool operator==(const FarServer&) const = default;
};

struct Config {
  std::string hostname;  ///< Default: the machine's.
  std::filesystem::path data_dir;
  std::filesystem::path witness_dir;  ///< Empty: beside data_dir, with its name and ".witness".
  Tls tls;
  std::vector<Listen> listen;
  Accounts accounts;
  std::vector<FarServer> route;
  Auth auth;
  Oauth oauth;
  Pop3 pop3;
  Smtp smtp;
  Maildrop maildrop;
  Limits limits;
  Server server;
};

}  // namespace restante::config
