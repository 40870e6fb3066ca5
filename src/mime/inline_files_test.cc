#include "mime/inline_files.h"

#include <gtest/gtest.h>

namespace restante::mime {
namespace {

TEST(InlineFiles, FilesAreTakenOutOfTheText) {
  const std::string_view text =
      "before\r\nbegin 644 a.txt\r\n#86)C\r\n`\r\nend\r\nbetween\r\n"
      "begin 600 b.txt\r\n#86)C\r\nend\r\nafter\r\n";
  EXPECT_TRUE(may_have_inline_files(text));
  const SplitText split = split_inline_files(text, 10);
  EXPECT_EQ(split.text, "before\r\nbetween\r\nafter\r\n");
  ASSERT_EQ(split.files.size(), 2U);
  EXPECT_EQ(split.files[0].name, "a.txt");
  EXPECT_TRUE(split.files[0].encoded.ends_with("end\r\n"));
  EXPECT_EQ(split_inline_files(text, 1).files.size(), 1U);
}

TEST(InlineFiles, TextThatBeginsLikeOneStays) {
  for (const std::string text : {"begin 644 things\nwith words\nend\n", "begin 644 x", "words\n",
                                 "begin 644 x\n\n", "we\nbegin here\n"}) {
    const SplitText split = split_inline_files(text, 10);
    EXPECT_EQ(split.text, text);
    EXPECT_TRUE(split.files.empty()) << text;
  }
}

TEST(InlineFiles, AFileThatWasCutIsStillOne) {
  const SplitText split = split_inline_files("begin 644 x\n#86)C\n#86)C\n", 10);
  EXPECT_EQ(split.files.size(), 1U);
  EXPECT_EQ(split.text, "");
}

TEST(InlineFiles, TheEndMayHaveBlanksBehindIt) {
  const SplitText split = split_inline_files("begin 644 x\n#86)C\n`\nend \nafter\n", 10);
  ASSERT_EQ(split.files.size(), 1U);
  EXPECT_EQ(split.text, "after\n");
  EXPECT_EQ(decode(split.files[0].encoded, split.files[0].encoding, Footer::kLeftOut), "abc");
}

TEST(InlineFiles, FilesMayBeInBase64) {
  const std::string text = "before\nbegin-base64 644 a b\nYWJj\nZGU=\n====\nafter\n";
  EXPECT_TRUE(may_have_inline_files(text));
  const SplitText split = split_inline_files(text, 10);
  ASSERT_EQ(split.files.size(), 1U);
  EXPECT_EQ(split.files[0].name, "a b");
  EXPECT_EQ(split.text, "before\nafter\n");
  EXPECT_EQ(decode(split.files[0].encoded, split.files[0].encoding, Footer::kLeftOut), "abcde");
  const std::string words = "begin-base64 644 x\nsome words\n====\n";
  EXPECT_EQ(split_inline_files(words, 10).text, words);
}

}  // namespace
}  // namespace restante::mime
