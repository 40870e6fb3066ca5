#include "documents/document_text.h"

#include <gtest/gtest.h>

#include "documents/zip_test_support.h"

namespace restante::text {
namespace {

constexpr std::string_view kWord =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
constexpr std::string_view kUnknown = "application/octet-stream";

TEST(DocumentText, IsFoundByTypeAndByName) {
  EXPECT_TRUE(is_document(kWord, ""));
  EXPECT_TRUE(is_document(kUnknown, "Figures.CSV"));
  EXPECT_TRUE(is_document("application/json", "x.bin"));
  EXPECT_FALSE(is_document(kUnknown, "photo.jpg"));
  EXPECT_FALSE(is_document("image/png", "a.csv"));
  EXPECT_FALSE(is_document(kUnknown, "csv"));
}

TEST(DocumentText, OfPlainFiles) {
  EXPECT_EQ(document_text("a,b\nkangaroo,1\n", kUnknown, "x.csv", 100), "a,b\nkangaroo,1\n");
  EXPECT_EQ(document_text(std::string_view("a\0b", 3), kUnknown, "x.csv", 100), "");
  EXPECT_NE(document_text(std::string_view("\xff\xfeg\0o\0", 6), kUnknown, "x.txt", 100).find("go"),
            std::string::npos);
  EXPECT_EQ(document_text("gr\xfc\xdf", kUnknown, "x.txt", 100), "grüß");
  EXPECT_EQ(document_text("abcdef", kUnknown, "x.txt", 3), "abc");
}

TEST(DocumentText, OfJson) {
  EXPECT_EQ(
      document_text(R"({"a":"gr\u00fc\u00DF\n\"x\" \ud83c\udf89"})", "application/json", "", 100),
      "{\"a\":\"grüß \"x\" 🎉\"}");
  EXPECT_EQ(document_text(R"("\u00" \)", "application/json", "", 100).substr(0, 1), "\"");
}

TEST(DocumentText, OfRtf) {
  const std::string_view rtf =
      R"({\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\*\generator X;}{\info{\title no}})"
      R"(\f0 Gr\'fc\'dfe )"
      R"(\b an\b0  alle\par \u1055?\u1088? {\pict 00ff}\uc0\u-10180\u-8311 end\})";
  EXPECT_EQ(document_text(rtf, "application/rtf", "", 1000), "Grüße an alle\nПр 🎉end}");
  EXPECT_EQ(document_text("no rtf", "application/rtf", "", 1000), "");
  EXPECT_EQ(document_text("{\\rtf1 " + std::string(100'000, '{') + "x", "text/rtf", "", 1000), "x");
}

TEST(DocumentText, OfWord) {
  const std::string file = zip_of(
      {{"[Content_Types].xml", "<Types/>"},
       {"word/document.xml",
        "<?xml version=\"1.0\"?><w:document><w:body><w:p><w:r><w:t>Quar</w:t></w:r><w:r><w:t "
        "xml:space=\"preserve\">terly &amp; "
        "gr&#252;n</w:t><w:tab/><w:t>x</w:t></w:r></w:p><w:p><w:t>two"
        "</w:t><w:instrText>PAGE</w:instrText></w:p></w:body></w:document>"},
       {"word/footnotes.xml", "<w:footnotes><w:p><w:t>foot</w:t></w:p></w:footnotes>"},
       {"word/theme.xml", "<w:t>no</w:t>"}});
  EXPECT_EQ(document_text(file, kWord, "", 1000), "Quarterly & grün x\ntwo\nfoot\n");
  EXPECT_EQ(document_text(file, kUnknown, "a.docx", 1000).size(), 29U);
  EXPECT_EQ(document_text(file, kWord, "", 4), "Quar");
  EXPECT_EQ(document_text(file.substr(0, file.size() / 2), kWord, "", 1000), "");
  EXPECT_EQ(document_text("PK", kWord, "", 1000), "");
}

TEST(DocumentText, OfSheetsAndSlides) {
  const std::string sheet =
      zip_of({{"xl/sharedStrings.xml",
               "<sst><si><t>Name</t></si><si><r><t>Kan</t></r><r><t>garoo</t></r></si></sst>"},
              {"xl/worksheets/sheet1.xml",
               "<worksheet><row><c t=\"s\"><v>0</v></c><c><v>4711</v></c><c "
               "t='inlineStr'><is><t>inline</t>"
               "</is></c></row></worksheet>"}});
  const std::string cells = document_text(sheet, kUnknown, "a.xlsx", 1000);
  EXPECT_EQ(cells, "Name\nKangaroo\n\n4711\ninline\n\n\n");
  const std::string slides =
      zip_of({{"ppt/slides/slide10.xml", "<p:sld><a:p><a:t>ten</a:t></a:p></p:sld>"},
              {"ppt/slides/slide2.xml", "<p:sld><a:p><a:t>two</a:t></a:p></p:sld>"}});
  EXPECT_EQ(document_text(slides, kUnknown, "a.pptx", 1000), "two\nten\n");
}

TEST(DocumentText, OfOpenDocument) {
  const std::string file = zip_of(
      {{"mimetype", "application/vnd.oasis.opendocument.text"},
       {"content.xml",
        "<office:document-content><office:font-face-decls>no</office:font-face-decls><office:body>"
        "<text:h>Head</text:h><text:p>one<text:s/>two<text:span>three</text:span></text:p>"
        "<![CDATA[<raw>]]><!-- no --></office:body></office:document-content>"}});
  EXPECT_EQ(document_text(file, "application/vnd.oasis.opendocument.text", "", 1000),
            "\nHead\n\none twothree\n<raw>");
}

TEST(DocumentText, WhatGrowsTooMuchIsCut) {
  const std::string grown =
      zip_of({{"word/document.xml", "<w:t>" + std::string(20'000'000, 'a') + "</w:t>"}});
  EXPECT_LT(grown.size(), 50'000U);
  EXPECT_LE(document_text(grown, kWord, "", 200'000'000).size(), grown.size() * 200);
}

}  // namespace
}  // namespace restante::text
