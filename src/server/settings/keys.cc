#include "server/settings/keys.h"

#include "accounts/passwords/secret_keys.h"
#include "sasl/mechanism_table.h"

namespace restante::settings {
namespace {

using namespace std::chrono_literals;
using config::Choice;
using config::Count;
using config::Duration;
using config::kBoolean;
using config::Key;
using config::key;
using config::Keys;
using config::kNetworks;
using config::kPath;
using config::kText;
using config::OffOrDuration;
using config::OneOf;
using config::Plain;
using config::Size;
using config::text;
using config::Value;

constexpr auto kDay = std::chrono::days(1);
// Less would end the session of a client between two commands.
constexpr auto kTakeoverMin = 30s;
// The use of a peer before its login.
constexpr std::uint64_t kRateLimitMax = 1'000'000'000;
constexpr std::uint64_t kRateMax = 64ULL << 30;
// A least rate that a modem of 1995 keeps.
constexpr std::uint64_t kSmtpRateMax = 4ULL << 10;
// One login with the longest token, and room around it.
constexpr std::uint64_t kBytesBeforeLoginMin = 32ULL << 10;

constexpr auto kProtocols = std::to_array<Choice<Protocol>>({{"pop3", Protocol::kPop3},
                                                             {"lmtp", Protocol::kLmtp},
                                                             {"smtp", Protocol::kSmtp},
                                                             {"http", Protocol::kHttp}});
constexpr auto kTlsModes = std::to_array<Choice<TlsMode>>(
    {{"none", TlsMode::kNone}, {"starttls", TlsMode::kStarttls}, {"implicit", TlsMode::kImplicit}});
constexpr auto kListenTlsVersions = std::to_array<Choice<TlsVersion>>({{"1.0", TlsVersion::k10},
                                                                       {"1.1", TlsVersion::k11},
                                                                       {"1.2", TlsVersion::k12},
                                                                       {"1.3", TlsVersion::k13}});
constexpr auto kPlaintexts = std::to_array<Choice<Plaintext>>({{"never", Plaintext::kNever},
                                                               {"loopback", Plaintext::kLoopback},
                                                               {"always", Plaintext::kAlways}});
constexpr auto kSandboxes = std::to_array<Choice<Sandbox>>(
    {{"auto", Sandbox::kAuto}, {"on", Sandbox::kOn}, {"off", Sandbox::kOff}});
constexpr auto kLogLevels = std::to_array<Choice<LogLevel>>({{"debug", LogLevel::kDebug},
                                                             {"info", LogLevel::kInfo},
                                                             {"warning", LogLevel::kWarning},
                                                             {"error", LogLevel::kError}});

constexpr auto kLogTargets = std::to_array<Choice<LogTarget>>({{"stderr", LogTarget::kStderr},
                                                               {"syslog", LogTarget::kSyslog},
                                                               {"journal", LogTarget::kJournal}});
constexpr auto kLogFormats =
    std::to_array<Choice<LogFormat>>({{"text", LogFormat::kText}, {"json", LogFormat::kJson}});

Result<std::vector<std::string>> mechanisms(const Value& value) {
  return config::words(value, sasl::names_of(sasl::server_mechanisms()));
}

/// A list of "status", "metrics" and "autoconfig".
Result<Pages> pages(const Value& value) {
  constexpr std::array<std::string_view, 3> kPages = {"status", "metrics", "autoconfig"};
  RESTANTE_TRY(const std::vector<std::string> names, config::words(value, kPages));
  if (names.empty()) return config::wrong_value("must name something; or leave the listener out");
  const auto has = [&names](std::string_view name) {
    return std::ranges::find(names, name) != names.end();
  };
  return Pages{has(kPages[0]), has(kPages[1]), has(kPages[2])};
}

void set_pages(Listen& listen, Pages pages) { listen.serve = pages; }

/// The mode of a file as chmod takes it: "0660".
Result<std::uint32_t> file_mode(const Value& value) {
  constexpr std::string_view kSentence = "must be a mode in octal digits, in quotes: \"0660\"";
  if (value.node.kind != config::Kind::kString) return config::wrong_value(kSentence);
  const std::string& digits = value.node.text;
  const bool octal = digits.size() == 4 && digits.front() == '0' &&
                     digits.find_first_not_of("01234567") == std::string::npos;
  if (!octal) return config::wrong_value(kSentence);
  std::uint32_t mode = 0;
  for (const char digit : digits) mode = mode * 8 + static_cast<std::uint32_t>(digit - '0');
  return mode;
}

const Keys<Listen>& listen_keys() {
  static const Keys<Listen> keys = {
      key("protocol", &Listen::protocol, OneOf(kProtocols),
          "The protocol. `lmtp` is for an MTA in front, `smtp` receives for our accounts only, "
          "`http` has metrics, status and autoconfig.")
          .required(),
      key("address", &Listen::address, Plain(config::address, "address"),
          "`\"host:port\"`, `\"[v6]:port\"`, `\"unix:/path\"` or `\"systemd:NAME\"`; see below.")
          .required(),
      key("tls", &Listen::tls, OneOf(kTlsModes),
          "`starttls` offers STLS (POP3) or STARTTLS; `implicit` starts with TLS, as on port 995.",
          "`\"starttls\"`; Unix sockets have `\"none\"` only, `http` `\"none\"` or `\"implicit\"`"),
      key("plaintext", &Listen::plaintext, OneOf(kPlaintexts),
          "Only for `pop3`: holds instead of `auth.plaintext` for this listener.",
          "`auth.plaintext`"),
      key("tls_min_version", &Listen::tls_min_version, OneOf(kListenTlsVersions),
          "The oldest version of TLS on this listener; below `\"1.2\"` only with "
          "`listen.networks`, see below.",
          "`tls.min_version`"),
      key("networks", &Listen::networks, kNetworks,
          "The networks that may connect; others are closed at once, logged and counted.",
          "everybody"),
      key("proxy_protocol", &Listen::proxy_protocol, kBoolean,
          "Every connection starts with a PROXY header, version 1 or 2, that names the real client "
          "([limits.md](limits.md))."),
      key("proxy_networks", &Listen::proxy_networks, kNetworks,
          "The proxies that may send these headers, as in `[\"192.0.2.7\", \"2001:db8::/64\"]`; "
          "see below.",
          "needed with `proxy_protocol`"),
      key("uid_networks", &Listen::uid_networks, kNetworks,
          "Only for `lmtp` and `smtp`: the servers that may say which unique ids the messages that "
          "they bring have; see [xuid.md](xuid.md).",
          "none"),
      config::key_by<Listen>(
          "serve", set_pages, std::nullopt,
          Plain(pages, "list of `\"status\"`, `\"metrics\"`, `\"autoconfig\"`"),
          "Only for `http`: what is there. `autoconfig` beside another one only on loopback or a "
          "Unix socket; see [autoconfig.md](autoconfig.md).",
          "`[\"status\", \"metrics\"]`"),
      key("token_file", &Listen::token_file, kPath,
          "Only for `http` with `tls = \"implicit\"`: a file of the server's user, mode 0600, "
          "whose "
          "first line is a token. Who brings it (`Authorization: Bearer TOKEN`), or the password "
          "of "
          "an operator's account, gets the page, `/status` and `/metrics`; see [page.md](page.md).",
          "none: the page wants the password of an operator's account"),
      key("mode", &Listen::mode, Plain(file_mode, "mode, `\"0660\"`"),
          "Only for Unix sockets: the mode of the socket's file. A user that may write there may "
          "connect.",
          "`\"0660\"`"),
      key("group", &Listen::group, Plain(text, "group name"),
          "Only for Unix sockets: the group of the socket's file, for example `postfix`.",
          "the server's group"),
  };
  return keys;
}

/// Letters, digits and what names of accounts are full of would cut those.
Result<std::string> separator(const Value& value) {
  RESTANTE_TRY(std::string character, text(value));
  constexpr std::string_view kOnes = "!#$%&*/=?^|~:;,+";
  const bool is_one = character.size() == 1 && kOnes.find(character) != std::string_view::npos;
  if (!is_one && !character.empty())
    return config::wrong_value("must be one of " + std::string(kOnes));
  return character;
}

const Keys<Auth>& auth_keys() {
  static const auto keys = config::joined<Auth>({
      {
          key("plaintext", &Auth::plaintext, OneOf(kPlaintexts),
              "The place from which passwords may come outside of TLS (USER/PASS, PLAIN, LOGIN, "
              "tokens): nowhere, this machine, everywhere."),
          key("mechanisms", &Auth::mechanisms, Plain(mechanisms, "list of names"),
              "The SASL mechanisms that are offered, where the channel allows them.",
              "`[]`: see below"),
          key("view_separator", &Auth::view_separator, Plain(separator, "one character"),
              "A character behind which a login name may have the label of a view, as in "
              "`alice@example.com#phone`; see [devices.md](devices.md).",
              "none"),
      },
      config::keys_within<Auth>(&Auth::secrets, accounts::secret_keys()),
  });
  return keys;
}

const Keys<Pop3>& pop3_keys() {
  static const auto keys = config::joined<Pop3>({
      config::keys_within<Pop3>(&Pop3::session, pop3::keys()),
      {
          key("login_delay", &Pop3::login_delay, Duration(0s, kDay),
              "The least time between two logins to one account: announced as LOGIN-DELAY, "
              "enforced with [LOGIN-DELAY] (RFC 2449). `\"0s\"`: none."),
          key("takeover", &Pop3::takeover, OffOrDuration(kTakeoverMin, kDay),
              "After this idle time a login with the right password ends the session in its way; "
              "see below."),
      },
  });
  return keys;
}

const Keys<Limits>& limits_keys() {
  static const Keys<Limits> keys = {
      key("commands_before_login", &Limits::commands_before_login, Count(10, kRateLimitMax),
          "Of one POP3 connection."),
      key("bytes_before_login", &Limits::bytes_before_login, Size(kBytesBeforeLoginMin, kRateMax),
          "The same, read."),
      key("smtp_rate", &Limits::smtp_rate, Size(0, kSmtpRateMax),
          "The least rate of a message, in octets a second, for peers that are not trusted; see "
          "below. 0: no rate."),
      key("idle_timeout", &Limits::idle_timeout, Duration(limits::kPop3IdleTimeout, kDay),
          "A POP3 session without a command is closed, and deletes nothing. RFC 1939 s.3 forbids "
          "less than 10 minutes."),
      key("login_timeout", &Limits::login_timeout, Duration(1s, 10min),
          "From the connection to a successful login (POP3)."),
      key("smtp_timeout", &Limits::smtp_timeout, Duration(1s, kDay),
          "Without a command or data, in SMTP and LMTP. RFC 5321 s.4.5.3.2.7 recommends 5 "
          "minutes."),
      key("keepalive", &Limits::keepalive, Duration(0s, 1h),
          "A client whose TCP has not answered for this time is gone: its connection ends, and its "
          "maildrop is free; see below."),
      key("shutdown_grace", &Limits::shutdown_grace, Duration(0s, 10min),
          "The time that sessions get to finish their command after `SIGTERM`."),
  };
  return keys;
}

/// [limits]: those of the modules, and our own.
const Keys<Config>& all_limits() {
  static const auto keys = config::joined<Config>({
      config::keys_within<Config>(&Config::guard, guard::keys()),
      config::keys_within<Config>(&Config::smtp, smtp::limit_keys()),
      config::keys_within<Config>(&Config::limits, limits_keys()),
      config::keys_within<Config>(&Config::maildrop, maildrop::limit_keys()),
  });
  return keys;
}

const Keys<Server>& server_keys() {
  static const Keys<Server> keys = {
      key("threads", &Server::threads, Count(0, 1024),
          "Threads that serve sessions. 0: one for each processor."),
      key("log_level", &Server::log_level, OneOf(kLogLevels),
          "The least level of lines in the log."),
      key("user", &Server::user, Plain(text, "user name"),
          "The user that the server becomes, when root starts it, once its sockets are open and "
          "its keys are read. Any other start must be by that user."),
      key("group", &Server::group, Plain(text, "group name"),
          "The group of that user. Further groups of the user are kept, so that one may read a "
          "key.",
          "the user's"),
      key("allow_root", &Server::allow_root, kBoolean,
          "Lets the server run as root. Without it, and without `server.user`, root's start is "
          "refused."),
      key("sandbox", &Server::sandbox, OneOf(kSandboxes),
          "Landlock, a seccomp filter and no_new_privs; see [hardening.md](hardening.md)."),
      key("operator", &Server::operator_address, Plain(text, "an address of ours"),
          "Gets a copy of the quota warnings that owners get."),
  };
  return keys;
}

const Keys<Log>& log_keys() {
  static const Keys<Log> keys = {
      key("target", &Log::target, OneOf(kLogTargets),
          "Where lines go: stderr, `/dev/log`, or systemd's journal with each value as a field; "
          "see "
          "[operating.md](operating.md#the-log)."),
      key("format", &Log::format, OneOf(kLogFormats),
          "A line as text, `key=value`, or as one JSON object."),
  };
  return keys;
}

const Keys<Config>& root_keys() {
  static const Keys<Config> keys = {
      key("hostname", &Config::hostname, Plain(config::host_name, "domain name"),
          "Stands in greetings, `Received` fields and APOP's timestamp.", "the machine's name"),
      key("data_dir", &Config::data_dir, kPath,
          "Maildrops, the database of accounts, the certificate that is made when none is "
          "configured.")
          .required(),
      key("witness_dir", &Config::witness_dir, kPath,
          "The folder that remembers that `data_dir` was in use, on a file system that is there "
          "when that of `data_dir` is gone; see [operating.md](operating.md).",
          "`data_dir` with `.witness` behind its name"),
      table_key("tls", &Config::tls, net::tls_keys()),
      config::tables_key<Config>("listen", &Config::listen, listen_keys()),
      table_key("accounts", &Config::accounts, accounts::keys()),
      config::tables_key<Config>("route", &Config::route, route_keys()),
      table_key("migrate", &Config::migrate, migrate_keys()),
      table_key("auth", &Config::auth, auth_keys()),
      table_key("oauth", &Config::oauth, accounts::oauth::keys()),
      table_key("pop3", &Config::pop3, pop3_keys()),
      table_key("smtp", &Config::smtp, smtp::keys()),
      table_key("maildrop", &Config::maildrop, maildrop::keys()),
      table_key("journal", &Config::journal, journal::keys()),
      table_key("copies", &Config::copies, copies::keys()),
      table_key("alarm", &Config::alarm, alarm_keys()),
      table_key("autoconfig", &Config::autoconfig, autoconfig::keys()),
      config::table_key("limits", all_limits()),
      table_key("server", &Config::server, server_keys()),
      table_key("log", &Config::log, log_keys()),
  };
  return keys;
}

std::vector<std::string> known_names() {
  std::vector<std::string> names;
  for (const config::KeyNote& note : known_keys()) names.push_back(note.name);
  return names;
}

}  // namespace

void read_tables(const config::Node& root, const std::filesystem::path& base, Config& config,
                 config::Mistakes& mistakes) {
  read_table(config, config::Item{Value{root, base}, "", mistakes, known_names}, root_keys());
}

std::vector<config::KeyNote> known_keys() { return notes_of(root_keys()); }

}  // namespace restante::settings
