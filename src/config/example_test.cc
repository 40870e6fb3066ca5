// packaging/restanted.toml and docs/configuration.md against what the parser knows.
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "config/parse.h"
#include "config/tables.h"

namespace restante::config {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kExample = "packaging/restanted.toml";

std::string in_source(const std::string& name) {
  return std::string(RESTANTE_SOURCE_DIR) + "/" + name;
}

std::string read(const std::string& name) {
  std::ifstream file(in_source(name));
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

TEST(ConfigExample, SurvivesEveryCut) {
  const std::string example = read(kExample);
  for (std::size_t cut = 0; cut < example.size(); cut += 7) {
    const LoadResult result = parse(example.substr(0, cut), "f", "/", Purpose::kTools);
    EXPECT_EQ(result.config.has_value(), result.mistakes.empty());
  }
}

TEST(ConfigExample, HasNoMistakes) {
  const LoadResult result = load_file(in_source(kExample), Purpose::kServer);
  EXPECT_THAT(result.mistakes, IsEmpty());
}

/// The part of the example below [accounts], its comments turned into settings.
std::string uncommented_example() {
  const std::string example = read(kExample);
  std::istringstream lines(example.substr(example.find("\n[accounts]")));
  std::string text;
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with("# path") && !line.starts_with("# aliases") &&
        !line.starts_with("# user") && !line.starts_with("# group") &&
        !line.starts_with("# operator"))
      text += (line.starts_with("# ") ? line.substr(2) : line) + "\n";
  return text;
}

TEST(ConfigExample, ShowsTheDefaults) {
  const LoadResult result =
      parse("data_dir = \"/d\"\n" + uncommented_example(), "f", "/", Purpose::kTools);
  ASSERT_THAT(result.mistakes, IsEmpty());
  const Config& config = *result.config;
  EXPECT_EQ(config.accounts.subaddress_separator, Accounts().subaddress_separator);
  EXPECT_EQ(config.accounts.fold_local_part, Accounts().fold_local_part);
  EXPECT_EQ(config.auth, Auth());
  EXPECT_EQ(config.pop3, Pop3());
  EXPECT_EQ(config.smtp, Smtp());
  EXPECT_EQ(config.maildrop, Maildrop());
  EXPECT_EQ(config.limits, Limits());
  Server server;
  server.user = "restante";  // Which its package makes.
  EXPECT_EQ(config.server, server);
}

TEST(ConfigExample, AndTheDocumentHaveEveryKey) {
  const std::string document = read("docs/configuration.md");
  const std::string example = read(kExample);
  for (const std::string& name : known_keys()) {
    EXPECT_THAT(document, HasSubstr("`" + name + "`"));
    EXPECT_THAT(example, HasSubstr(name.substr(name.rfind('.') + 1)));
  }
}

}  // namespace
}  // namespace restante::config
