#include "config/key_mistakes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::config {
namespace {

TEST(KeyMistakes, StandAtTheirKeysOrTheirTables) {
  const Node root = parse_document(
                        "data_dir = \"d\"\n[accounts]\nbackend = \"ldap\"\nfilter = \"(\"\n"
                        "[[accounts.next]]\nbackend = \"ldap\"\n[[accounts.next]]\n"
                        "backend = \"ldap\"\nfilter = \")\"\n")
                        .root;
  const std::vector<KeyMistake> found = {{"accounts.next", 1, "filter", "is odd\n"},
                                         {"accounts", 0, "filter", "is bad"},
                                         {"accounts.next", 0, "filter", "is missing"},
                                         {"accounts", 0, "base", "is missing"},
                                         {"oauth", 0, "jwks_url", "is no address"}};
  EXPECT_THAT(
      locate(found, root, "f"),
      testing::ElementsAre("f:1: oauth.jwks_url: is no address", "f:2: accounts.base: is missing",
                           "f:4: accounts.filter: is bad", "f:5: accounts.next.filter: is missing",
                           "f:9: accounts.next.filter: is odd?"));
  EXPECT_THAT(locate({}, root, "f"), testing::IsEmpty());
}

}  // namespace
}  // namespace restante::config
