#include "server/settings/parse.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace restante::settings {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ConfigTest : public testing::Test {
 protected:
  ConfigTest() : folder_(testing::TempDir() + "restante_config_XXXXXX") {
    if (mkdtemp(folder_.data()) == nullptr) ADD_FAILURE() << "no temporary folder";
  }
  ~ConfigTest() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& content) {
    std::ofstream(folder_ + "/" + name) << content;
  }
  LoadResult load(const std::string& text, Purpose purpose = Purpose::kTools) {
    return parse(text, "f", folder_, purpose);
  }
  /// The configuration of `text` below a first line with data_dir in it.
  Config good(const std::string& text) {
    const LoadResult result = load("data_dir = \"/d\"\n" + text);
    EXPECT_THAT(result.mistakes, IsEmpty()) << text;
    return result.config.value_or(Config{});
  }
  /// The mistakes of `text`, which starts on line 2.
  std::vector<std::string> bad(const std::string& text) {
    const LoadResult result = load("data_dir = \"/d\"\n" + text);
    EXPECT_FALSE(result.config.has_value()) << text;
    return result.mistakes;
  }
  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
};

TEST_F(ConfigTest, IsAllDefaultsWithDataDirAlone) {
  const Config config = good("");
  EXPECT_EQ(config.data_dir, "/d");
  EXPECT_NE(config.hostname, "");
  EXPECT_EQ(config.accounts.path, "/d/accounts.db");
  EXPECT_THAT(config.tls.certificates, IsEmpty());
  EXPECT_EQ(config.auth.plaintext, Plaintext::kLoopback);
  EXPECT_EQ(config.smtp.message_bytes_max, limits::kMessageBytesMax);
  EXPECT_EQ(config.maildrop.undelete_window, std::chrono::days(7));
}

TEST_F(ConfigTest, ReadsTheContractsExample) {
  write("cert.pem", "x");
  write("key.pem", "x");
  const LoadResult result = load(R"(hostname = "mail.Example.test"
data_dir = "var"
[tls]
certificate = "cert.pem"
private_key = "key.pem"
[[listen]]
protocol = "pop3"
address  = "127.0.0.1:1110"
tls      = "starttls"
[accounts]
backend        = "sqlite"
default_domain = "example.test"
[auth]
plaintext = "loopback"
[maildrop]
backend = "log"
undelete_window = "7d"
[limits]
)");
  ASSERT_THAT(result.mistakes, IsEmpty());
  EXPECT_EQ(result.config->hostname, "mail.example.test");
  EXPECT_EQ(result.config->data_dir, folder() + "/var");
  EXPECT_EQ(result.config->tls.certificates.at(0).private_key, folder() + "/key.pem");
  EXPECT_EQ(result.config->listen.at(0).address.port, 1110);
  EXPECT_EQ(result.config->accounts.path, folder() + "/var/accounts.db");
}

TEST_F(ConfigTest, PutsEveryKeyWhereItBelongs) {
  const Config config = good(R"(
[accounts]
backend = "passwd-file"
path = "users"
aliases = "/etc/aliases"
postmaster = "alice@example.com"
subaddress_separator = "+-"
fold_local_part = false
[auth]
plaintext = "never"
[pop3]
apop = true
last = true
implementation = ""
login_delay = "30s"
takeover = "45s"
utf8_mail = "refuse"
[smtp]
bare_newlines = "keep"
addresses = "strict"
[server]
threads = 3
log_level = "error"
user = "mail"
group = "adm"
allow_root = true
sandbox = "on"
)");
  EXPECT_EQ(config.accounts.backend, accounts::Backend::kPasswdFile);
  EXPECT_EQ(config.accounts.path, folder() + "/users");
  EXPECT_EQ(config.accounts.aliases, "/etc/aliases");
  EXPECT_EQ(config.accounts.postmaster, "alice@example.com");
  EXPECT_EQ(config.accounts.subaddress_separator, "+-");
  EXPECT_FALSE(config.accounts.names.fold_local_part);
  EXPECT_EQ(config.auth.plaintext, Plaintext::kNever);
  EXPECT_TRUE(config.pop3.session.apop_enabled);
  EXPECT_TRUE(config.pop3.session.last_enabled);
  EXPECT_EQ(config.pop3.session.implementation, "");
  EXPECT_EQ(config.pop3.login_delay, std::chrono::seconds(30));
  EXPECT_EQ(config.pop3.takeover, std::chrono::seconds(45));
  EXPECT_EQ(config.pop3.session.utf8_policy, pop3::Utf8Policy::kRefuse);
  EXPECT_EQ(config.smtp.bare_newlines, smtp::BareNewlines::kKeep);
  EXPECT_EQ(config.smtp.addresses, mail::Grammar::kStrict);
  EXPECT_EQ(config.server.threads, 3U);
  EXPECT_EQ(config.server.log_level, LogLevel::kError);
  EXPECT_EQ(config.server.user, "mail");
  EXPECT_EQ(config.server.group, "adm");
  EXPECT_TRUE(config.server.allow_root);
  EXPECT_EQ(config.server.sandbox, Sandbox::kOn);
}

TEST_F(ConfigTest, PutsEveryLimitWhereItBelongs) {
  const Config config = good(R"(
[limits]
connections = 1
connections_per_address = 2
connections_per_minute = 3
logins_per_minute = 4
account_logins_per_minute = 5
failed_logins = 6
failed_login_delay = "7s"
commands_before_login = 18
bytes_before_login = "32KiB"
commands_per_minute = 9
bytes_per_minute = "10MiB"
trusted_networks = ["192.0.2.0/24", "2001:db8::1"]
message_size = "1GiB"
recipients = 100
idle_timeout = "10m"
login_timeout = "5s"
smtp_timeout = "1m"
keepalive = "10s"
shutdown_grace = "0s"
idle_maildrops = 0
)");
  EXPECT_EQ(config.guard.connections, 1U);
  EXPECT_EQ(config.guard.connections_per_address, 2U);
  EXPECT_EQ(config.guard.connections_per_minute, 3U);
  EXPECT_EQ(config.guard.logins_per_minute, 4U);
  EXPECT_EQ(config.guard.account_logins_per_minute, 5U);
  EXPECT_EQ(config.guard.failed_logins, 6U);
  EXPECT_EQ(config.guard.failed_login_delay, std::chrono::seconds(7));
  EXPECT_EQ(config.limits.commands_before_login, 18U);
  EXPECT_EQ(config.limits.bytes_before_login, 32U << 10);
  EXPECT_EQ(config.guard.commands_per_minute, 9U);
  EXPECT_EQ(config.guard.bytes_per_minute, 10U << 20);
  ASSERT_EQ(config.guard.trusted.size(), 2U);
  EXPECT_EQ(config.guard.trusted[1].to_string(), "2001:db8::1/128");
  EXPECT_EQ(config.smtp.message_bytes_max, 1ULL << 30);
  EXPECT_EQ(config.smtp.recipients_max, 100U);
  EXPECT_EQ(config.limits.idle_timeout, std::chrono::minutes(10));
  EXPECT_EQ(config.limits.login_timeout, std::chrono::seconds(5));
  EXPECT_EQ(config.limits.smtp_timeout, std::chrono::minutes(1));
  EXPECT_EQ(config.limits.keepalive, std::chrono::seconds(10));
  EXPECT_EQ(config.limits.shutdown_grace, std::chrono::seconds(0));
  EXPECT_EQ(config.maildrop.idle_maildrops, 0U);
}

TEST_F(ConfigTest, PutsEveryKeyOfTheMaildropWhereItBelongs) {
  const Config config = good(R"(
[maildrop]
undelete_window = "0s"
reserve = 0
quota_octets = "1GiB"
quota_messages = 1000
quota_warning = 0
retention_days = 30
retention_from = "retrieval"
upkeep_interval = "1s"
upkeep_rate = "1MiB"
scrub_interval = "0s"
scrub_rate = "64KiB"
lock_timeout = "30s"
)");
  EXPECT_EQ(config.maildrop.undelete_window, std::chrono::seconds(0));
  EXPECT_EQ(config.maildrop.reserve, 0U);
  EXPECT_EQ(config.maildrop.quota_octets, 1ULL << 30);
  EXPECT_EQ(config.maildrop.quota_messages, 1000U);
  EXPECT_EQ(config.maildrop.quota_warning, 0U);
  EXPECT_EQ(config.maildrop.retention_days, 30U);
  EXPECT_EQ(config.maildrop.retention_from, maildrop::Retention::From::kRetrieval);
  EXPECT_EQ(config.maildrop.upkeep_interval, std::chrono::seconds(1));
  EXPECT_EQ(config.maildrop.upkeep_rate, 1ULL << 20);
  EXPECT_EQ(config.maildrop.scrub_interval, std::chrono::seconds(0));
  EXPECT_EQ(config.maildrop.scrub_rate, 64ULL << 10);
  EXPECT_EQ(config.maildrop.lock_timeout, std::chrono::seconds(30));
}

TEST_F(ConfigTest, TlsOfAListenerDependsOnWhatItIs) {
  const Config config = good(R"(
listen = [ {protocol = "pop3", address = "127.0.0.1:0"},
           {protocol = "lmtp", address = "unix:/run/lmtp"},
           {protocol = "http", address = "127.0.0.1:0"},
           {protocol = "pop3", address = "127.0.0.1:0", tls = "implicit"},
           {protocol = "smtp", address = "127.0.0.1:0", tls = "none"} ]
)");
  std::vector<TlsMode> modes;
  for (const Listen& listen : config.listen) modes.push_back(listen.tls);
  EXPECT_THAT(modes, ElementsAre(TlsMode::kStarttls, TlsMode::kNone, TlsMode::kNone,
                                 TlsMode::kImplicit, TlsMode::kNone));
}

TEST_F(ConfigTest, TellsEachMistakeWithItsLine) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"colour = 1", "f:2: colour: unknown key"},
      {"hostnam = \"a\"", "f:2: hostnam: unknown key; did you mean \"hostname\"?"},
      {"[limits]\n\nconections = 1",
       "f:4: limits.conections: unknown key; did you mean \"connections\"?"},
      {"[accounts]\ndata_dir = \"/x\"",
       "f:3: accounts.data_dir: unknown key here; it belongs to the top, above all tables"},
      {"[server]\napop = true", "f:3: server.apop: unknown key here; it belongs to [pop3]"},
      {"hostname = 7", "f:2: hostname: must be a domain name, not a number"},
      {"hostname = \"a b\"", "f:2: hostname: must be a domain name, as in \"mail.example.com\""},
      {"limits = 7", "f:2: limits: must be one table, [limits], not a number"},
      {"[[limits]]", "f:2: limits: must be one table, [limits], not an array"},
      {"[listen]\nprotocol = \"pop3\"",
       "f:2: listen: must be written with two brackets: [[listen]]"},
      {"listen = [1]", "f:2: listen: must be a table, [[listen]]"},
      {"[pop3]\napop = \"yes\"", "f:3: pop3.apop: must be true or false, not a string"},
      {"[pop3]\nimplementation = \"\\u00e9\"",
       "f:3: pop3.implementation: must be printable ASCII, at most 200 octets"},
      {"[maildrop]\nquota_warning = 101", "f:3: maildrop.quota_warning: must be from 0 to 100"},
      {"[maildrop]\nretention_from = \"login\"",
       "f:3: maildrop.retention_from: must be \"arrival\" or \"retrieval\""},
      {"[maildrop]\nupkeep_rate = 0", "f:3: maildrop.upkeep_rate: must be from 64KiB to 64GiB"},
      {"[auth]\nplaintext = \"sometimes\"",
       "f:3: auth.plaintext: must be \"never\", \"loopback\" or \"always\""},
      {"[pop3]\ntakeover = \"29s\"", "f:3: pop3.takeover: must be from 30s to 1d, or \"off\""},
      {"[limits]\nconnections = 0", "f:3: limits.connections: must be from 1 to 1000000"},
      {"[limits]\nconnections = 1000001", "f:3: limits.connections: must be from 1 to 1000000"},
      {"[limits]\nconnections = -1", "f:3: limits.connections: must be from 1 to 1000000"},
      {"[limits]\nconnections = 1.5",
       "f:3: limits.connections: must be a number, not a date or a fraction"},
      {"[limits]\ntrusted_networks = \"::1\"",
       "f:3: limits.trusted_networks: must be an array, as in [\"192.0.2.0/24\"], not a string"},
      {"[limits]\ntrusted_networks = [\"10.0.0.1/8\"]",
       "f:3: limits.trusted_networks: \"10.0.0.1/8\" has bits set behind the prefix; write "
       "10.0.0.0/8"},
      {"[limits]\ntrusted_networks = [1]",
       "f:3: limits.trusted_networks: must be a string, not a number"},
      {"[limits]\nrecipients = 99", "f:3: limits.recipients: must be from 100 to 100000"},
      {"[limits]\nmessage_size = \"3GiB\"", "f:3: limits.message_size: must be from 64KiB to 2GiB"},
      {"[limits]\nmessage_size = -1", "f:3: limits.message_size: must be from 64KiB to 2GiB"},
      {"[limits]\nidle_timeout = \"599s\"", "f:3: limits.idle_timeout: must be from 10m to 1d"},
      {"[limits]\nidle_timeout = 600",
       "f:3: limits.idle_timeout: must be a duration as in \"30s\", not a number"},
      {"[limits]\nsmtp_timeout = \"1500ms\"", "f:3: limits.smtp_timeout: must be whole seconds"},
      {"[accounts]\ndefault_domain = \"a..b\"",
       "f:3: accounts.default_domain: must be a domain name, as in \"mail.example.com\""},
      {"[accounts]\npostmaster = \"\"", "f:3: accounts.postmaster: must not be empty"},
      {"[accounts]\nsubaddress_separator = \"@\"",
       "f:3: accounts.subaddress_separator: must be at most 8 characters of !#$%&'*+-/=?^_`{|}~"},
      {"[accounts]\nbackend = \"passwd-file\"",
       "f:3: accounts.path: is missing; backend \"passwd-file\" needs it"},
      {"[accounts]\naliases = \"a\"",
       "f:3: accounts.aliases: goes with backend \"passwd-file\"; for sqlite: restantectl alias"},
      {"[server]\nsandbox = true", "f:3: server.sandbox: must be \"auto\", \"on\" or \"off\""},
      {"[[listen]]\nprotocol = \"lmtp\"\naddress = \"unix:/l\"\nmode = 660",
       "f:5: listen.mode: must be a mode in octal digits, in quotes: \"0660\""},
      {"[[listen]]\nprotocol = \"lmtp\"\naddress = \"127.0.0.1:1\"\ngroup = \"mail\"",
       "f:5: listen.group: goes with a unix socket's address only"},
      {"[maildrop]\nbackend = \"mbox\"", "f:3: maildrop.backend: must be \"log\""},
  };
  for (const auto& [text, expected] : table) EXPECT_THAT(bad(text), ElementsAre(expected)) << text;
}

TEST_F(ConfigTest, ListensOnlyWhereItCan) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"address = \"127.0.0.1:1\"", "f:2: listen.protocol: is missing"},
      {"protocol = \"pop3\"", "f:2: listen.address: is missing"},
      {"protocol = \"pop4\"\naddress = \"127.0.0.1:1\"",
       "f:3: listen.protocol: must be \"pop3\", \"lmtp\", \"smtp\" or \"http\""},
      {"protocol = \"lmtp\"\naddress = \"localhost:1\"",
       "f:4: listen.address: host must be an IP address: write 127.0.0.1 or [::1]"},
      {"protocol = \"lmtp\"\naddress = \"unix:/run/lmtp\"\ntls = \"starttls\"",
       "f:5: listen.tls: a unix socket has no TLS; write \"none\""},
      {"protocol = \"pop3\"\naddress = \"127.0.0.1:1\"\nproxy_protocol = true",
       "f:5: listen.proxy_networks: is missing; say which proxies are believed, as in "
       "[\"192.0.2.7\"]"},
      {"protocol = \"http\"\naddress = \"127.0.0.1:1\"\nproxy_networks = [\"::1\"]",
       "f:5: listen.proxy_networks: goes with proxy_protocol = true: http has no XCLIENT"},
      {"protocol = \"lmtp\"\naddress = \"unix:/l\"\nproxy_networks = [\"::1\"]",
       "f:5: listen.proxy_networks: is not for a unix socket: who connects there has no address"},
      {"protocol = \"lmtp\"\naddress = \"unix:/l\"\nnetworks = [\"::1\"]",
       "f:5: listen.networks: is not for a unix socket: who connects there has no address"},
      {"protocol = \"lmtp\"\naddress = \"unix:/l\"\nuid_networks = [\"::1\"]",
       "f:5: listen.uid_networks: is not for a unix socket: who connects there has no address"},
      {"protocol = \"pop3\"\naddress = \"127.0.0.1:1\"\nuid_networks = [\"::1\"]",
       "f:5: listen.uid_networks: goes with protocol = \"lmtp\" or \"smtp\""},
      {"protocol = \"smtp\"\naddress = \"127.0.0.1:1\"\nplaintext = \"always\"",
       "f:5: listen.plaintext: goes with protocol = \"pop3\": nobody logs in elsewhere"},
      {"protocol = \"pop3\"\naddress = \"127.0.0.1:1\"\ntls_min_version = \"1.0\"",
       "f:5: listen.tls_min_version: below \"1.2\" needs listen.networks: say which devices are so "
       "old, as in [\"192.0.2.32/28\"]"},
      {"protocol = \"http\"\naddress = \"127.0.0.1:1\"\ntls_min_version = \"1.3\"",
       "f:5: listen.tls_min_version: goes with tls = \"starttls\" or \"implicit\""},
      {"protocol = \"lmtp\"\naddress = \"unix:/run/lmtp\"\nproxy_protocol = true",
       "f:5: listen.proxy_protocol: is not for a unix socket"},
      {"protocol = \"http\"\naddress = \"127.0.0.1:1\"\ntls = \"starttls\"",
       "f:5: listen.tls: http has no STARTTLS; write \"implicit\" or \"none\""},
      {"protocol = \"pop3\"\naddress = \"127.0.0.1:1\"\nserve = [\"status\"]",
       "f:5: listen.serve: goes with protocol = \"http\""},
      {"protocol = \"http\"\naddress = \"127.0.0.1:1\"\nserve = []",
       "f:5: listen.serve: must name something; or leave the listener out"},
      {"protocol = \"http\"\naddress = \"127.0.0.1:1\"\nserve = [\"autoconfig\"]",
       "f:5: listen.serve: \"autoconfig\" needs an [autoconfig] table, which says for which "
       "domains"},
  };
  for (const auto& [text, expected] : table)
    EXPECT_THAT(bad("[[listen]]\n" + text), ElementsAre(expected)) << text;
}

TEST_F(ConfigTest, AListenerHasRulesOfItsOwn) {
  const Config config = good(
      "[[listen]]\nprotocol = \"pop3\"\naddress = \"127.0.0.1:1\"\nplaintext = \"always\"\n"
      "tls_min_version = \"1.0\"\nnetworks = [\"192.0.2.0/24\"]\nproxy_networks = [\"::1\"]\n"
      "[[listen]]\nprotocol = \"pop3\"\naddress = \"127.0.0.1:2\"\n");
  ASSERT_EQ(config.listen.size(), 2U);
  EXPECT_EQ(config.listen[0].plaintext, Plaintext::kAlways);
  EXPECT_EQ(config.listen[0].tls_min_version, TlsVersion::k10);
  EXPECT_EQ(config.listen[0].networks.size(), 1U);
  EXPECT_EQ(config.listen[0].proxy_networks.size(), 1U);
  EXPECT_EQ(config.listen[1].plaintext, std::nullopt);
  EXPECT_EQ(config.listen[1].tls_min_version, std::nullopt);
}

TEST_F(ConfigTest, ListensOnEachAddressOnce) {
  EXPECT_THAT(bad("[[listen]]\nprotocol = \"pop3\"\naddress = \"[::1]:1110\"\n"
                  "[[listen]]\nprotocol = \"smtp\"\naddress = \"[0::1]:1110\"\n"),
              ElementsAre("f:7: listen.address: [::1]:1110 is taken by line 4"));
}

TEST_F(ConfigTest, NeedsADataDir) {
  EXPECT_THAT(load("hostname = \"a\"").mistakes, ElementsAre("f:1: data_dir: is missing"));
}

TEST_F(ConfigTest, TellsAllMistakesInTheOrderOfTheLines) {
  EXPECT_THAT(
      load("[server]\nthreads = -1\n[auth]\nplaintext = 1\n[[listen]]\nport = 110\n").mistakes,
      ElementsAre(HasSubstr("f:1: data_dir"), HasSubstr("f:2: server.threads"),
                  HasSubstr("f:4: auth.plaintext"), HasSubstr("f:5: listen.protocol"),
                  HasSubstr("f:5: listen.address"), HasSubstr("f:6: listen.port")));
}

TEST_F(ConfigTest, TellsASyntaxErrorWithItsLine) {
  EXPECT_THAT(bad("a = \"open\nb = 1\n"), ElementsAre(HasSubstr("f:2: syntax: ")));
  EXPECT_THAT(bad("[auth]\n[auth]\n"), ElementsAre(HasSubstr("f:3: syntax: ")));
}

TEST_F(ConfigTest, AMistakeIsOneLineWhateverIsInIt) {
  EXPECT_THAT(bad("\"a\\nb\\u001b[2J\" = 1"), ElementsAre("f:2: a?b?[2J: unknown key"));
}

TEST_F(ConfigTest, MechanismsAreKnownNamedOnceAndPossible) {
  write("ca.pem", "x");
  const std::string ca = "[tls]\nclient_ca = \"ca.pem\"\n";
  const std::string oauth =
      "[oauth]\nissuer = \"https://id.x.test\"\naudience = \"m\"\n"
      "jwks_url = \"https://x.test/k\"\n";
  EXPECT_THAT(good("[auth]\nmechanisms = [\"PLAIN\", \"CRAM-MD5\"]").auth.mechanisms,
              ElementsAre("PLAIN", "CRAM-MD5"));
  EXPECT_THAT(good("[auth]\nmechanisms = [\"EXTERNAL\"]\n" + ca).auth.mechanisms,
              ElementsAre("EXTERNAL"));
  EXPECT_THAT(good("[auth]\nmechanisms = [\"XOAUTH2\", \"OAUTHBEARER\"]\n" + oauth).auth.mechanisms,
              ElementsAre("XOAUTH2", "OAUTHBEARER"));
  const auto wrong = [&](const std::string& list) { return bad("[auth]\nmechanisms = " + list); };
  EXPECT_THAT(wrong("[\"PLANE\"]"), ElementsAre(HasSubstr("f:3: auth.mechanisms: ")));
  EXPECT_THAT(wrong("[\"PLANE\"]"), ElementsAre(HasSubstr("\"SCRAM-SHA-256\"")));
  EXPECT_THAT(wrong("[\"plain\"]"), ElementsAre(HasSubstr("f:3: auth.mechanisms: ")));
  EXPECT_THAT(wrong("\"PLAIN\""), ElementsAre(HasSubstr("f:3: auth.mechanisms: ")));
  EXPECT_THAT(wrong("[\"PLAIN\", \"LOGIN\", \"PLAIN\"]"),
              ElementsAre(AllOf(HasSubstr("f:3: auth.mechanisms: "), HasSubstr("twice"))));
  EXPECT_THAT(wrong("[\"EXTERNAL\"]"),
              ElementsAre(HasSubstr("f:3: auth.mechanisms: EXTERNAL needs tls.client_ca")));
  EXPECT_THAT(wrong("[\"OAUTHBEARER\", \"XOAUTH2\"]"),
              ElementsAre(HasSubstr("f:3: auth.mechanisms: OAUTHBEARER needs an [oauth] table"),
                          HasSubstr("f:3: auth.mechanisms: XOAUTH2 needs an [oauth] table")));
}

TEST_F(ConfigTest, OauthNeedsWhatMakesATokenOurs) {
  write("secret", "x");
  const Config config = good(
      "[oauth]\nissuer = \"https://id.x.test\"\naudience = \"mail\"\nscope = \"a b\"\n"
      "name_claim = \"email\"\nuntyped = true\njwks_url = \"https://id.x.test/keys\"\n"
      "introspection_url = \"http://127.0.0.1:8080/i\"\nclient_id = \"us\"\n"
      "client_secret_file = \"secret\"\ntimeout = \"1s\"\nleeway = \"2s\"\ncache_age = \"0s\"");
  EXPECT_EQ(config.oauth.claims.issuer, "https://id.x.test");
  EXPECT_EQ(config.oauth.client_secret_file, folder() + "/secret");
  EXPECT_EQ(config.oauth.timeout, std::chrono::seconds(1));
  EXPECT_EQ(config.oauth.cache_age_max, std::chrono::seconds(0));
  EXPECT_TRUE(config.oauth.untyped);
  EXPECT_EQ(good("").oauth.claims.issuer, "");
  EXPECT_THAT(bad("[oauth]\naudience = \"mail\"\njwks_url = \"https://x.test/k\""),
              ElementsAre("f:2: oauth.issuer: is missing"));
  const std::string issuer = "[oauth]\nissuer = \"https://id.x.test\"\n";
  EXPECT_THAT(bad(issuer), ElementsAre(HasSubstr("f:2: oauth.jwks_url: is missing; tokens are")));
  EXPECT_THAT(bad(issuer + "jwks_url = \"https://x.test/k\""),
              ElementsAre(HasSubstr("f:2: oauth.audience: is missing; without it")));
  EXPECT_THAT(bad(issuer + "audience = \"m\"\njwks_url = \"https://x.test/k\"\n"
                           "jwks_file = \"secret\"\n"),
              ElementsAre(HasSubstr("f:6: oauth.jwks_file: goes without jwks_url")));
  EXPECT_THAT(bad(issuer + "introspection_url = \"https://x.test/i\"\n"
                           "client_secret_file = \"none\"\n"),
              ElementsAre(HasSubstr("f:2: oauth.client_id: is missing"),
                          HasSubstr("f:5: oauth.client_secret_file: cannot read")));
  for (const auto* url : {"http://x.test/i", "https://", "ftp://x.test", "http://127.0.0.1.x.test/",
                          "https://a@x.test/", "https://x.test/#a", "https://x.test/ a", "/keys"})
    EXPECT_THAT(bad(issuer + "introspection_url = \"" + url + "\""),
                ElementsAre(HasSubstr("f:4: oauth.introspection_url: must be")))
        << url;
}

TEST_F(ConfigTest, CertificatesAndKeysGoTogether) {
  write("a.pem", "x");
  EXPECT_THAT(bad("[tls]\ncertificate = \"a.pem\""),
              ElementsAre("f:3: tls.private_key: is missing; a certificate needs its private key"));
  EXPECT_THAT(bad("[tls]\nprivate_key = \"a.pem\""),
              ElementsAre("f:3: tls.certificate: is missing; a private key needs its certificate"));
  EXPECT_THAT(
      bad("[tls]\n[[tls.sni]]\ncertificate = \"a.pem\"\nprivate_key = \"a.pem\""),
      ElementsAre(HasSubstr("f:2: tls.certificate: is missing; clients that name no host")));
  EXPECT_THAT(
      bad("[tls]\ncertificate = \"a.pem\"\nprivate_key = \"a.pem\"\n[[tls.sni]]\n"),
      ElementsAre("f:5: tls.sni.certificate: is missing", "f:5: tls.sni.private_key: is missing"));
}

TEST_F(ConfigTest, CertificatesMustBeFiles) {
  write("a.pem", "x");
  std::filesystem::create_directory(folder() + "/folder");
  EXPECT_THAT(
      bad("[tls]\ncertificate = \"a.pem\"\nprivate_key = \"none.pem\"\n"
          "[[tls.sni]]\ncertificate = \"folder\"\nprivate_key = \"a.pem\"\n"),
      ElementsAre(
          fmt::format("f:4: tls.private_key: cannot read {}/none.pem: "
                      "No such file or directory",
                      folder()),
          fmt::format("f:6: tls.sni.certificate: cannot read {}/folder: is a folder", folder())));
}

// In a process of its own, because root may read everything.
TEST_F(ConfigTest, OnlyAServerMustReadThePrivateKey) {
  write("key.pem", "x");
  ASSERT_EQ(chmod((folder() + "/key.pem").c_str(), 0), 0);
  const std::string text =
      "data_dir = \"/d\"\n[tls]\ncertificate = \"key.pem\"\nprivate_key = \"key.pem\"";
  const auto read_without_rights = [&] {
    const bool dropped = geteuid() != 0 || setresuid(65534, 65534, 65534) == 0;
    const bool tools_can = load(text).mistakes.empty();
    const auto mistakes = load(text, Purpose::kServer).mistakes;
    const bool server_cannot =
        mistakes.size() == 3 && mistakes[2].find("Permission denied") != std::string::npos;
    std::_Exit(dropped && tools_can && server_cannot ? 0 : 1);
  };
  EXPECT_EXIT(read_without_rights(), testing::ExitedWithCode(0), "");
}

TEST_F(ConfigTest, KeepsTheOwnCertificateFirst) {
  for (const char* name : {"a", "b", "c", "d"}) write(name, "x");
  const Config config = good(
      "[tls]\ncertificate = \"a\"\nprivate_key = \"b\"\nmin_version = \"1.3\"\nwatch_interval = "
      "\"5s\"\n"
      "[[tls.sni]]\ncertificate = \"c\"\nprivate_key = \"d\"\n");
  ASSERT_EQ(config.tls.certificates.size(), 2U);
  EXPECT_EQ(config.tls.certificates[0].certificate, folder() + "/a");
  EXPECT_EQ(config.tls.certificates[1].private_key, folder() + "/d");
  EXPECT_EQ(config.tls.min_version, TlsVersion::k13);
  EXPECT_EQ(config.tls.watch_interval, std::chrono::seconds(5));
  EXPECT_THAT(good("[tls]\nmin_version = \"1.3\"").tls.certificates, IsEmpty());
}

TEST_F(ConfigTest, OnlyAServerNeedsListeners) {
  EXPECT_TRUE(load("data_dir = \"/d\"").config);
  EXPECT_THAT(load("data_dir = \"/d\"", Purpose::kServer).mistakes,
              ElementsAre(HasSubstr("f:1: listen: at least one [[listen]] table is needed")));
  EXPECT_THAT(load("data_dir = \"/d\"\nlisten = []", Purpose::kServer).mistakes,
              ElementsAre(HasSubstr("f:2: listen: at least one")));
}

TEST_F(ConfigTest, LoadsAFileAndStartsRelativePathsFromItsFolder) {
  write("restante.toml", "data_dir = \"data\"\n");
  const LoadResult result = load_file(folder() + "/restante.toml");
  ASSERT_THAT(result.mistakes, IsEmpty());
  EXPECT_EQ(result.config->data_dir, folder() + "/data");
}

TEST_F(ConfigTest, FindsDataDirBesideMistakes) {
  write("wrong.toml", "data_dir = \"data\"\nnonsense = 1\n");
  EXPECT_EQ(data_dir_of(folder() + "/wrong.toml"), folder() + "/data");
  write("whole.toml", "data_dir = \"/srv/mail\"\n");
  EXPECT_EQ(data_dir_of(folder() + "/whole.toml"), "/srv/mail");
  for (const char* text : {"", "data_dir = 1\n", "data_dir = \"\"\n", "data_dir = [\n"}) {
    write("none.toml", text);
    EXPECT_EQ(data_dir_of(folder() + "/none.toml"), "") << text;
  }
  EXPECT_EQ(data_dir_of(folder() + "/missing.toml"), "");
}

TEST_F(ConfigTest, TheControlSocketHasRoom) {
  const std::string listen = "[[listen]]\nprotocol = \"pop3\"\naddress = \"127.0.0.1:0\"\n";
  const auto with = [&](std::size_t octets) {
    return load("data_dir = \"/" + std::string(octets - 1, 'd') + "\"\n" + listen,
                Purpose::kServer);
  };
  EXPECT_TRUE(with(99).config);  // And "/control": 107.
  EXPECT_THAT(with(100).mistakes, ElementsAre(AllOf(HasSubstr("f:1: data_dir: is too long"),
                                                    HasSubstr("108"), HasSubstr("107"))));
  EXPECT_TRUE(load("data_dir = \"/" + std::string(200, 'd') + "\"\n").config);
}

TEST_F(ConfigTest, TellsWhyAFileCannotBeRead) {
  EXPECT_THAT(load_file(folder() + "/none").mistakes,
              ElementsAre(folder() + "/none:1: file: cannot be read: No such file or directory"));
  EXPECT_THAT(load_file(folder()).mistakes,
              ElementsAre(folder() + ":1: file: cannot be read: is a folder"));
  write("large", std::string((1U << 20) + 1, ' '));
  EXPECT_THAT(load_file(folder() + "/large").mistakes,
              ElementsAre(folder() + "/large:1: file: is larger than 1 MiB"));
}

}  // namespace
}  // namespace restante::settings
