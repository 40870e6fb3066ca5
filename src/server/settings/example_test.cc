// packaging/restanted.toml and docs/configuration.md against what the parser knows.
#include <gmock/gmock.h>

#include "config/test_documents.h"
#include "server/settings/keys.h"
#include "server/settings/parse.h"

namespace restante::settings {
namespace {

using config::expect_documented;
using config::KeyNote;
using config::read_source;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kExample = "packaging/restanted.toml";

TEST(ConfigExample, SurvivesEveryCut) {
  const std::string example = read_source(kExample);
  for (std::size_t cut = 0; cut < example.size(); cut += 7) {
    const LoadResult result = parse(example.substr(0, cut), "f", "/", Purpose::kTools);
    EXPECT_EQ(result.config.has_value(), result.mistakes.empty());
  }
}

TEST(ConfigExample, HasNoMistakes) {
  const LoadResult result =
      load_file(std::string(RESTANTE_SOURCE_DIR) + "/" + kExample, Purpose::kServer);
  EXPECT_THAT(result.mistakes, IsEmpty());
}

/// The keys of one table, by its name; of the top, those that are no tables, alone or several.
std::vector<KeyNote> keys_of(const std::string& table) {
  std::vector<KeyNote> out;
  for (const KeyNote& note : known_keys()) {
    const std::string home = note.name.substr(0, note.name.find('.'));
    if (table.empty() ? note.name == home && !note.type.empty() && note.type != "tables"
                      : note.name != home && home == table)
      out.push_back(note);
  }
  return out;
}

TEST(ConfigDocument, HasTheKeysOfEveryTable) {
  constexpr const char* kDocument = "docs/configuration.md";
  expect_documented(kDocument, "## At the top", keys_of(""));
  for (const char* table :
       {"tls", "listen", "accounts", "route", "migrate", "auth", "oauth", "pop3", "smtp",
        "maildrop", "journal", "copies", "alarm", "autoconfig", "limits", "log", "server"})
    expect_documented(kDocument, fmt::format("## `{}`", table), keys_of(table));
}

TEST(ConfigExample, HasEveryKeyAndShowsTheDefaults) {
  const std::string example = read_source(kExample);
  for (const KeyNote& note : known_keys()) {
    const std::string key = note.name.substr(note.name.rfind('.') + 1);
    // Listeners and directories are shown as an operator might set them.
    const bool is_sample = note.name.starts_with("listen.") || note.name == "accounts.start_tls";
    // A literal; what stands there for others is a word, or another key.
    const std::string value =
        note.standard.size() < 2 ? "" : note.standard.substr(1, note.standard.size() - 2);
    const bool has_value =
        !is_sample && note.standard.starts_with('`') && note.standard.ends_with('`') &&
        (value == "true" || value == "false" || value.find_first_of("\"[0123456789") == 0);
    EXPECT_THAT(example, HasSubstr(has_value ? key + " = " + value : key)) << note.name;
  }
}

}  // namespace
}  // namespace restante::settings
