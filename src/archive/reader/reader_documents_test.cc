#include <algorithm>
#include <string>

#include "archive/database/catalog.h"
#include "archive/index/indexer.h"
#include "archive/reader/reader_test_support.h"
#include "documents/pdf_test_support.h"

namespace restante::archive {
namespace {

using ReaderDocumentsTest = ReaderTest;

TEST_F(ReaderDocumentsTest, ADocumentThatEndsOrHoldsUpItsReaderCostsItsTextAlone) {
  Mailbox mailbox = open();
  keep(mailbox, {"in-document: crash\nSubject: one\n\nkangaroo\n",
                 "in-document: hang\nSubject: two\n\nwombat\n"});
  auto database = Database::open(archive_.path(), Access::kCreate);
  ASSERT_TRUE(database && synchronize(*database, mailbox).has_value());
  const auto indexed = index_pending(*database, archive_.path(), {}, WhenBusy::kWait, kHasty);
  ASSERT_TRUE(indexed) << indexed.error().message();
  EXPECT_EQ(indexed->whole, 2U);
  EXPECT_EQ(indexed->given_up, 0U);
  ASSERT_EQ(indexed->named.size(), 2U);
  for (const char* const why : {"its reading crashed", "takes too long"})
    EXPECT_TRUE(std::any_of(indexed->named.begin(), indexed->named.end(),
                            [&](const std::string& line) {
                              return line.find(": the text of its documents is not indexed: ") !=
                                         std::string::npos &&
                                     line.find(why) != std::string::npos;
                            }))
        << why;
  auto words = database->prepare("SELECT 1 FROM search WHERE search MATCH 'kangaroo OR wombat'");
  ASSERT_TRUE(words);
  EXPECT_TRUE(*words->step() && *words->step());
  // Lines of a search are of what there is.
  Wanted wanted;
  wanted.text_bytes_max = 1000;
  wanted.attached_bytes_max = 1000;
  const auto reading = Reader(kHasty).read(put("in-document: crash\n\nkangaroo\n"), wanted);
  ASSERT_TRUE(reading) << reading.error().message();
  EXPECT_EQ(reading->text, "kangaroo\n");
}

TEST_F(ReaderDocumentsTest, ADocumentWhoseReaderStandsStillAtEachLookCostsItsTextAlone) {
  Mailbox mailbox = open();
  keep(mailbox, {"in-document: stop\nSubject: one\n\nkangaroo\n"});
  auto database = Database::open(archive_.path(), Access::kCreate);
  ASSERT_TRUE(database && synchronize(*database, mailbox).has_value());
  const auto look = [&] {
    return index_pending(*database, archive_.path(), {}, WhenBusy::kWait, kShort);
  };
  // The machine may be why, so it is tried again.
  const auto first = look();
  ASSERT_TRUE(first && first->named.size() == 1);
  EXPECT_NE(first->named[0].find(" is not indexed yet: "), std::string::npos) << first->named[0];
  const auto second = look();
  ASSERT_TRUE(second && second->named.size() == 1);
  EXPECT_NE(second->named[0].find(": the text of its documents is not indexed: "),
            std::string::npos)
      << second->named[0];
  EXPECT_EQ(second->whole, 1U);
}

/// A mail with a PDF file.
std::string with_pdf(const std::string& fields, const std::string& page,
                     const text::PdfLook& look = {}) {
  return fields +
         "Subject: file\nMIME-Version: 1.0\nContent-Type: application/pdf; name=a.pdf\n"
         "Content-Disposition: attachment\nContent-Transfer-Encoding: binary\n\n" +
         text::pdf_of({page}, look);
}

TEST_F(ReaderDocumentsTest, PdfFilesAreReadInTheJail) {
  const auto entry = Reader(kThorough).entry(put(with_pdf("", "(kangaroo)")));
  ASSERT_TRUE(entry) << entry.error().message();
  EXPECT_NE(entry->attachments.find("kangaroo"), std::string::npos) << entry->attachments;
  EXPECT_FALSE(entry->lacks_pdf);
  EXPECT_EQ(entry->left_out, "");
  // With tables of poppler's, which are files of their own.
  const auto japanese =
      Reader(kThorough).entry(put(with_pdf("", "<8abf8e9a>", {text::kJapanese, "", ""})));
  ASSERT_TRUE(japanese);
  EXPECT_NE(japanese->attachments.find("漢字"), std::string::npos) << japanese->attachments;
}

TEST_F(ReaderDocumentsTest, OneThatAlwaysAsksForThePdfLibraryGetsItOnce) {
  const auto reading = read("greedy\n\nx\n");
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().code, Errc::kLimit);
  std::string got;
  const Status sent = Reader().send_part(put("again\n"), 1, [&](std::string_view piece) {
    got += piece;
    return ok();
  });
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, Errc::kLimit);
  EXPECT_EQ(got, "one ");  // Not twice.
  expect_well();
}

TEST_F(ReaderDocumentsTest, WithoutItsModulePdfFilesAreLeftOutAndThatIsToldOnce) {
  Mailbox mailbox = open();
  keep(mailbox, {with_pdf("no-module: x\n", "(one)"), with_pdf("no-module: y\n", "(two)")});
  auto database = Database::open(archive_.path(), Access::kCreate);
  ASSERT_TRUE(database && synchronize(*database, mailbox).has_value());
  const auto indexed = index_pending(*database, archive_.path(), {}, WhenBusy::kWait, kThorough);
  ASSERT_TRUE(indexed) << indexed.error().message();
  EXPECT_EQ(indexed->whole, 2U);
  ASSERT_EQ(indexed->named.size(), 1U);
  EXPECT_NE(indexed->named[0].find("/lib/restante/librestante_pdf.so cannot be loaded"),
            std::string::npos)
      << indexed->named[0];
}

}  // namespace
}  // namespace restante::archive
