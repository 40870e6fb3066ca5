#include "copies/settings.h"

#include <gmock/gmock.h>

#include "config/document.h"
#include "config/keys.h"

namespace restante::copies {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// What the table of this text says, and what is wrong with it.
struct Read {
  Settings settings;
  std::vector<std::string> mistakes;
};

Read read(const std::string& text) {
  const config::Document document = config::parse_document(text);
  EXPECT_EQ(document.mistake, "");
  Read out;
  config::Mistakes mistakes;
  const std::filesystem::path base = "/etc/restante";
  const config::Item item{config::Value{document.root, base}, "copies", mistakes,
                          +[] { return std::vector<std::string>(); }};
  config::read_table(out.settings, item, keys());
  out.mistakes = mistakes.lines("t");
  return out;
}

TEST(CopySettings, NamesTheServersThatMayBeReached) {
  const Read given = read(
      "targets = [\"lmtp:127.0.0.1:2424\", \"smtp:relay.example\"]\n"
      "rate = 60\n"
      "notice_after = \"2h\"\n"
      "ca_file = \"copies.pem\"\n");
  EXPECT_THAT(given.mistakes, IsEmpty());
  EXPECT_THAT(given.settings.targets,
              ElementsAre(Target{Target::Kind::kLmtp, "127.0.0.1", 2424},
                          Target{Target::Kind::kSmtp, "relay.example", 25}));
  EXPECT_EQ(given.settings.rate, 60U);
  EXPECT_EQ(given.settings.notice_after, std::chrono::hours(2));
  EXPECT_EQ(given.settings.ca_file, "/etc/restante/copies.pem");
  EXPECT_THAT(read("").settings.targets, IsEmpty()) << "none unless they are named";
  EXPECT_EQ(read("").settings.notice_after, std::chrono::days(5));
}

TEST(CopySettings, RefusesWhatIsNoServer) {
  EXPECT_THAT(read("targets = \"lmtp:store.example\"\n").mistakes,
              ElementsAre(HasSubstr("an array of targets")));
  EXPECT_THAT(read("targets = [\"store.example:24\"]\n").mistakes,
              ElementsAre(HasSubstr("lmtp:host:port")));
  EXPECT_THAT(read("targets = [\"account:bob@example.com\"]\n").mistakes,
              ElementsAre(HasSubstr("needs no entry")));
  EXPECT_THAT(read("targets = [7]\n").mistakes, ElementsAre(HasSubstr("t:1: copies.targets")));
  EXPECT_THAT(read("rate = 1000001\n").mistakes, ElementsAre(HasSubstr("copies.rate")));
  EXPECT_THAT(read("notice_after = \"1s\"\n").mistakes,
              ElementsAre(HasSubstr("copies.notice_after")));
}

}  // namespace
}  // namespace restante::copies
