#include "archive/search/word_patterns.h"

#include "archive/mailbox/test_support.h"

namespace restante::archive {
namespace {

class WordPatterns : public ArchiveTest {
 protected:
  WordPatterns() {
    auto database = Database::open(archive_.path(), Access::kCreate);
    EXPECT_TRUE(database);
    database_ = std::make_unique<Database>(std::move(*database));
    EXPECT_TRUE(database_->run(
        "INSERT INTO search (rowid, body) VALUES (1, 'abab abc ab'), (2, 'abc aabb b'), "
        "(3, char(1) || 'list-id' || char(4) || 'abq')"));
  }
  std::string words(const std::string& pattern, TextField field = TextField::kAny) {
    TextTerm term{field, pattern, false, true, field == TextField::kHeader ? "list-id" : ""};
    const auto tree = with_words(*database_, QueryNode{term});
    return tree ? to_string(**tree) : tree.error().message();
  }

  std::unique_ptr<Database> database_;
};

TEST_F(WordPatterns, AreTheWordsThatFitTheCommonestFirst) {
  EXPECT_EQ(words("ab*"), "(\"abc\" or \"ab\" or \"abab\")");
  EXPECT_EQ(words("*b"), "(\"aabb\" or \"ab\" or \"abab\" or \"b\")");
  EXPECT_EQ(words("*bb*"), "(\"aabb\")");
  EXPECT_EQ(words("ab*ab"), "(\"abab\")");  // The pieces do not overlap: not "ab".
  EXPECT_EQ(words("*x*"), "()");
}

TEST_F(WordPatterns, OfAFieldAreItsOwn) {
  EXPECT_EQ(words("*q"), "()");
  EXPECT_EQ(words("*q", TextField::kHeader), "(header:list-id:\"abq\")");
  EXPECT_EQ(words("*c", TextField::kHeader), "()");
}

}  // namespace
}  // namespace restante::archive
