#include "profile/load.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "config/test_documents.h"
#include "profile/tables.h"

namespace restante::profile {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kAccount = "[[account]]\nname = \"a\"\nhost = \"h\"\nuser = \"u\"\n";

LoadResult load(const std::string& text, bool others_can_read = false) {
  return parse(text, "f", "/base", others_can_read);
}

/// One account with `text` after its first three keys, which end on line 5.
Account good(const std::string& text) {
  const LoadResult result = load(fmt::format("archive = \"m\"\n{}{}", kAccount, text));
  EXPECT_THAT(result.mistakes, IsEmpty()) << text;
  return result.profile ? result.profile->accounts.at(0) : Account{};
}

/// The mistakes of `text`, which starts on line 6.
std::vector<std::string> bad(const std::string& text, bool others_can_read = false) {
  const LoadResult result =
      load(fmt::format("archive = \"m\"\n{}{}", kAccount, text), others_can_read);
  EXPECT_FALSE(result.profile) << text;
  return result.mistakes;
}

TEST(Profile, ReadsTheContractsExample) {
  ::setenv("HOME", "/home/alice", 1);
  const LoadResult result = load(R"(archive = "~/Mail/restante"
[[account]]
name = "work"
host = "pop.Example.com"
port = 995
tls  = "implicit"
user = "alice@example.com"
password_command = "pass show work"
delete = "never"
)");
  ASSERT_THAT(result.mistakes, IsEmpty());
  EXPECT_EQ(result.profile->archive, "/home/alice/Mail/restante");
  const Account* const work = find_account(*result.profile, "work");
  ASSERT_NE(work, nullptr);
  EXPECT_EQ(find_account(*result.profile, "home"), nullptr);
  EXPECT_EQ(work->host, "pop.example.com");
  EXPECT_EQ(work->port, 995);
  EXPECT_EQ(work->tls, Tls::kImplicit);
  EXPECT_EQ(work->secret.kind, SecretSource::Kind::kCommand);
  EXPECT_EQ(work->secret.value, "pass show work");
  EXPECT_EQ(work->remove, Delete::kNever);
}

TEST(Profile, SaysAllMistakesWithTheirLines) {
  const LoadResult result = load(
      "archiv = \"x\"\n[[account]]\nname = \".x\"\nhots = \"h\"\nport = 0\n"
      "delete = \"sometimes\"\ninterval = 5\n[[acount]]\n");
  EXPECT_THAT(
      result.mistakes,
      ElementsAre(
          "f:1: archiv: unknown key; did you mean \"archive\"?", "f:1: archive: is missing",
          "f:2: account.host: is missing", "f:2: account.user: is missing",
          "f:3: account.name: names a folder, too: at most 64 letters, digits and -_.@+, and "
          "neither . nor - first",
          "f:4: account.hots: unknown key; did you mean \"host\"?",
          "f:5: account.port: must be from 1 to 65535",
          "f:6: account.delete: must be \"never\", \"after-fetch\", \"after-days\" or "
          "\"when-removed-locally\"",
          "f:7: account.interval: must be a duration as in \"30s\", not a number",
          "f:8: acount: unknown key; did you mean \"account\"?"));
}

TEST(Profile, SaysWhereAKeyBelongs) {
  EXPECT_THAT(bad("recipient = \"x\"\n"),
              ElementsAre("f:6: account.recipient: unknown key here; it belongs to "
                          "[account.hand_on]"));
  EXPECT_THAT(bad("[issuer]\n"), ElementsAre(HasSubstr("issuer: must be written with two")));
  EXPECT_THAT(load("x = \n").mistakes, ElementsAre(HasSubstr("f:1: syntax: ")));
}

TEST(Profile, PortAndTlsCompleteEachOther) {
  EXPECT_EQ(good("").port, 995);
  EXPECT_EQ(good("").tls, Tls::kImplicit);
  EXPECT_EQ(good("tls = \"starttls\"\n").port, 110);
  EXPECT_EQ(good("tls = \"none\"\n").port, 110);
  EXPECT_EQ(good("port = 110\n").tls, Tls::kStarttls);
  EXPECT_EQ(good("port = 1995\n").tls, Tls::kImplicit);
  EXPECT_THAT(bad("port = 110\ntls = \"implicit\"\n"),
              ElementsAre(HasSubstr("f:7: account.tls: port 110 begins in clear")));
}

TEST(Profile, DefaultsAreForEveryAccount) {
  const LoadResult result = load(
      "archive = \"m\"\n[defaults]\nhost = \"h\"\ndelete = \"after-days\"\nafter_days = 14\n"
      "password_command = \"x\"\ntls = \"starttls\"\n"
      "[[account]]\nname = \"a\"\nuser = \"u\"\n"
      "[[account]]\nname = \"b\"\nuser = \"u\"\nhost = \"i\"\ndelete = \"after-days\"\n"
      "after_days = 3\npassword_file = \"p\"\n");
  ASSERT_THAT(result.mistakes, IsEmpty());
  const auto& accounts = result.profile->accounts;
  EXPECT_EQ(accounts[0].host, "h");
  EXPECT_EQ(accounts[0].port, 110);
  EXPECT_EQ(accounts[0].remove_after, std::chrono::days(14));
  EXPECT_EQ(accounts[1].host, "i");
  EXPECT_EQ(accounts[1].remove_after, std::chrono::days(3));
  EXPECT_EQ(accounts[1].secret.kind, SecretSource::Kind::kFile);
  EXPECT_EQ(accounts[1].secret.value, "/base/p");
  EXPECT_THAT(load("archive = \"m\"\n[defaults]\nname = \"x\"\n").mistakes,
              ElementsAre(HasSubstr("defaults.name: unknown key here; it belongs to [account]")));
}

TEST(Profile, OneSecretFromOnePlace) {
  EXPECT_EQ(good("").secret.kind, SecretSource::Kind::kPrompt);
  EXPECT_EQ(good("keyring = true\n").secret.kind, SecretSource::Kind::kKeyring);
  const Account command = good("password_command = [\"pass\", \"show it\"]\n");
  EXPECT_THAT(command.secret.command, ElementsAre("pass", "show it"));
  EXPECT_EQ(good("password = \"s\"\n").secret.text.view(), "s");
  EXPECT_TRUE(good("token_command = \"oama access x\"\n").secret.is_token());
  EXPECT_THAT(bad("password_command = \"x\"\nkeyring = true\n"),
              ElementsAre("f:7: account.keyring: excludes password_command: one secret comes from "
                          "one place"));
  EXPECT_THAT(bad("keyring = false\n"), ElementsAre(HasSubstr("must be true, or left out")));
  EXPECT_THAT(bad("oauth = \"x\"\n"),
              ElementsAre("f:6: account.oauth: there is no [[issuer]] with name = \"x\""));
}

TEST(Profile, AFileThatOthersCanReadHoldsNoSecret) {
  EXPECT_THAT(bad("password = \"s\"\n", true),
              ElementsAre("f:6: account.password: others can read this file: chmod 600 it, or use "
                          "password_command"));
  EXPECT_THAT(bad("proxy = \"socks5://u:s@h:1\"\n", true),
              ElementsAre(HasSubstr("account.proxy: has a password in it")));
  EXPECT_THAT(
      load(fmt::format("archive = \"m\"\n{}proxy = \"http://u@h:1\"\n", kAccount), true).mistakes,
      IsEmpty());
  const std::string name = testing::TempDir() + fmt::format("restante_profile_{}", ::getpid());
  std::ofstream(name) << "archive = \"m\"\n" << kAccount << "password = \"s\"\n";
  for (const mode_t mode : {0600U, 0640U, 0604U}) {
    ::chmod(name.c_str(), mode);
    const LoadResult result = load_file(name);
    EXPECT_EQ(result.profile.has_value(), mode == 0600U);
    if (result.profile) EXPECT_EQ(result.profile->file, name);
  }
  std::filesystem::remove(name);
  EXPECT_THAT(load_file(name).mistakes,
              ElementsAre(HasSubstr(":1: file: cannot be read: No such")));
}

TEST(Profile, TlsAndProxy) {
  const std::string digits(64, 'a');
  std::string colons = "SHA";
  for (int i = 0; i < 32; ++i) colons += i == 0 ? "AA" : ":AA";
  EXPECT_THAT(good(fmt::format("pins = \"sha256:{}\"\n", digits)).pins, ElementsAre(digits));
  EXPECT_THAT(good(fmt::format("pins = [\"{}\", \"{}\"]\n", digits, colons.substr(3))).pins,
              ElementsAre(digits, digits));
  EXPECT_THAT(bad("pins = \"abc\"\n"), ElementsAre(HasSubstr("64 hex digits")));
  const Account by_proxy = good("proxy = \"socks5://me:se:cret@[::1]:1080\"\nca_file = \"ca\"\n");
  EXPECT_EQ(by_proxy.proxy->host, "::1");
  EXPECT_EQ(by_proxy.proxy->user, "me");
  EXPECT_EQ(by_proxy.proxy->password.view(), "se:cret");
  EXPECT_EQ(by_proxy.ca_file, "/base/ca");
  EXPECT_EQ(good("proxy = \"http://h/\"\n").proxy->port, 8080);
  for (const char* const wrong : {"h:1", "ftp://h:1", "socks5://h:0", "socks5://:1", "http://[x]:1",
                                  "http://[::1]1", "http://h:99999"})
    EXPECT_THAT(bad(fmt::format("proxy = \"{}\"\n", wrong)), ElementsAre(HasSubstr("must ")))
        << wrong;
}

TEST(Profile, MechanismAndCredentialsAgree) {
  EXPECT_EQ(good("mechanism = \"SCRAM-SHA-256\"\n").mechanism, "SCRAM-SHA-256");
  EXPECT_THAT(bad("mechanism = \"APOP\"\n"), ElementsAre(HasSubstr("old_digests = true")));
  EXPECT_EQ(good("mechanism = \"APOP\"\nold_digests = true\n").mechanism, "APOP");
  EXPECT_EQ(good("").tls_min_version, TlsVersion::k12);
  EXPECT_EQ(good("tls_min_version = \"1.0\"\n").tls_min_version, TlsVersion::k10);
  EXPECT_THAT(bad("mechanism = \"XOAUTH2\"\n"), ElementsAre(HasSubstr("needs a token")));
  EXPECT_THAT(bad("mechanism = \"PLAIN\"\ntoken_command = \"x\"\n"),
              ElementsAre(HasSubstr("needs a password")));
  EXPECT_THAT(bad("mechanism = \"EXTERNAL\"\n"), ElementsAre(HasSubstr("client_certificate")));
  EXPECT_THAT(bad("client_key = \"k\"\n"), ElementsAre(HasSubstr("belong together")));
  const Account external =
      good("mechanism = \"EXTERNAL\"\nclient_key = \"k\"\nclient_certificate = \"c\"\n");
  EXPECT_EQ(external.secret.kind, SecretSource::Kind::kNone);
  const Account beside = good(
      "mechanism = \"EXTERNAL\"\nclient_key = \"k\"\nclient_certificate = \"c\"\n"
      "keyring = true\n");
  EXPECT_EQ(beside.secret.kind, SecretSource::Kind::kNone);
}

TEST(Profile, AnotherMailbox) {
  EXPECT_EQ(good("authzid = \"info\"\n").authzid, "info");
  EXPECT_EQ(good("authzid = \"info\"\nmechanism = \"PLAIN\"\n").authzid, "info");
  EXPECT_THAT(bad("authzid = \"info\"\nmechanism = \"USER\"\n"),
              ElementsAre(HasSubstr("cannot say it")));
}

TEST(Profile, Policies) {
  const Account account = good(
      "delete = \"after-days\"\nafter_days = 14\nkeep_messages = 100\nkeep_size = \"1GiB\"\n"
      "max_size = \"10MiB\"\nheaders_first = true\ninterval = \"10m\"\n"
      "[[account.skip]]\nfield = \"List-Id\"\ncontains = \"ads\"\n");
  EXPECT_EQ(account.remove_after, std::chrono::days(14));
  EXPECT_EQ(account.keep_messages, 100U);
  EXPECT_EQ(account.keep_bytes, 1ULL << 30);
  EXPECT_EQ(account.size_max, 10ULL << 20);
  ASSERT_EQ(account.skip.size(), 1U);
  EXPECT_EQ(account.skip[0].field, "List-Id");
  EXPECT_THAT(bad("delete = \"after-days\"\n"), ElementsAre(HasSubstr("needs after_days = N")));
  EXPECT_THAT(bad("after_days = 1\n"), ElementsAre(HasSubstr("f:6: account.after_days: only")));
  EXPECT_THAT(bad("keep_in_archive = false\n"), ElementsAre(HasSubstr("must go somewhere")));
}

TEST(Profile, HandOn) {
  const Account account = good(
      "[[account.hand_on]]\nkind = \"lmtp\"\ntarget = \"unix:/run/lmtp\"\nrecipient = \"a@b\"\n"
      "[[account.hand_on]]\nkind = \"command\"\ncommand = [\"procmail\", \"-d\", \"u\"]\n"
      "[[account.hand_on]]\nkind = \"imap\"\ntarget = \"imaps://h/INBOX\"\nuser = \"u\"\n"
      "password_file = \"p\"\n");
  ASSERT_EQ(account.hand_on.size(), 3U);
  EXPECT_THAT(account.hand_on[1].command, ElementsAre("procmail", "-d", "u"));
  EXPECT_EQ(account.hand_on[2].secret.value, "/base/p");
  const auto wrong = [](const std::string& keys) { return bad("[[account.hand_on]]\n" + keys); };
  EXPECT_THAT(wrong("kind = \"command\"\n"), ElementsAre(HasSubstr("hand_on.command: is missing")));
  EXPECT_THAT(wrong("kind = \"mbox\"\ntarget = \"m\"\n"), ElementsAre(HasSubstr("absolute path")));
  EXPECT_THAT(wrong("kind = \"mbox\"\n"), ElementsAre(HasSubstr("hand_on.target: is missing")));
  EXPECT_THAT(wrong("kind = \"smtp\"\ntarget = \"h:25\"\n"),
              ElementsAre(HasSubstr("recipient: is missing"), HasSubstr("must begin with smtp")));
  EXPECT_THAT(wrong("kind = \"imap\"\ntarget = \"imap://h/x\"\n"),
              ElementsAre(HasSubstr("user: is missing")));
}

TEST(Profile, TargetsHaveNamesOfTheirOwn) {
  const std::string box = "[[account.hand_on]]\nkind = \"mbox\"\ntarget = \"/m\"\n";
  EXPECT_EQ(good(box + "name = \"one\"\n" + box).hand_on[0].name, "one");
  EXPECT_THAT(bad(box + "name = \"one\"\n" + box + "name = \"one\"\n"),
              ElementsAre(HasSubstr("name: is taken by the one of line 6")));
  EXPECT_THAT(bad(box + "name = \"a b\"\n"), ElementsAre(HasSubstr("hand_on.name")));
}

TEST(Profile, TargetsMayLogInByToken) {
  const std::string gmail = "[[account.hand_on]]\nkind = \"gmail\"\n";
  const std::string folder =
      "[[account.hand_on]]\nkind = \"imap\"\ntarget = \"imaps://h/x\"\nuser = \"u\"\n";
  EXPECT_TRUE(
      good(gmail + "token_command = \"t\"\nlabels = [\"INBOX\"]\n").hand_on[0].secret.is_token());
  EXPECT_TRUE(good(folder + "token_command = \"t\"\nseen = true\n").hand_on[0].seen);
  EXPECT_THAT(bad(gmail), ElementsAre(HasSubstr("oauth: is missing")));
  EXPECT_THAT(bad(folder + "oauth = \"none\"\n"),
              ElementsAre(HasSubstr("needs a name"), HasSubstr("there is no [[issuer]]")));
  EXPECT_THAT(bad(gmail + "token_command = \"t\"\ntarget = \"http://elsewhere/\"\n"),
              ElementsAre(HasSubstr("must begin with https://")));
  EXPECT_THAT(bad(folder + "password = \"p\"\nlabels = \"x\"\n"),
              ElementsAre(HasSubstr("labels: only with kind = \"gmail\"")));
}

TEST(Profile, ACatchAllAccountNeedsAHostAndAPlaceForTheRest) {
  const std::string box =
      "[[account.hand_on]]\nname = \"rest\"\nkind = \"mbox\"\ntarget = \"/m\"\n";
  const std::string sorted = "envelope = \"X-Original-To\"\nenvelope_host = \"MX.example.com\"\n";
  const Account account =
      good(sorted + "unsorted = \"rest\"\n" + box + "addresses = [\"a@x\", \"@y\"]\n");
  EXPECT_EQ(account.envelope_host, "mx.example.com");
  EXPECT_THAT(account.hand_on[0].addresses, ElementsAre("a@x", "@y"));
  EXPECT_THAT(bad(sorted + "unsorted = \"other\"\n" + box),
              ElementsAre(HasSubstr("unsorted: must be the name of a target")));
  EXPECT_THAT(bad("envelope = \"X\"\nunsorted = \"rest\"\n" + box),
              ElementsAre(HasSubstr("envelope_host: is missing")));
  EXPECT_THAT(bad(box + "addresses = \"a@x\"\n"), ElementsAre(HasSubstr("needs envelope")));
  EXPECT_THAT(bad("unsorted = \"rest\"\n" + box), ElementsAre(HasSubstr("only with envelope")));
}

TEST(Profile, IssuersOfKnownNamesNeedOnlyAClientId) {
  const LoadResult result =
      load(fmt::format("archive = \"m\"\n[[issuer]]\nname = \"microsoft\"\nclient_id = \"i\"\n"
                       "[[issuer]]\nname = \"own\"\nclient_id = \"i\"\ntoken_url = \"https://t/\"\n"
                       "device_url = \"https://d/\"\n{}oauth = \"microsoft\"\n",
                       kAccount));
  ASSERT_THAT(result.mistakes, IsEmpty());
  EXPECT_THAT(result.profile->issuers[0].token_url, HasSubstr("login.microsoftonline.com"));
  EXPECT_THAT(result.profile->issuers[0].scope, HasSubstr("POP.AccessAsUser.All offline_access"));
  EXPECT_EQ(result.profile->issuers[1].token_url, "https://t/");
  EXPECT_THAT(load("archive = \"m\"\n[[issuer]]\nname = \"own\"\n").mistakes,
              ElementsAre(HasSubstr("client_id: is missing"), HasSubstr("token_url: is missing"),
                          HasSubstr("device_url: is missing")));
  EXPECT_THAT(load("archive = \"m\"\n[[issuer]]\nname = \"own\"\nclient_id = \"i\"\n"
                   "token_url = \"http://t/\"\ndevice_url = \"https://d/\"\n")
                  .mistakes,
              ElementsAre(HasSubstr("issuer.token_url: must begin with https://")));
}

TEST(Profile, NamesAreFoldersSoCaseDoesNotCount) {
  EXPECT_THAT(bad("[[account]]\nname = \"A\"\nhost = \"h\"\nuser = \"u\"\n"),
              ElementsAre("f:7: account.name: is taken by the one of line 2"));
}

TEST(Profile, HomeMustBeKnown) {
  ::unsetenv("HOME");
  EXPECT_THAT(load("archive = \"~/m\"\n").mistakes, ElementsAre(HasSubstr("HOME is not set")));
  ::setenv("HOME", "/home/alice", 1);
  EXPECT_THAT(load("archive = \"~bob/m\"\n").mistakes, ElementsAre(HasSubstr("\"~name\"")));
}

/// The keys between two of them, both included, without the part of their names before the last
/// dot.
std::vector<config::KeyNote> keys_from(const std::string& first, const std::string& last) {
  std::vector<config::KeyNote> out;
  for (config::KeyNote note : known_keys()) {
    if (out.empty() && note.name != first) continue;
    const bool is_last = note.name == last;
    note.name.erase(0, note.name.rfind('.') + 1);
    out.push_back(std::move(note));
    if (is_last) break;
  }
  return out;
}

TEST(Profile, TheHandbookHasEveryKey) {
  const auto expect = [](const char* heading, const char* first, const char* last) {
    config::expect_documented("docs/client.md", heading, keys_from(first, last));
  };
  expect("## Configuration", "archive", "issuer");
  expect("### `[[account]]`: the server", "account.name", "account.window");
  expect("### `[[account]]`: the password", "account.password", "account.token_command");
  expect("### `[[account]]`: the mail", "account.delete", "account.tell_after");
  expect("### `[[account.skip]]`", "account.skip.field", "account.skip.contains");
  expect("### `[[account.hand_on]]`", "account.hand_on.name", "account.hand_on.addresses");
  expect("### `[[issuer]]`", "issuer.name", "issuer.keyring");
}

}  // namespace
}  // namespace restante::profile
