#include "profile/tables.h"

#include "config/keys.h"
#include "profile/values.h"
#include "sasl/mechanism_table.h"

namespace restante::profile {
namespace {

using namespace std::chrono_literals;
using config::Choice;
using config::Count;
using config::Duration;
using config::Item;
using config::joined;
using config::kBoolean;
using config::Key;
using config::key;
using config::key_by;
using config::Keys;
using config::kText;
using config::OffOrDuration;
using config::OneOf;
using config::Plain;
using config::Size;
using config::text;

constexpr auto kDay = std::chrono::days(1);
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

constexpr Plain<std::filesystem::path> kUserPath{user_path, "path"};
constexpr Plain<std::string> kHost{host, "host name or IP address"};
constexpr Plain<std::string> kName{account_name, "name"};
constexpr Plain<std::string> kUrl{config::issuer_url, "https address"};
constexpr Plain<SecretString> kSecret{secret, "text"};
constexpr Plain<CommandText> kCommand{command, "command"};
constexpr Plain<std::vector<std::string>> kTexts{texts, "text, or several"};

Result<std::string_view> mechanism(const config::Value& value) {
  return config::word(value, sasl::names_of(sasl::login_ways()));
}

/// A key that is set by being true.
Result<bool> chosen(const config::Value& value) {
  const auto parsed = config::boolean(value);
  if (!parsed || !*parsed) return config::wrong_value("must be true, or left out");
  return true;
}
constexpr Plain<bool> kChosen{chosen, "true"};

// Secrets: the same keys for an account and for what mail is handed on to. None has a default.

template <typename Table, SecretSource::Kind Kind>
void set_command(Table& table, CommandText parsed) {
  table.secret = SecretSource{Kind, std::move(parsed.line), std::move(parsed.words), {}};
}

template <typename Table, SecretSource::Kind Kind>
void set_place(Table& table, const std::filesystem::path& place) {
  table.secret = SecretSource{Kind, place.string(), {}, {}};
}

template <typename Table, SecretSource::Kind Kind>
void set_chosen(Table& table, bool /*chosen*/) {
  table.secret = SecretSource{Kind, {}, {}, {}};
}

template <typename Table>
void set_password(Table& table, SecretString password) {
  table.secret = SecretSource{SecretSource::Kind::kInline, {}, {}, std::move(password)};
}

template <typename Table>
const Keys<Table>& secret_sources() {
  using Kind = SecretSource::Kind;
  static const Keys<Table> keys = {
      key_by<Table>("password", set_password<Table>, std::nullopt, kSecret, "The password itself."),
      key_by<Table>("password_command", set_command<Table, Kind::kCommand>, std::nullopt, kCommand,
                    "A command; the first line of its output counts. A string is a line for `sh "
                    "-c`; an array is a program and its arguments."),
      key_by<Table>("password_file", set_place<Table, Kind::kFile>, std::nullopt, kUserPath,
                    "The first line of a file that only you can read."),
      key_by<Table>("keyring", set_chosen<Table, Kind::kKeyring>, std::nullopt, kChosen,
                    "The desktop's keyring, by `secret-tool`, under `host`, `service pop3`, "
                    "`user`, as mpop and msmtp do."),
      key_by<Table>("prompt", set_chosen<Table, Kind::kPrompt>, std::nullopt, kChosen,
                    "Ask at a terminal, in place of a password from `[defaults]`."),
      key_by<Table>("oauth", set_place<Table, Kind::kOauth>, std::nullopt, kText,
                    "The name of an `[[issuer]]`."),
      key_by<Table>("token_command", set_command<Table, Kind::kTokenCommand>, std::nullopt,
                    kCommand, "As `password_command`, but it prints an access token."),
  };
  return keys;
}

const Keys<HeaderRule>& skip_keys() {
  static const Keys<HeaderRule> keys = {
      key("field", &HeaderRule::field, kText, "The name of a header field.").required(),
      key("contains", &HeaderRule::contains, kText,
          "Some of its text; case does not count. Without it any such field counts."),
  };
  return keys;
}

void set_hand_on_command(HandOn& hand_on, CommandText parsed) {
  hand_on.target = std::move(parsed.line);
  hand_on.command = std::move(parsed.words);
}

const Keys<HandOn>& hand_on_keys() {
  static const auto keys = joined<HandOn>(
      {{
           key("name", &HandOn::name, kName,
               "The target's name in the queue; letters, digits and `-_.@+`. Give one to every "
               "target; see below."),
           key("kind", &HandOn::kind, OneOf(kHandOns), "How mail gets there.").required(),
           key("target", &HandOn::target, kText, "The address, by kind; see below."),
           key_by<HandOn>("command", set_hand_on_command, std::nullopt, kCommand,
                          "Of `\"command\"`: gets the message on stdin; its exit code is as of "
                          "sysexits. A string for `sh -c`, or an array."),
           key("sender", &HandOn::sender, kText, "The sender of the envelope of LMTP and SMTP.",
               "the empty one"),
           key("recipient", &HandOn::recipient, kText, "Its recipient."),
           key("user", &HandOn::user, kText,
               "For SMTP, IMAP and (a token) Gmail, with a password or token as above. `oauth` "
               "needs a `name`; `restante account login ACCOUNT:NAME` logs in."),
           key("tls", &HandOn::tls, OneOf(kTlsModes), "For `smtp://` and `imap://`."),
           key("ca_file", &HandOn::ca_file, kUserPath, "Authorities to believe, PEM.",
               "the system's"),
           key("timeout", &HandOn::timeout, Duration(1s, 1h), "Of silence; see below.",
               "RFC 5321 s.4.5.3.2; `\"60s\"` for commands and files"),
           key("seen", &HandOn::seen, kBoolean, "For IMAP; `true`: mail counts as read there."),
           key("labels", &HandOn::labels, kTexts, "For Gmail: ids of labels.",
               "`[\"INBOX\", \"UNREAD\"]`"),
           key("addresses", &HandOn::addresses, kTexts,
               "In a catch-all account: the addresses of this target, `\"ann@example.com\"` or "
               "`\"@example.com\"`."),
       },
       secret_sources<HandOn>()});
  return keys;
}

void set_after_days(Account& account, std::uint64_t days) {
  account.remove_after = std::chrono::days(days);
}

const Keys<Account>& server_keys() {
  static const Keys<Account> keys = {
      key("host", &Account::host, kHost, "The server.", "needed"),
      key("port", &Account::port, Count(1, 65535), "By `tls`.", "`995`, or `110`"),
      key("tls", &Account::tls, OneOf(kTlsModes),
          "`\"starttls\"` begins in clear, and ends when the server will not encrypt. With `port "
          "= 110` it is the default."),
      key("user", &Account::user, kText, "The login name.", "needed"),
      key("authzid", &Account::authzid, kText,
          "The owner of a shared mailbox that the login may open; only `PLAIN`, SCRAM, "
          "`EXTERNAL` and `OAUTHBEARER` can say it."),
      key("old_digests", &Account::old_digests, kBoolean,
          "CRAM-MD5 and APOP may be used: better than a password in clear, but a listener can "
          "guess it."),
      key("mechanism", &Account::mechanism, Plain(mechanism, "name"),
          "Use this one and no other; the names are below.", "the best"),
      key("tls_min_version", &Account::tls_min_version, OneOf(kTlsVersions),
          "See below for those older than the default."),
      key("tls_name", &Account::tls_name, kHost, "The name that the certificate must have.",
          "`host`"),
      key("pins", &Account::pins, Plain(pins, "text, or several"),
          "SHA-256 of the server's certificate, 64 hex digits: no other certificate is accepted. "
          "`restante probe` shows it."),
      key("ca_file", &Account::ca_file, kUserPath, "Authorities to believe, PEM.", "the system's"),
      key("client_certificate", &Account::client_certificate, kUserPath,
          "The client's certificate, PEM; with `mechanism = \"EXTERNAL\"` it and its key replace "
          "a password, also one in `[defaults]`."),
      key("client_key", &Account::client_key, kUserPath, "Its key, PEM."),
      key("proxy", &Account::proxy, Plain(proxy, "address"),
          "`socks5://[user[:password]@]host[:port]` or `http://…`; the proxy resolves the name."),
      key("connect_timeout", &Account::connect_timeout, Duration(1s, 10min),
          "Until a connection stands."),
      key("reply_timeout", &Account::reply_timeout, Duration(1s, 1h),
          "Of silence, while a reply is awaited."),
      key("window", &Account::window, Count(1, kWindowMax),
          "Messages asked for ahead, when the server takes several commands at once."),
  };
  return keys;
}

const Keys<Account>& mail_keys() {
  static const Keys<Account> keys = {
      key("delete", &Account::remove, OneOf(kDeletes),
          "When the server's copy goes, after it is safe here; see below."),
      key_by<Account>("after_days", set_after_days, std::nullopt, Count(1, kDaysMax),
                      "With `\"after-days\"`: days since it was fetched; it must have been seen "
                      "on two different days."),
      key("keep_messages", &Account::keep_messages, Count(0, kMessagesMax),
          "The most messages that stay on the server; the oldest go first, when they are safe "
          "here.",
          "all"),
      key("keep_size", &Account::keep_bytes, Size(0, kOctetsMax), "The same in octets.", "all"),
      key("max_size", &Account::size_max, Size(1, kOctetsMax),
          "Only messages up to this size are fetched.", "any"),
      key("headers_first", &Account::headers_first, kBoolean,
          "Look at the header first, so that messages that `skip` leaves out are not fetched."),
      config::tables_key<Account>("skip", &Account::skip, skip_keys(),
                                  "`[[account.skip]]`: messages to leave out, by `field` and "
                                  "`contains`."),
      key("keep_in_archive", &Account::keep_in_archive, kBoolean,
          "`false`: only hand mail on. Mail from before this setting stays."),
      config::tables_key<Account>("hand_on", &Account::hand_on, hand_on_keys(),
                                  "`[[account.hand_on]]`: a further target of the mail; see "
                                  "below."),
      key("envelope", &Account::envelope, kText,
          "One account for several people: the header field with the recipient; each mail goes to "
          "the targets whose `addresses` it has, not to all. See *A catch-all account*."),
      key("envelope_host", &Account::envelope_host, kHost, "The host that writes this field."),
      key("unsorted", &Account::unsorted, kText,
          "The name of the target for mail that fits no other."),
      key("interval", &Account::interval, Duration(1s, 7 * kDay),
          "Between two looks of `fetch --watch`."),
      key("on_message", &Account::on_message, kText,
          "A line for `sh -c`, run after each new message is safe; tried again when it fails."),
      key("notify", &Account::notify, kBoolean, "A desktop notification of new mail."),
      key("enabled", &Account::enabled, kBoolean, "`false`: fetched only when it is named."),
      key("tell_after", &Account::tell_after, OffOrDuration(1s, 365 * kDay),
          "A failure of this length is told, see *How the accounts stand*; `\"off\"`: it is not."),
  };
  return keys;
}

const Keys<Issuer>& issuer_keys() {
  static const Keys<Issuer> keys = {
      key("name", &Issuer::name, kName,
          "Of `\"google\"`, `\"gmail\"` (only to hand mail on) and `\"microsoft\"` all but the "
          "`client_id` is known.")
          .required(),
      key("device_url", &Issuer::device_url, kUrl, "For a login on any other device (RFC 8628)."),
      key("authorization_url", &Issuer::authorization_url, kUrl,
          "For a login in a browser on this machine."),
      key("token_url", &Issuer::token_url, kUrl, "Where tokens come from."),
      key("client_id", &Issuer::client_id, kText, "What the issuer gave you at the registration.")
          .required(),
      key_by<Issuer>(
          "client_secret",
          [](Issuer& issuer, SecretString given) { issuer.client_secret = std::move(given); },
          std::nullopt, kSecret, "The same; a public client has no secret."),
      key("scope", &Issuer::scope, kText, "The rights to ask for."),
      key("ca_file", &Issuer::ca_file, kUserPath, "Authorities to believe, PEM.", "the system's"),
      key("keyring", &Issuer::keyring, kBoolean,
          "`true`: refresh tokens lie in the keyring; else in `$XDG_STATE_HOME/restante`, in "
          "files that only you can read."),
  };
  return keys;
}

const Keys<Account>& defaults_keys() {
  static const auto keys = joined<Account>({server_keys(), secret_sources<Account>(), mail_keys()});
  return keys;
}

const Keys<Account>& account_keys() {
  static const auto keys = joined<Account>(
      {{key("name", &Account::name, kName,
            "Its name for you, and its folder in the archive: letters, digits and `-_.@+`.")
            .required()},
       defaults_keys()});
  return keys;
}

/// The target of reading: the defaults are needed while accounts are read.
struct Reading {
  Profile profile;
  Account defaults;
};

void put_accounts(Reading& reading, const Item& item) {
  const auto make = [&reading](const config::Node& element) -> Account& {
    Account& account = reading.profile.accounts.emplace_back(reading.defaults);
    account.line = element.line;
    return account;
  };
  read_tables_of(item, account_keys(), make);
}

/// [defaults] are read before all else, by read_tables().
void put_nothing(Reading& /*reading*/, const Item& /*item*/) {}

const Keys<Reading>& root_keys() {
  static const Keys<Profile> own = {
      key("archive", &Profile::archive, kUserPath, "The folder of the archive.").required(),
      key("clamd", &Profile::clamd, Plain(socket_address, "`host:port` or `unix:/path`"),
          "A clamd that looks at every message before it is shown; see *Virus scan*."),
  };
  static const auto keys = joined<Reading>(
      {config::keys_within<Reading>(&Reading::profile, own),
       {{{"defaults", "table", "none",
          "Keys of an account, for all accounts that do not set their own."},
         put_nothing},
        {{"account", "tables", "none", "An account to collect from; as many as you like."},
         put_accounts,
         config::Need::kOptional,
         notes_of(account_keys())}},
       config::keys_within<Reading>(
           &Reading::profile,
           Keys<Profile>{config::tables_key<Profile>("issuer", &Profile::issuers, issuer_keys(),
                                                     "A server that issues access tokens.")})});
  return keys;
}

std::vector<std::string> known_names() {
  std::vector<std::string> names;
  for (const config::KeyNote& note : known_keys()) names.push_back(note.name);
  return names;
}

}  // namespace

void read_tables(const config::Node& root, const std::filesystem::path& base, Profile& profile,
                 config::Mistakes& mistakes) {
  const Item top{config::Value{root, base}, "", mistakes, known_names};
  Reading reading;
  if (const config::Node* const node = find(root, "defaults")) {
    const Item item = top.child("defaults", *node);
    if (node->kind == config::Kind::kTable)
      read_table(reading.defaults, item, defaults_keys());
    else
      item.wrong("must be one table, [defaults]");
  }
  read_table(reading, top, root_keys());
  profile = std::move(reading.profile);
}

std::vector<config::KeyNote> known_keys() { return notes_of(root_keys()); }

std::vector<std::string> secret_keys() {
  std::vector<std::string> names;
  for (const auto& source : secret_sources<Account>()) names.push_back(source.note.name);
  return names;
}

}  // namespace restante::profile
