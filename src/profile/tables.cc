#include "profile/tables.h"

#include "config/keys.h"
#include "profile/values.h"
#include "sasl/mechanism_table.h"

namespace restante::profile {
namespace {

using config::Choice;
using config::count;
using config::duration;
using config::Item;
using config::Key;
using config::Need;
using config::put;
using config::put_tables;
using config::size;
using config::text;

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kDay = 1440 * kMinute;
constexpr std::uint64_t kDaysMax = 36500;
constexpr std::uint64_t kOctetsMax = 1ULL << 50;
constexpr std::uint64_t kMessagesMax = 1ULL << 40;
constexpr std::uint64_t kWindowMax = 1024;

constexpr auto kTlsModes = std::to_array<Choice<Tls>>(
    {{"none", Tls::kNone}, {"starttls", Tls::kStarttls}, {"implicit", Tls::kImplicit}});
constexpr auto kTlsVersions = std::to_array<Choice<TlsVersion>>({{"1.0", TlsVersion::k10},
                                                                 {"1.1", TlsVersion::k11},
                                                                 {"1.2", TlsVersion::k12},
                                                                 {"1.3", TlsVersion::k13}});
constexpr auto kDeletes =
    std::to_array<Choice<Delete>>({{"never", Delete::kNever},
                                   {"after-fetch", Delete::kAfterFetch},
                                   {"after-days", Delete::kAfterDays},
                                   {"when-removed-locally", Delete::kWhenRemovedLocally}});
constexpr auto kHandOns = std::to_array<Choice<HandOn::Kind>>({{"lmtp", HandOn::Kind::kLmtp},
                                                               {"smtp", HandOn::Kind::kSmtp},
                                                               {"imap", HandOn::Kind::kImap},
                                                               {"command", HandOn::Kind::kCommand},
                                                               {"mbox", HandOn::Kind::kMbox},
                                                               {"gmail", HandOn::Kind::kGmail}});

Result<std::string_view> mechanism(const config::Value& value) {
  return config::word(value, sasl::names_of(sasl::login_ways()));
}

// Secrets: the same keys for an account and for what mail is handed on to.

template <typename Table>
void put_password(Table& table, const Item& item) {
  auto parsed = secret(item.value);
  if (!parsed) return item.wrong(parsed.error().detail);
  table.secret = SecretSource{SecretSource::Kind::kInline, {}, {}, std::move(*parsed)};
}

template <typename Table, SecretSource::Kind Kind>
void put_command(Table& table, const Item& item) {
  auto parsed = command(item.value);
  if (!parsed) return item.wrong(parsed.error().detail);
  table.secret = SecretSource{Kind, std::move(parsed->line), std::move(parsed->words), {}};
}

template <typename Table>
void put_password_file(Table& table, const Item& item) {
  const auto parsed = user_path(item.value);
  if (!parsed) return item.wrong(parsed.error().detail);
  table.secret = SecretSource{SecretSource::Kind::kFile, parsed->string(), {}, {}};
}

/// A key that is set by being true.
template <typename Table, SecretSource::Kind Kind>
void put_chosen(Table& table, const Item& item) {
  const auto parsed = config::boolean(item.value);
  if (!parsed || !*parsed) return item.wrong("must be true, or left out");
  table.secret = SecretSource{Kind, {}, {}, {}};
}

template <typename Table>
void put_oauth(Table& table, const Item& item) {
  auto parsed = text(item.value);
  if (!parsed) return item.wrong(parsed.error().detail);
  table.secret = SecretSource{SecretSource::Kind::kOauth, std::move(*parsed), {}, {}};
}

template <typename Table>
constexpr auto kSecretKeys = std::to_array<Key<Table>>({
    {"password", put_password<Table>},
    {"password_command", put_command<Table, SecretSource::Kind::kCommand>},
    {"password_file", put_password_file<Table>},
    {"keyring", put_chosen<Table, SecretSource::Kind::kKeyring>},
    {"prompt", put_chosen<Table, SecretSource::Kind::kPrompt>},
});

template <typename Table>
constexpr auto kTokenKeys = std::to_array<Key<Table>>({
    {"oauth", put_oauth<Table>},
    {"token_command", put_command<Table, SecretSource::Kind::kTokenCommand>},
});

template <typename T, std::size_t... N>
constexpr auto joined(const std::array<T, N>&... parts) {
  std::array<T, (N + ...)> all{};
  std::size_t at = 0;
  ((std::copy(parts.begin(), parts.end(), all.begin() + static_cast<std::ptrdiff_t>(at)), at += N),
   ...);
  return all;
}

constexpr auto kSkipKeys = std::to_array<Key<HeaderRule>>({
    {"field", put<&HeaderRule::field, text>, Need::kRequired},
    {"contains", put<&HeaderRule::contains, text>},
});

void put_hand_on_command(HandOn& hand_on, const Item& item) {
  auto parsed = command(item.value);
  if (!parsed) return item.wrong(parsed.error().detail);
  hand_on.target = std::move(parsed->line);
  hand_on.command = std::move(parsed->words);
}

constexpr auto kHandOnOwnKeys = std::to_array<Key<HandOn>>({
    {"name", put<&HandOn::name, account_name>},
    {"kind", put<&HandOn::kind, config::choice<kHandOns>>, Need::kRequired},
    {"target", put<&HandOn::target, text>},
    {"command", put_hand_on_command},
    {"sender", put<&HandOn::sender, text>},
    {"recipient", put<&HandOn::recipient, text>},
    {"user", put<&HandOn::user, text>},
    {"tls", put<&HandOn::tls, config::choice<kTlsModes>>},
    {"ca_file", put<&HandOn::ca_file, user_path>},
    {"timeout", put<&HandOn::timeout, duration<1, 60 * kMinute>>},
    {"seen", put<&HandOn::seen, config::boolean>},
    {"labels", put<&HandOn::labels, texts>},
    {"addresses", put<&HandOn::addresses, texts>},
});
constexpr auto kHandOnKeys = joined(kHandOnOwnKeys, kSecretKeys<HandOn>, kTokenKeys<HandOn>);

void put_after_days(Account& account, const Item& item) {
  const auto parsed = count<1, kDaysMax>(item.value);
  if (!parsed) return item.wrong(parsed.error().detail);
  account.remove_after = std::chrono::days(*parsed);
}

constexpr auto kNameKey = std::to_array<Key<Account>>({
    {"name", put<&Account::name, account_name>, Need::kRequired},
});

constexpr auto kServerKeys = std::to_array<Key<Account>>({
    {"host", put<&Account::host, host>},
    {"port", put<&Account::port, count<1, 65535>>},
    {"tls", put<&Account::tls, config::choice<kTlsModes>>},
    {"user", put<&Account::user, text>},
    {"authzid", put<&Account::authzid, text>},
    {"old_digests", put<&Account::old_digests, config::boolean>},
    {"mechanism", put<&Account::mechanism, mechanism>},
    {"tls_min_version", put<&Account::tls_min_version, config::choice<kTlsVersions>>},
    {"tls_name", put<&Account::tls_name, host>},
    {"pins", put<&Account::pins, pins>},
    {"ca_file", put<&Account::ca_file, user_path>},
    {"client_certificate", put<&Account::client_certificate, user_path>},
    {"client_key", put<&Account::client_key, user_path>},
    {"proxy", put<&Account::proxy, proxy>},
    {"connect_timeout", put<&Account::connect_timeout, duration<1, 10 * kMinute>>},
    {"reply_timeout", put<&Account::reply_timeout, duration<1, 60 * kMinute>>},
    {"window", put<&Account::window, count<1, kWindowMax>>},
});

constexpr auto kPolicyKeys = std::to_array<Key<Account>>({
    {"delete", put<&Account::remove, config::choice<kDeletes>>},
    {"after_days", put_after_days},
    {"keep_messages", put<&Account::keep_messages, count<0, kMessagesMax>>},
    {"keep_size", put<&Account::keep_bytes, size<0, kOctetsMax>>},
    {"max_size", put<&Account::size_max, size<1, kOctetsMax>>},
    {"headers_first", put<&Account::headers_first, config::boolean>},
    {"skip", put_tables<&Account::skip, kSkipKeys>},
    {"keep_in_archive", put<&Account::keep_in_archive, config::boolean>},
    {"hand_on", put_tables<&Account::hand_on, kHandOnKeys>},
    {"envelope", put<&Account::envelope, text>},
    {"envelope_host", put<&Account::envelope_host, host>},
    {"unsorted", put<&Account::unsorted, text>},
    {"interval", put<&Account::interval, duration<1, 7 * kDay>>},
    {"on_message", put<&Account::on_message, text>},
    {"notify", put<&Account::notify, config::boolean>},
    {"enabled", put<&Account::enabled, config::boolean>},
    {"tell_after", put<&Account::tell_after, config::off_or_duration<1, 365 * kDay>>},
});

constexpr auto kDefaultsKeys =
    joined(kServerKeys, kSecretKeys<Account>, kTokenKeys<Account>, kPolicyKeys);
constexpr auto kAccountKeys = joined(kNameKey, kDefaultsKeys);

void put_client_secret(Issuer& issuer, const Item& item) {
  auto parsed = secret(item.value);
  if (!parsed) return item.wrong(parsed.error().detail);
  issuer.client_secret = std::move(*parsed);
}

constexpr auto kIssuerKeys = std::to_array<Key<Issuer>>({
    {"name", put<&Issuer::name, account_name>, Need::kRequired},
    {"device_url", put<&Issuer::device_url, config::issuer_url>},
    {"authorization_url", put<&Issuer::authorization_url, config::issuer_url>},
    {"token_url", put<&Issuer::token_url, config::issuer_url>},
    {"client_id", put<&Issuer::client_id, text>, Need::kRequired},
    {"client_secret", put_client_secret},
    {"scope", put<&Issuer::scope, text>},
    {"ca_file", put<&Issuer::ca_file, user_path>},
    {"keyring", put<&Issuer::keyring, config::boolean>},
});

/// The target of reading: the defaults are needed while accounts are read.
struct Reading {
  Profile profile;
  Account defaults;
};

void put_archive(Reading& reading, const Item& item) {
  put<&Profile::archive, user_path>(reading.profile, item);
}
void put_clamd(Reading& reading, const Item& item) {
  put<&Profile::clamd, socket_address>(reading.profile, item);
}
void put_issuers(Reading& reading, const Item& item) {
  put_tables<&Profile::issuers, kIssuerKeys>(reading.profile, item);
}
/// Read before all else, by read_tables().
void put_nothing(Reading& /*reading*/, const Item& /*item*/) {}

void put_accounts(Reading& reading, const Item& item) {
  if (item.value.node.kind != config::Kind::kArray)
    return item.wrong("must be written with two brackets: [[account]]");
  for (const config::Node& element : item.value.node.items) {
    Account& account = reading.profile.accounts.emplace_back(reading.defaults);
    account.line = element.line;
    const Item child{config::Value{element, item.value.base}, item.name, item.mistakes, item.known};
    if (element.kind == config::Kind::kTable)
      read_table(account, child, kAccountKeys);
    else
      child.wrong("must be a table, [[account]]");
  }
}

constexpr auto kRootKeys = std::to_array<Key<Reading>>({
    {"archive", put_archive, Need::kRequired},
    {"clamd", put_clamd},
    {"defaults", put_nothing},
    {"account", put_accounts},
    {"issuer", put_issuers},
});

template <typename Keys>
void add_names(std::string_view prefix, const Keys& keys, std::vector<std::string>& names) {
  for (const auto& key : keys) names.push_back(fmt::format("{}{}", prefix, key.name));
}

}  // namespace

void read_tables(const config::Node& root, const std::filesystem::path& base, Profile& profile,
                 config::Mistakes& mistakes) {
  const Item top{config::Value{root, base}, "", mistakes, known_keys};
  Reading reading;
  if (const config::Node* const node = find(root, "defaults")) {
    const Item item = top.child("defaults", *node);
    if (node->kind == config::Kind::kTable)
      read_table(reading.defaults, item, kDefaultsKeys);
    else
      item.wrong("must be one table, [defaults]");
  }
  read_table(reading, top, kRootKeys);
  profile = std::move(reading.profile);
}

std::vector<std::string> known_keys() {
  std::vector<std::string> names;
  add_names("", kRootKeys, names);
  add_names("account.", kAccountKeys, names);
  add_names("account.skip.", kSkipKeys, names);
  add_names("account.hand_on.", kHandOnKeys, names);
  add_names("issuer.", kIssuerKeys, names);
  return names;
}

std::vector<std::string> secret_keys() {
  std::vector<std::string> names;
  add_names("", kSecretKeys<Account>, names);
  add_names("", kTokenKeys<Account>, names);
  return names;
}

}  // namespace restante::profile
