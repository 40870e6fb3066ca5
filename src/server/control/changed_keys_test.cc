#include "server/control/changed_keys.h"

#include <gtest/gtest.h>

#include <set>

#include "server/settings/keys.h"

namespace restante::control {
namespace {

using Names = std::vector<std::string>;

Names between(std::string_view before, std::string_view after) {
  const auto old_document = config::parse_document(before);
  const auto new_document = config::parse_document(after);
  EXPECT_EQ(old_document.mistake + new_document.mistake, "");
  return changed_keys(old_document.root, new_document.root);
}

TEST(ChangedKeys, AreThoseWithAnotherValue) {
  constexpr std::string_view kBefore = R"(
hostname = "a"
[pop3]
login_delay = "1s"
takeover = "5m"
[limits]
trusted_networks = ["10.0.0.0/8"]
)";
  EXPECT_EQ(between(kBefore, kBefore), Names());
  EXPECT_EQ(between(kBefore, R"(
# Another order, and the same values.
[limits]
trusted_networks = ["10.0.0.0/8"]
[pop3]
takeover = "5m"
login_delay = "1s"
[server]
)"),
            Names{"hostname"});
  EXPECT_EQ(between(kBefore, R"(
hostname = "a"
[pop3]
login_delay = "2s"
[limits]
trusted_networks = ["10.0.0.0/8", "192.0.2.1"]
connections = 5
)"),
            (Names{"limits.connections", "limits.trusted_networks", "pop3.login_delay",
                   "pop3.takeover"}));
}

TEST(ChangedKeys, TablesInAnArrayAreOne) {
  constexpr std::string_view kOne = "[[listen]]\nprotocol = \"pop3\"\naddress = \"a:1\"\n";
  EXPECT_EQ(between(kOne, std::string(kOne)), Names());
  EXPECT_EQ(between(kOne, std::string(kOne) + std::string(kOne)), Names{"listen"});
  EXPECT_EQ(between(kOne, "[[listen]]\nprotocol = \"pop3\"\naddress = \"a:2\"\n"), Names{"listen"});
  EXPECT_EQ(between(kOne, "[[listen]]\naddress = \"a:1\"\nprotocol = \"pop3\"\n"), Names());
  EXPECT_EQ(between("", kOne), Names{"listen"});
  EXPECT_EQ(between("a = 1", "a = true"), Names{"a"});
  EXPECT_EQ(between("a = 1", "[a]\nb = 2\n"), Names{"a"});
}

TEST(ChangedKeys, SomeAreReadAtAStartAlone) {
  for (const char* key : {"listen", "data_dir", "accounts.path", "accounts.ldap.uri", "server.user",
                          "maildrop.backend", "limits.idle_maildrops"})
    EXPECT_TRUE(needs_restart(key)) << key;
  for (const char* key : {"hostname", "tls.certificate", "limits.connections", "maildrop.reserve",
                          "pop3.takeover", "listening", "auth.mechanisms"})
    EXPECT_FALSE(needs_restart(key)) << key;
}

TEST(ChangedKeys, ThoseAreKeysOfTheConfiguration) {
  std::set<std::string> known;
  for (const config::KeyNote& note : settings::known_keys()) known.insert(note.name);
  for (const std::string_view key : start_keys()) {
    const bool is_table = key.ends_with('.');
    const std::string name(is_table ? key.substr(0, key.size() - 1) : key);
    EXPECT_TRUE(known.contains(name)) << key;
  }
}

}  // namespace
}  // namespace restante::control
