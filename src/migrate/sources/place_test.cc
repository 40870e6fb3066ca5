#include "migrate/sources/place.h"

#include <gtest/gtest.h>

namespace restante::migrate {
namespace {

Filled typed(const std::string& text) { return {text, text.size()}; }

std::string filled(std::string_view text, std::string_view account) {
  const auto out = fill_in(text, account);
  return out ? out->text : "!";
}

using Kind = Place::Kind;

TEST(Place, ReadsPaths) {
  const std::tuple<const char*, Kind, const char*> cases[] = {
      {"/var/mail/a", Kind::kPath, "/var/mail/a"},
      {"maildir:/m", Kind::kMaildir, "/m"},
      {"mbox:relative/x", Kind::kMbox, "relative/x"},
  };
  for (const auto& [text, kind, path] : cases) {
    const auto place = parse_place(typed(text));
    ASSERT_TRUE(place) << text;
    EXPECT_EQ(place->kind, kind);
    EXPECT_EQ(place->path, path);
  }
}

TEST(Place, ReadsServers) {
  const auto place = parse_place(typed("pop3s://alice@example.com@old.example"));
  ASSERT_TRUE(place);
  EXPECT_EQ(place->user, "alice@example.com");
  EXPECT_EQ(place->host, "old.example");
  EXPECT_EQ(place->port, 995);
  EXPECT_TRUE(place->implicit_tls);
  const auto stls = parse_place(typed("pop3://[2001:db8::1]:1110/"));
  ASSERT_TRUE(stls);
  EXPECT_EQ(stls->host, "2001:db8::1");
  EXPECT_EQ(stls->port, 1110);
  EXPECT_EQ(stls->user, "");
  EXPECT_FALSE(stls->implicit_tls);
  EXPECT_FALSE(stls->plain);
  EXPECT_TRUE(parse_place(typed("pop3+plain://h"))->plain);
}

TEST(Place, RefusesTheRest) {
  for (const char* const text :
       {"", "maildir:", "imap://h", "pop3://", "pop3s://u@", "pop3://h:0", "pop3://h:65536",
        "pop3://h:x", "pop3://[::1", "pop3://[::1]1", "pop3://h/path"})
    EXPECT_FALSE(parse_place(typed(text))) << text;
}

TEST(Place, FillsInAnAccount) {
  EXPECT_EQ(filled("/m/%d/%n", "a@b@c.test"), "/m/c.test/a@b");
  EXPECT_EQ(filled("/m/%u%%", "a@c.test"), "/m/a@c.test%");
  EXPECT_EQ(filled("/m/%n", "local"), "/m/local");
  EXPECT_FALSE(fill_in("/m/%d", "local"));
  EXPECT_FALSE(fill_in("/m/%x", "a@b"));
  EXPECT_FALSE(fill_in("/m/%", "a@b"));
  EXPECT_TRUE(is_template("/m/%%%u"));
  EXPECT_FALSE(is_template("/m/%%u"));
}

TEST(Place, TrustsWhatNoOwnerHasMade) {
  const std::tuple<const char*, const char*> cases[] = {
      {"/m/x/%d/%n/Maildir", "/m/x/"},
      {"/m/x-%n/Maildir", "/m/"},
      {"maildir:/m/%n", "/m/"},
      {"/home/a/Maildir", "/home/a/"},
      {"/home/a/Maildir/", "/home/a/"},
      {"mail", ""},
      {"%n", ""},
      {"/%%/%n", "/%/"},
  };
  for (const auto& [text, trusted] : cases) {
    const auto place = parse_place(*fill_in(text, "a@b.test"));
    ASSERT_TRUE(place) << text;
    EXPECT_EQ(place->path.substr(0, place->trusted), trusted) << text;
  }
}

/// An account's name must not choose another account's folder.
TEST(Place, LetsNoNameLeadElsewhere) {
  for (const char* const account : {"../x@b.test", "..@b.test", ".@b.test", "a/b@b.test"})
    EXPECT_FALSE(fill_in("/m/%d/%n", account)) << account;
}

}  // namespace
}  // namespace restante::migrate
