#include "accounts/chain/settings.h"

#include <algorithm>

#include "accounts/chain/source_keys.h"
#include "config/keys.h"

namespace restante::accounts {
namespace {

using namespace std::chrono_literals;
using config::Duration;
using config::kBoolean;
using config::key;
using config::kPath;
using config::OneOf;
using config::Plain;

// More are no convention, but a slip.
constexpr std::size_t kSeparatorsMax = 8;
constexpr std::uint64_t kArchiveLogsMax = 64;

constexpr auto kBackends =
    std::to_array<config::Choice<Backend>>({{"sqlite", Backend::kSqlite},
                                            {"passwd-file", Backend::kPasswdFile},
                                            {"pam", Backend::kPam},
                                            {"ldap", Backend::kLdap},
                                            {"postgresql", Backend::kPostgresql}});
constexpr auto kSettingsStores = std::to_array<config::Choice<SettingsPlace::Kind>>(
    {{"sqlite", SettingsPlace::Kind::kSqlite}, {"postgresql", SettingsPlace::Kind::kPostgresql}});
constexpr auto kDeviceViews = std::to_array<config::Choice<DeviceViews>>(
    {{"shared", DeviceViews::kShared}, {"own", DeviceViews::kOwn}});
constexpr auto kSeveralAddresses = std::to_array<config::Choice<SeveralAddresses>>(
    {{"one", SeveralAddresses::kOne}, {"each", SeveralAddresses::kEach}});

/// Punctuation that may stand in a local part; may be empty.
Result<std::string> separators(const config::Value& value) {
  constexpr std::string_view kAllowed = "!#$%&'*+-/=?^_`{|}~";  // atext of RFC 5322 s.3.2.3.
  if (value.node.kind != config::Kind::kString) return config::wrong_type("a string", value.node);
  const std::string& characters = value.node.text;
  if (characters.size() > kSeparatorsMax ||
      characters.find_first_not_of(kAllowed) != std::string::npos)
    return config::wrong_value(
        fmt::format("must be at most {} characters of {}", kSeparatorsMax, kAllowed));
  return characters;
}

/// Keys of one back end: their lines name it, and only a table that chooses it needs them.
template <typename Part>
config::Keys<BackendSettings> keys_of(std::string_view back_end, Part BackendSettings::*part,
                                      const config::Keys<Part>& own) {
  auto keys = config::keys_within<BackendSettings>(part, own);
  for (auto& key : keys) {
    key.note.meaning = fmt::format("`{}`: {}", back_end, key.note.meaning);
    if (key.need == config::Need::kRequired)
      key.note.standard = fmt::format("needed for `{}`", back_end);
    // Each back end's own check asks for it, since one table serves all of them.
    key.need = config::Need::kOptional;
  }
  return keys;
}

void set_default_domain(Settings& settings, std::string domain) {
  settings.names.default_domain = std::move(domain);
}

void set_folding(Settings& settings, bool folds) { settings.names.fold_local_part = folds; }

void set_settings_store(Settings& settings, SettingsPlace::Kind kind) { settings.own.kind = kind; }

void set_settings_connection(Settings& settings, std::string connection) {
  settings.own.postgresql.connection = std::move(connection);
}

void set_timeout(BackendSettings& settings, std::chrono::seconds timeout) {
  settings.ldap.timeout = settings.postgresql.timeout = timeout;
}

void set_connections(BackendSettings& settings, std::uint64_t connections) {
  settings.pam.connections = settings.ldap.connections = settings.postgresql.connections =
      connections;
}

}  // namespace

const config::Keys<BackendSettings>& source_keys() {
  static const auto keys = config::joined<BackendSettings>(
      {{
           key("backend", &BackendSettings::backend, OneOf(kBackends),
               "The first back end. [accounts.md](accounts.md) shows each, and which to choose."),
           key("path", &BackendSettings::path, kPath, "The database, or the text file.",
               "`accounts.db` in `data_dir`; needed for `passwd-file`"),
           key("aliases", &BackendSettings::aliases, kPath,
               "Only for `passwd-file`: a text file with lines `address: target, target`; "
               "`@example.com: target` is a catch-all."),
       },
       keys_of("pam", &BackendSettings::pam, pam::keys()),
       keys_of("ldap", &BackendSettings::ldap, ldap::keys()),
       keys_of("postgresql", &BackendSettings::postgresql, postgresql::keys()),
       {
           config::key_by<BackendSettings>(
               "timeout", set_timeout, ldap::Settings().timeout, Duration(1s, 1min),
               "`ldap`, `postgresql`: to connect, and for an answer, each. With `pam` it is read "
               "and means nothing: a module has a minute."),
           config::key_by<BackendSettings>(
               "connections", set_connections, ldap::Settings().connections, config::Count(1, 64),
               "`ldap`, `postgresql`, `pam`: questions at once for logins, and 4 more for mail; "
               "`ldap` has as many connections again for binds, `pam` as many processes."),
       }});
  return keys;
}

std::string_view word_of(Backend backend) {
  return std::ranges::find(kBackends, backend, &config::Choice<Backend>::value)->word;
}

namespace {

config::Key<Settings> next_key() {
  auto next = config::tables_key<Settings>(
      "next", &Settings::next, source_keys(),
      "Further back ends, asked in order for names that the earlier ones do not know. Each has the "
      "keys of `[accounts]` down to `connections`.");
  next.inner.clear();  // They are listed as those of [accounts].
  return next;
}

}  // namespace

const config::Keys<Settings>& keys() {
  static const auto keys = config::joined<Settings>(
      {config::keys_of_base<Settings>(source_keys()),
       {
           next_key(),
           config::key_by<Settings>(
               "settings", set_settings_store, SettingsPlace::Kind::kSqlite, OneOf(kSettingsStores),
               "The store of devices, networks, quotas and the like of accounts that other back "
               "ends know: `accounts.db` in `data_dir`, or tables of ours in a database; see "
               "below."),
           config::key_by<Settings>("settings_connection", set_settings_connection, std::string(),
                                    Plain(config::text, "conninfo"),
                                    "`settings = \"postgresql\"`: the database with those tables.",
                                    "the first `connection`"),
           key("cache_time", &Settings::cache_time, Duration(0s, 1h),
               "How long a password that PAM, LDAP or PostgreSQL found right is believed; "
               "`\"0s\"`: always ask. See below."),
           config::key_by<Settings>("default_domain", set_default_domain, std::string(),
                                    Plain(config::domain, "domain name"),
                                    "Completes a login name without a domain."),
           key("postmaster", &Settings::postmaster, Plain(config::text, "account name"),
               "Gets mail to `postmaster` of any of our domains, or of none, where no account or "
               "alias has that name; see below."),
           key("subaddress_separator", &Settings::subaddress_separator,
               Plain(separators, "up to 8 characters"),
               "The beginning of a subaddress: `alice+lists@example.com` goes to "
               "`alice@example.com`. `\"\"`: no subaddresses."),
           config::key_by<Settings>(
               "fold_local_part", set_folding, true, kBoolean,
               "Case and composition of letters do not count in a local part; see below."),
           key("several_addresses", &Settings::several_addresses, OneOf(kSeveralAddresses),
               "The copies of a mail that comes to several addresses of an account: one, or one "
               "for each; see below."),
           key("device_views", &Settings::device_views, OneOf(kDeviceViews),
               "What `device add` gives a device: the account's `shared` view, or its `own`; see "
               "[devices.md](devices.md)."),
           key("archive_account", &Settings::archive_account, Plain(config::text, "account name"),
               "Every accepted mail reaches this account's maildrop first, with its whole "
               "envelope; see [archive.md](archive.md)."),
           key("archive_logs", &Settings::archive_logs, config::Count(1, kArchiveLogsMax),
               "The accounts that the archive is spread over: `archive@…`, `archive-2@…` and so "
               "on."),
       }});
  return keys;
}

namespace {

/// The first for which `is_meant`; null when there is none.
template <typename IsMeant>
const BackendSettings* first_back_end(const BackendSettings& first, IsMeant is_meant) {
  if (is_meant(first)) return &first;
  const auto found = std::ranges::find_if(first.next, is_meant);
  return found == first.next.end() ? nullptr : &*found;
}

}  // namespace

const BackendSettings* local_back_end(const BackendSettings& first) {
  return first_back_end(first, [](const BackendSettings& settings) {
    return settings.backend == Backend::kSqlite || settings.backend == Backend::kPasswdFile;
  });
}

const BackendSettings* database_back_end(const BackendSettings& first) {
  return first_back_end(
      first, [](const BackendSettings& settings) { return settings.backend == Backend::kSqlite; });
}

}  // namespace restante::accounts
