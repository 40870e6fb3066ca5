#include "documents/pdf_text.h"

#include <gtest/gtest.h>

#include "documents/document_text.h"
#include "documents/pdf_test_support.h"

namespace restante::text {
namespace {

constexpr std::string_view kPdf = "application/pdf";

// A password that is not empty; all of the keys are made up.
constexpr std::string_view kEncrypted =
    "/ID[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]"
    "/Encrypt<</Filter/Standard/V 1/R 2/P -4"
    "/O<000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f>"
    "/U<202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f>>>";

class PdfText : public testing::Test {
 protected:
  PdfText() { load_pdf_module(); }
  static std::string read(std::string_view octets, std::size_t bytes_max = 1000) {
    return document_text(octets, kPdf, "", bytes_max);
  }
};

TEST_F(PdfText, TheModuleIsThere) { EXPECT_EQ(pdf_module(), PdfModule::kLoaded); }

TEST_F(PdfText, OfAllPages) {
  const std::string file = pdf_of({"(Kangaroo walks)", "(Gr\\374\\337e)"});
  const std::string text = read(file);
  EXPECT_NE(text.find("Kangaroo walks"), std::string::npos) << text;
  EXPECT_NE(text.find("Grüße"), std::string::npos) << text;
}

TEST_F(PdfText, IsFoundByTypeOrNameAndByItsMark) {
  const std::string file = pdf_of({"(wombat)"});
  const std::string_view unknown = "application/octet-stream";
  EXPECT_NE(document_text(file, "application/x-pdf", "", 100), "");
  EXPECT_NE(document_text(file, unknown, "Bill.PDF", 100), "");
  EXPECT_EQ(document_text(file, unknown, "bill", 100), "");
  EXPECT_EQ(document_text(file, "image/png", "bill.pdf", 100), "");
  EXPECT_NE(read(std::string(1000, '\n') + file), "");
  EXPECT_EQ(read(std::string(1024, '\n') + file), "");
}

TEST_F(PdfText, OfEastAsiaByPopplersTables) {
  EXPECT_NE(read(pdf_of({"<8abf8e9a>"}, {kJapanese, "", ""})).find("漢字"), std::string::npos);
}

TEST_F(PdfText, OfWhatIsEncryptedThereIsNone) {
  EXPECT_EQ(read(pdf_of({"(secret)"}, {kHelvetica, kEncrypted, ""})), "");
}

TEST_F(PdfText, WhatIsDamagedIsReadAsFarAsItGoes) {
  EXPECT_EQ(read("%PDF-"), "");
  EXPECT_EQ(read("%PDF-1.7\n" + std::string(10'000, '\xff')), "");
  const std::string file = pdf_of({"(one)", "(two)"});
  for (std::size_t size = 0; size < file.size(); size += 7) {
    const std::string text = read(file.substr(0, size));
    EXPECT_LE(text.size(), 20U) << text;
  }
  std::string turned = file;
  for (std::size_t i = 0; i < turned.size(); i += 3) {
    turned[i] = static_cast<char>(~turned[i]);
    static_cast<void>(read(turned));
    turned[i] = file[i];
  }
}

TEST_F(PdfText, PagesThatThereAreNotCostNothing) {
  for (const char* const count : {"2000000000", "-1", "99999999999999999999"}) {
    int pages = 0;
    static_cast<void>(pdf_text(pdf_of({"(only)"}, {kHelvetica, "", count}), 1U << 20, [&] {
      ++pages;
      return true;
    }));
    EXPECT_LE(pages, 10'000) << count;
  }
}

TEST_F(PdfText, IsBounded) {
  const std::vector<std::string> pages(50, "(abcdef ghijkl)");
  const std::string file = pdf_of(pages);
  EXPECT_EQ(read(file, 6), "abcdef");
  EXPECT_EQ(read(file, 0), "");
  int asked = 0;
  const std::string text = pdf_text(file, 100'000, [&] { return ++asked < 3; });
  EXPECT_EQ(asked, 3);
  EXPECT_LT(text.size(), 60U);
}

TEST(PdfModuleMissing, CostsTheTextAlone) {
  // In a program of its own, since a library stays loaded.
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const std::string file = pdf_of({"(wombat)"});
        bool is_well = pdf_text(file, 100).empty() && take_pdf_missed() && !take_pdf_missed();
        is_well &= pdf_text("no PDF file", 100).empty() && !take_pdf_missed();
        load_pdf_module("/nowhere/librestante_pdf.so");
        is_well &= pdf_module() == PdfModule::kMissing;
        is_well &= pdf_text(file, 100).empty() && take_pdf_missed();
        std::_Exit(is_well ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace restante::text
