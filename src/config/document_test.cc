#include "config/document.h"

#include <gmock/gmock.h>

namespace restante::config {
namespace {

TEST(Document, KeepsKindsAndLines) {
  const Document document = parse_document(
      "text = \"a\"\n"
      "number = 7\n"
      "yes = true\n"
      "half = 0.5\n"
      "[table]\n"
      "\n"
      "inner = 1\n"
      "[[list]]\n"
      "[[list]]\n"
      "key = \"b\"\n");
  ASSERT_EQ(document.mistake, "");
  const Node& root = document.root;
  EXPECT_EQ(find(root, "text")->text, "a");
  EXPECT_EQ(find(root, "number")->integer, 7);
  EXPECT_TRUE(find(root, "yes")->boolean);
  EXPECT_EQ(find(root, "half")->kind, Kind::kOther);
  EXPECT_EQ(find(root, "half")->line, 4);
  EXPECT_EQ(find(*find(root, "table"), "inner")->line, 7);
  ASSERT_EQ(find(root, "list")->items.size(), 2U);
  EXPECT_EQ(find(root, "list")->items[1].line, 9);
  EXPECT_EQ(find(root, "nothing"), nullptr);
}

TEST(Document, ListsEntriesInTheOrderOfTheFile) {
  const Document document = parse_document("b = 1\na = 2\nc = 3\n");
  std::vector<std::string> keys;
  for (const Node& entry : document.root.entries) keys.push_back(entry.key);
  EXPECT_THAT(keys, testing::ElementsAre("b", "a", "c"));
}

TEST(Document, TellsTheLineOfASyntaxError) {
  for (const char* text : {"a = 1\nb = \n", "a = 1\nb\n", "a = 1\na = 2\n", "a = 1\nb = \"x\n"}) {
    const Document document = parse_document(text);
    EXPECT_NE(document.mistake, "") << text;
    EXPECT_EQ(document.mistake_line, 2) << text;
  }
}

// What version 3.3 of the library stumbles over; document.cc says how.
TEST(Document, RefusesWhatIsNoKey) {
  for (const char* text :
       {"[&", "[ =]", "[]", "[[&]]", "[\xc2\xa7]", "a\xcd\x9d = 1", "\xcc\xaa"}) {
    const Document document = parse_document(text);
    EXPECT_NE(document.mistake, "") << text;
    EXPECT_EQ(document.mistake_line, 1) << text;
  }
  const Document letter = parse_document("a = \"\"\"\\\n\xc2\xa7\"\"\"");
  EXPECT_EQ(letter.mistake, "");
  EXPECT_EQ(find(letter.root, "a")->text, "\xc2\xa7");
}

TEST(Document, SurvivesWhatIsNoTextAtAll) {
  for (const std::string& text :
       {std::string("\xff\xfe\x00", 3), std::string(5, '\0'), "a = " + std::string(100'000, '['),
        "a = \"" + std::string("\xc3") + "\""})
    EXPECT_NE(parse_document(text).mistake, "");
}

}  // namespace
}  // namespace restante::config
