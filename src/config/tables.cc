#include "config/tables.h"

#include "config/keys.h"
#include "sasl/mechanism_table.h"

namespace restante::config {
namespace {

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kDay = 1440 * kMinute;
constexpr std::int64_t kIdleTimeoutMin =
    std::chrono::seconds(limits::kPop3IdleTimeout).count();  // RFC 1939 s.3.
// A client between two commands is no lost one.
constexpr std::int64_t kTakeoverMin = 30;
constexpr std::uint64_t kRecipientsMin = 100;         // RFC 5321 s.4.5.3.1.8.
constexpr std::uint64_t kMessageSizeMin = 64U << 10;  // RFC 5321 s.4.5.3.1.7.
// Dot-stuffing at most doubles a message on its way into a record.
constexpr std::uint64_t kMessageSizeMax = limits::kMessageStoredBytesMax / 2;
// More than a disk writes in the time that an envelope has.
constexpr std::uint64_t kEnvelopeSizeMax = 1ULL << 40;

// RFC 7677 s.4; and what keeps neither side busy for seconds.
constexpr std::uint64_t kScramIterationsMin = 4096;
constexpr std::uint64_t kScramIterationsMax = 2'000'000;

// What the database of accounts and the store can hold, with room to add.
constexpr std::uint64_t kQuotaMax = 1ULL << 62;
constexpr std::uint64_t kReserveMax = 1ULL << 50;
constexpr std::uint64_t kRetentionDaysMax = 36500;
// Slower would never end, faster than any disk.
constexpr std::uint64_t kRateMin = 64ULL << 10;
constexpr std::uint64_t kRateMax = 64ULL << 30;

// What somebody may do in a minute, or have at once.
constexpr std::uint64_t kRateLimitMax = 1'000'000'000;
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
constexpr auto kTlsVersions =
    std::to_array<Choice<TlsVersion>>({{"1.2", TlsVersion::k12}, {"1.3", TlsVersion::k13}});
constexpr auto kListenTlsVersions = std::to_array<Choice<TlsVersion>>({{"1.0", TlsVersion::k10},
                                                                       {"1.1", TlsVersion::k11},
                                                                       {"1.2", TlsVersion::k12},
                                                                       {"1.3", TlsVersion::k13}});
constexpr auto kSettingsStores = std::to_array<Choice<SettingsStore>>(
    {{"sqlite", SettingsStore::kSqlite}, {"postgresql", SettingsStore::kPostgresql}});
constexpr auto kAccountsBackends =
    std::to_array<Choice<AccountsBackend>>({{"sqlite", AccountsBackend::kSqlite},
                                            {"passwd-file", AccountsBackend::kPasswdFile},
                                            {"pam", AccountsBackend::kPam},
                                            {"ldap", AccountsBackend::kLdap},
                                            {"postgresql", AccountsBackend::kPostgresql}});
constexpr auto kPamNames =
    std::to_array<Choice<PamName>>({{"local", PamName::kLocal}, {"full", PamName::kFull}});
constexpr auto kLdapPasswords = std::to_array<Choice<LdapPassword>>(
    {{"bind", LdapPassword::kBind}, {"secret", LdapPassword::kSecret}});
constexpr auto kPlaintexts = std::to_array<Choice<Plaintext>>({{"never", Plaintext::kNever},
                                                               {"loopback", Plaintext::kLoopback},
                                                               {"always", Plaintext::kAlways}});
constexpr auto kPasswordSchemes = std::to_array<Choice<PasswordScheme>>(
    {{"argon2id", PasswordScheme::kArgon2id}, {"scram-sha-256", PasswordScheme::kScramSha256}});
constexpr auto kUtf8Mails =
    std::to_array<Choice<Utf8Mail>>({{"send", Utf8Mail::kSend}, {"refuse", Utf8Mail::kRefuse}});
constexpr auto kSeveralAddresses = std::to_array<Choice<SeveralAddresses>>(
    {{"one", SeveralAddresses::kOne}, {"each", SeveralAddresses::kEach}});
constexpr auto kBareNewlines =
    std::to_array<Choice<BareNewlines>>({{"normalize", BareNewlines::kNormalize},
                                         {"refuse", BareNewlines::kRefuse},
                                         {"keep", BareNewlines::kKeep}});
constexpr auto kAddresses = std::to_array<Choice<Addresses>>(
    {{"tolerant", Addresses::kTolerant}, {"strict", Addresses::kStrict}});
constexpr auto kRetentionFroms = std::to_array<Choice<RetentionFrom>>(
    {{"arrival", RetentionFrom::kArrival}, {"retrieval", RetentionFrom::kRetrieval}});
constexpr auto kSandboxes = std::to_array<Choice<Sandbox>>(
    {{"auto", Sandbox::kAuto}, {"on", Sandbox::kOn}, {"off", Sandbox::kOff}});
constexpr auto kLogLevels = std::to_array<Choice<LogLevel>>({{"debug", LogLevel::kDebug},
                                                             {"info", LogLevel::kInfo},
                                                             {"warning", LogLevel::kWarning},
                                                             {"error", LogLevel::kError}});

Result<std::vector<std::string>> mechanisms(const Value& value) {
  return words(value, sasl::names_of(sasl::server_mechanisms()));
}

/// 452: the sender keeps it and tries again; 552: it tells whoever wrote it.
Result<std::uint64_t> quota_reply(const Value& value) {
  auto number = count<452, 552>(value);
  if (number && *number != 452 && *number != 552) return Error(Errc::kSyntax, "must be 452 or 552");
  return number;
}

constexpr auto kSniKeys = std::to_array<Key<Certificate>>({
    {"certificate", put<&Certificate::certificate, path>, Need::kRequired},
    {"private_key", put<&Certificate::private_key, path>, Need::kRequired},
});

/// The first of the certificates is [tls]'s own; rules.cc takes it away again when it is empty.
template <auto Member>
void put_own_certificate(Tls& tls, const Item& item) {
  if (tls.certificates.empty()) tls.certificates.emplace_back();
  put<Member, path>(tls.certificates.front(), item);
}

void put_sni(Tls& tls, const Item& item) {
  if (tls.certificates.empty()) tls.certificates.emplace_back();
  put_tables<&Tls::certificates, kSniKeys>(tls, item);
}

constexpr auto kTlsKeys = std::to_array<Key<Tls>>({
    {"certificate", put_own_certificate<&Certificate::certificate>},
    {"private_key", put_own_certificate<&Certificate::private_key>},
    {"client_ca", put<&Tls::client_ca, path>},
    {"client_crl", put<&Tls::client_crl, path>},
    {"min_version", put<&Tls::min_version, choice<kTlsVersions>>},
    {"watch_interval", put<&Tls::watch_interval, duration<1, kDay>>},
    {"sni", put_sni},
});

constexpr auto kListenKeys = std::to_array<Key<Listen>>({
    {"protocol", put<&Listen::protocol, choice<kProtocols>>, Need::kRequired},
    {"address", put<&Listen::address, address>, Need::kRequired},
    {"tls", put<&Listen::tls, choice<kTlsModes>>},
    {"plaintext", put<&Listen::plaintext, choice<kPlaintexts>>},
    {"tls_min_version", put<&Listen::tls_min_version, choice<kListenTlsVersions>>},
    {"networks", put<&Listen::networks, networks>},
    {"proxy_protocol", put<&Listen::proxy_protocol, boolean>},
    {"proxy_networks", put<&Listen::proxy_networks, networks>},
    {"mode", put<&Listen::mode, file_mode>},
    {"group", put<&Listen::group, text>},
});

constexpr auto kSourceKeys = std::to_array<Key<AccountsSource>>({
    {"backend", put<&AccountsSource::backend, choice<kAccountsBackends>>},
    {"path", put<&AccountsSource::path, path>},
    {"aliases", put<&AccountsSource::aliases, path>},
    {"service", put<&AccountsSource::service, file_name>},
    {"service_dir", put<&AccountsSource::service_dir, path>},
    {"users", put<&AccountsSource::users, path>},
    {"pam_name", put<&AccountsSource::pam_name, choice<kPamNames>>},
    {"min_uid", put<&AccountsSource::min_uid, count<0, 1ULL << 31>>},
    {"uri", put<&AccountsSource::uri, text>},
    {"start_tls", put<&AccountsSource::start_tls, boolean>},
    {"ca_file", put<&AccountsSource::ca_file, path>},
    {"bind_dn", put<&AccountsSource::bind_dn, text>},
    {"bind_password_file", put<&AccountsSource::bind_password_file, path>},
    {"base", put<&AccountsSource::base, text>},
    {"filter", put<&AccountsSource::filter, text>},
    {"name_attribute", put<&AccountsSource::name_attribute, attributes>},
    {"maildrop_attribute", put<&AccountsSource::maildrop_attribute, attribute>},
    {"windows_domain", put<&AccountsSource::windows_domain, windows_domain>},
    {"disabled_filter", put<&AccountsSource::disabled_filter, text>},
    {"no_login_filter", put<&AccountsSource::no_login_filter, text>},
    {"password", put<&AccountsSource::password, choice<kLdapPasswords>>},
    {"secret_attribute", put<&AccountsSource::secret_attribute, attribute>},
    {"alias_filter", put<&AccountsSource::alias_filter, text>},
    {"alias_attribute", put<&AccountsSource::alias_attribute, attribute>},
    {"connection", put<&AccountsSource::connection, text>},
    {"account_query", put<&AccountsSource::account_query, query>},
    {"alias_query", put<&AccountsSource::alias_query, query>},
    {"domain_query", put<&AccountsSource::domain_query, query>},
    {"timeout", put<&AccountsSource::timeout, duration<1, kMinute>>},
    {"connections", put<&AccountsSource::connections, count<1, 64>>},
});

/// [accounts] has the keys of a source, for the first, and some of its own.
template <std::size_t I>
void put_source(Accounts& accounts, const Item& item) {
  kSourceKeys[I].put(accounts, item);
}

constexpr auto kAccountsOwnKeys = std::to_array<Key<Accounts>>({
    {"next", put_tables<&Accounts::next, kSourceKeys>},
    {"settings", put<&Accounts::settings, choice<kSettingsStores>>},
    {"settings_connection", put<&Accounts::settings_connection, text>},
    {"cache_time", put<&Accounts::cache_time, duration<0, 60 * kMinute>>},
    {"default_domain", put<&Accounts::default_domain, domain>},
    {"postmaster", put<&Accounts::postmaster, text>},
    {"subaddress_separator", put<&Accounts::subaddress_separator, separators>},
    {"fold_local_part", put<&Accounts::fold_local_part, boolean>},
    {"several_addresses", put<&Accounts::several_addresses, choice<kSeveralAddresses>>},
});

template <std::size_t... I>
constexpr auto join_accounts_keys(std::index_sequence<I...> /*places*/) {
  std::array<Key<Accounts>, sizeof...(I) + std::size(kAccountsOwnKeys)> joined{
      Key<Accounts>{kSourceKeys[I].name, put_source<I>}...};
  std::copy(kAccountsOwnKeys.begin(), kAccountsOwnKeys.end(), joined.begin() + sizeof...(I));
  return joined;
}
constexpr auto kAccountsKeys =
    join_accounts_keys(std::make_index_sequence<std::size(kSourceKeys)>());

constexpr auto kRouteKeys = std::to_array<Key<FarServer>>({
    {"pop3", put<&FarServer::pop3, far_pop3>, Need::kRequired},
    {"lmtp", put<&FarServer::lmtp, far_lmtp>},
    {"domains", put<&FarServer::domains, domains>},
    {"ca_file", put<&FarServer::ca_file, path>},
    {"pins", put<&FarServer::pins, pins>},
    {"proxy_protocol", put<&FarServer::proxy_protocol, boolean>},
});

constexpr auto kAuthKeys = std::to_array<Key<Auth>>({
    {"plaintext", put<&Auth::plaintext, choice<kPlaintexts>>},
    {"mechanisms", put<&Auth::mechanisms, mechanisms>},
    {"password_scheme", put<&Auth::password_scheme, choice<kPasswordSchemes>>},
    {"scram_iterations",
     put<&Auth::scram_iterations, count<kScramIterationsMin, kScramIterationsMax>>},
});

constexpr auto kOauthKeys = std::to_array<Key<Oauth>>({
    {"issuer", put<&Oauth::issuer, text>, Need::kRequired},
    {"audience", put<&Oauth::audience, text>},
    {"scope", put<&Oauth::scope, text>},
    {"name_claim", put<&Oauth::name_claim, text>},
    {"untyped", put<&Oauth::untyped, boolean>},
    {"jwks_url", put<&Oauth::jwks_url, issuer_url>},
    {"jwks_file", put<&Oauth::jwks_file, path>},
    {"introspection_url", put<&Oauth::introspection_url, issuer_url>},
    {"client_id", put<&Oauth::client_id, text>},
    {"client_secret_file", put<&Oauth::client_secret_file, path>},
    {"ca_file", put<&Oauth::ca_file, path>},
    {"timeout", put<&Oauth::timeout, duration<1, kMinute>>},
    {"leeway", put<&Oauth::leeway, duration<0, 10 * kMinute>>},
    {"cache_age", put<&Oauth::cache_age, duration<0, 10 * kMinute>>},
});

constexpr auto kPop3Keys = std::to_array<Key<Pop3>>({
    {"apop", put<&Pop3::apop, boolean>},
    {"last", put<&Pop3::last, boolean>},
    {"implementation", put<&Pop3::implementation, protocol_text>},
    {"login_delay", put<&Pop3::login_delay, duration<0, kDay>>},
    {"takeover", put<&Pop3::takeover, off_or_duration<kTakeoverMin, kDay>>},
    {"utf8_mail", put<&Pop3::utf8_mail, choice<kUtf8Mails>>},
});

constexpr auto kSmtpKeys = std::to_array<Key<Smtp>>({
    {"bare_newlines", put<&Smtp::bare_newlines, choice<kBareNewlines>>},
    {"addresses", put<&Smtp::addresses, choice<kAddresses>>},
});

constexpr auto kMaildropKeys = std::to_array<Key<Maildrop>>({
    {"backend", put<&Maildrop::backend, choice<maildrop::kBackEnds>>},
    {"undelete_window", put<&Maildrop::undelete_window, duration<0, 3650 * kDay>>},
    {"reserve", put<&Maildrop::reserve, size<0, kReserveMax>>},
    {"quota_octets", put<&Maildrop::quota_octets, size<0, kQuotaMax>>},
    {"quota_messages", put<&Maildrop::quota_messages, count<0, kQuotaMax>>},
    {"quota_warning", put<&Maildrop::quota_warning, count<0, 100>>},
    {"quota_reply", put<&Maildrop::quota_reply, quota_reply>},
    {"retention_days", put<&Maildrop::retention_days, count<0, kRetentionDaysMax>>},
    {"retention_from", put<&Maildrop::retention_from, choice<kRetentionFroms>>},
    {"upkeep_interval", put<&Maildrop::upkeep_interval, duration<1, 30 * kDay>>},
    {"upkeep_rate", put<&Maildrop::upkeep_rate, size<kRateMin, kRateMax>>},
    {"scrub_interval", put<&Maildrop::scrub_interval, duration<0, 3650 * kDay>>},
    {"scrub_rate", put<&Maildrop::scrub_rate, size<kRateMin, kRateMax>>},
    {"lock_timeout", put<&Maildrop::lock_timeout, duration<1, 5 * kMinute>>},
});

constexpr auto kLimitsKeys = std::to_array<Key<Limits>>({
    {"connections", put<&Limits::connections, count<1, 1'000'000>>},
    {"intake_connections", put<&Limits::intake_connections, count<0, 10'000>>},
    {"connections_per_address", put<&Limits::connections_per_address, count<0, kRateLimitMax>>},
    {"connections_per_minute", put<&Limits::connections_per_minute, count<0, kRateLimitMax>>},
    {"logins_per_minute", put<&Limits::logins_per_minute, count<0, kRateLimitMax>>},
    {"account_logins_per_minute", put<&Limits::account_logins_per_minute, count<0, kRateLimitMax>>},
    {"failed_logins", put<&Limits::failed_logins, count<0, 1000>>},
    {"failed_login_delay", put<&Limits::failed_login_delay, duration<0, kMinute / 2>>},
    {"commands_before_login", put<&Limits::commands_before_login, count<10, kRateLimitMax>>},
    {"bytes_before_login", put<&Limits::bytes_before_login, size<kBytesBeforeLoginMin, kRateMax>>},
    {"commands_per_minute", put<&Limits::commands_per_minute, count<0, kRateLimitMax>>},
    {"bytes_per_minute", put<&Limits::bytes_per_minute, size<0, kRateMax>>},
    {"smtp_mistakes", put<&Limits::smtp_mistakes, count<2, 100'000>>},
    {"refused_recipients_per_minute",
     put<&Limits::refused_recipients_per_minute, count<0, kRateLimitMax>>},
    {"smtp_rate", put<&Limits::smtp_rate, size<0, kSmtpRateMax>>},
    {"spool_per_address", put<&Limits::spool_per_address, size<0, kReserveMax>>},
    {"trusted_networks", put<&Limits::trusted_networks, networks>},
    {"message_size", put<&Limits::message_size, size<kMessageSizeMin, kMessageSizeMax>>},
    {"envelope_size", put<&Limits::envelope_size, size<kMessageSizeMin, kEnvelopeSizeMax>>},
    {"recipients", put<&Limits::recipients, count<kRecipientsMin, 100'000>>},
    {"idle_timeout", put<&Limits::idle_timeout, duration<kIdleTimeoutMin, kDay>>},
    {"login_timeout", put<&Limits::login_timeout, duration<1, 10 * kMinute>>},
    {"smtp_timeout", put<&Limits::smtp_timeout, duration<1, kDay>>},
    {"keepalive", put<&Limits::keepalive, duration<0, 60 * kMinute>>},
    {"shutdown_grace", put<&Limits::shutdown_grace, duration<0, 10 * kMinute>>},
    {"idle_maildrops", put<&Limits::idle_maildrops, count<0, 1'000'000>>},
});

constexpr auto kServerKeys = std::to_array<Key<Server>>({
    {"threads", put<&Server::threads, count<0, 1024>>},
    {"log_level", put<&Server::log_level, choice<kLogLevels>>},
    {"user", put<&Server::user, text>},
    {"group", put<&Server::group, text>},
    {"allow_root", put<&Server::allow_root, boolean>},
    {"sandbox", put<&Server::sandbox, choice<kSandboxes>>},
    {"operator", put<&Server::operator_address, text>},
});

constexpr auto kRootKeys = std::to_array<Key<Config>>({
    {"hostname", put<&Config::hostname, host_name>},
    {"data_dir", put<&Config::data_dir, path>, Need::kRequired},
    {"witness_dir", put<&Config::witness_dir, path>},
    {"tls", put_table<&Config::tls, kTlsKeys>},
    {"listen", put_tables<&Config::listen, kListenKeys>},
    {"accounts", put_table<&Config::accounts, kAccountsKeys>},
    {"route", put_tables<&Config::route, kRouteKeys>},
    {"auth", put_table<&Config::auth, kAuthKeys>},
    {"oauth", put_table<&Config::oauth, kOauthKeys>},
    {"pop3", put_table<&Config::pop3, kPop3Keys>},
    {"smtp", put_table<&Config::smtp, kSmtpKeys>},
    {"maildrop", put_table<&Config::maildrop, kMaildropKeys>},
    {"limits", put_table<&Config::limits, kLimitsKeys>},
    {"server", put_table<&Config::server, kServerKeys>},
});

template <typename Keys>
void add_names(std::string_view prefix, const Keys& keys, std::vector<std::string>& names) {
  for (const auto& key : keys) names.push_back(fmt::format("{}{}", prefix, key.name));
}

}  // namespace

void read_tables(const Node& root, const std::filesystem::path& base, Config& config,
                 Mistakes& mistakes) {
  read_table(config, Item{Value{root, base}, "", mistakes, known_keys}, kRootKeys);
}

std::vector<std::string> known_keys() {
  std::vector<std::string> names;
  add_names("", kRootKeys, names);
  add_names("tls.", kTlsKeys, names);
  add_names("tls.sni.", kSniKeys, names);
  add_names("listen.", kListenKeys, names);
  add_names("accounts.", kAccountsKeys, names);
  add_names("route.", kRouteKeys, names);
  add_names("auth.", kAuthKeys, names);
  add_names("oauth.", kOauthKeys, names);
  add_names("pop3.", kPop3Keys, names);
  add_names("smtp.", kSmtpKeys, names);
  add_names("maildrop.", kMaildropKeys, names);
  add_names("limits.", kLimitsKeys, names);
  add_names("server.", kServerKeys, names);
  return names;
}

}  // namespace restante::config
