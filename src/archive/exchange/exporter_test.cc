#include "archive/exchange/exporter.h"

#include <zip.h>

#include <set>

#include "archive/exchange/import/importer.h"
#include "archive/index/indexer.h"
#include "archive/mailbox/sha256.h"
#include "archive/mailbox/stored_message.h"
#include "archive/mailbox/test_support.h"
#include "archive/search/query.h"

namespace restante::archive {
namespace {

namespace fs = std::filesystem;

/// What is hard to give back exactly.
const std::vector<std::string> kMessages = {
    "Subject: plain\r\n\r\nbody\r\n",
    "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe/..?=\r\n\r\nFrom here\r\n>From there\r\n",
    "From a@b Sun Nov 22 05:00:00 2026\r\nSubject: mbox line\r\n\r\nx\r\n",
    "Subject: bare lf\r\n\r\none\ntwo\r\n",
    "Subject: only lf\n\nFrom one\ntwo\n",
    "Subject: no end\r\n\r\nlast line",
    "Subject: blank lines\r\n\r\n\r\n\r\n",
    "Subject: cr\r\n\r\na\rb\r\r\n",
    "",
    "\r\n",
    std::string("Subject: nul\r\n\r\n\0\xff\r\n", 20),
};

class ExporterTest : public ::testing::Test {
 protected:
  ExporterTest() {
    Mailbox mailbox = *Mailbox::open(from_.path(), "home", Create::kYes);
    std::vector<std::unique_ptr<Incoming>> batch;
    for (const std::string& message : kMessages) {
      batch.push_back(*mailbox.begin());
      EXPECT_TRUE(batch.back()->write(message) && batch.back()->finish());
    }
    EXPECT_TRUE(mailbox.keep(std::move(batch)));
    auto database = Database::open(from_.path(), Access::kCreate);
    EXPECT_TRUE(database && synchronize(*database, mailbox));
    EXPECT_TRUE(index_pending(*database, from_.path()));
    const auto all = search(*database, from_.path(), QueryNode{AllOf{}}, {Order::kOldest, 100});
    EXPECT_TRUE(all);
    entries_ = all->entries;
  }

  void export_to(ExportForm form, const Path& target) {
    auto exporter = Exporter::open(form, target);
    ASSERT_TRUE(exporter) << exporter.error().message();
    for (const Entry& entry : entries_) {
      const auto given = (*exporter)->add(from_.path(), entry);
      ASSERT_TRUE(given) << given.error().message();
      EXPECT_EQ(*given, Given::kWhole);
    }
    const Status finished = (*exporter)->finish();
    EXPECT_TRUE(finished) << finished.error().message();
  }
  Imported import(const Path& source) {
    auto importer = Importer::open(to_.path(), "copy");
    EXPECT_TRUE(importer) << importer.error().message();
    const Status added = (*importer)->add(source);
    EXPECT_TRUE(added) << added.error().message();
    const auto imported = (*importer)->finish();
    EXPECT_TRUE(imported);
    return imported ? *imported : Imported{};
  }
  /// The checksums of what the second archive has: of the octets, which are those received.
  std::set<std::string> checksums() {
    std::set<std::string> sums;
    Mailbox mailbox = *Mailbox::open(to_.path(), "copy", Create::kNo);
    mailbox.for_each([&](std::string_view sha256, const Place& place) {
      const auto judged = judge_file(mailbox.path_of(place), sha256);
      EXPECT_TRUE(judged && !judged->damaged);
      sums.emplace(sha256);
    });
    return sums;
  }
  static std::set<std::string> expected() {
    std::set<std::string> sums;
    for (const std::string& message : kMessages) sums.insert(sha256_of(message));
    return sums;
  }

  TempFolder from_;
  TempFolder to_;
  TempFolder out_;
  std::vector<Entry> entries_;
};

TEST_F(ExporterTest, EveryFormComesBackByteForByte) {
  for (const ExportForm form : {ExportForm::kMbox, ExportForm::kEml, ExportForm::kMaildir,
                                ExportForm::kZip, ExportForm::kThunderbird}) {
    const Path target = out_.path() / ("export" + std::to_string(static_cast<int>(form)));
    export_to(form, target);
    fs::remove_all(to_.path() / "copy");
    EXPECT_EQ(import(target).added, kMessages.size());
    EXPECT_EQ(checksums(), expected());
    const Imported again = import(target);
    EXPECT_EQ(again.added, 0U);
    EXPECT_EQ(again.there, kMessages.size());
  }
}

TEST_F(ExporterTest, FlagsAndArrivalComeBackInEveryForm) {
  // Of the first, flags as the sender wrote them; of the second, all; of the third, none.
  const std::vector<std::pair<std::string, std::string>> flagged = {
      {"Status: RO\r\nX-Status: F\r\nX-Mozilla-Status: 0009\r\nSubject: 1\r\n\r\n", ""},
      {"Subject: 2\r\n\r\n", "DFPRST"},
      {"Subject: 3\r\n\r\n", "S"},
      {"X-Mozilla-Status: 0009\r\nSubject: 4\r\n\r\n", "F"}};
  Mailbox mailbox = *Mailbox::open(from_.path(), "home", Create::kNo);
  std::vector<std::unique_ptr<Incoming>> batch;
  for (std::size_t i = 0; i < flagged.size(); ++i) {
    batch.push_back(*mailbox.begin());
    ASSERT_TRUE(batch.back()->write(flagged[i].first) && batch.back()->finish());
    batch.back()->set_arrived(1000000000 + static_cast<std::int64_t>(i));
  }
  const auto kept = mailbox.keep(std::move(batch));
  ASSERT_TRUE(kept);
  for (std::size_t i = 0; i < flagged.size(); ++i) {
    if (!flagged[i].second.empty())
      ASSERT_TRUE(mailbox.set_flags((*kept)[i].sha256, flagged[i].second));
  }
  auto database = Database::open(from_.path(), Access::kWrite);
  ASSERT_TRUE(database && synchronize(*database, mailbox));
  entries_ = search(*database, from_.path(), QueryNode{AllOf{}}, {Order::kOldest, 100})->entries;
  for (const ExportForm form : {ExportForm::kMbox, ExportForm::kEml, ExportForm::kMaildir,
                                ExportForm::kZip, ExportForm::kThunderbird}) {
    const Path target = out_.path() / ("export" + std::to_string(static_cast<int>(form)));
    export_to(form, target);
    fs::remove_all(to_.path() / "copy");
    EXPECT_EQ(import(target).added, kMessages.size() + flagged.size());
    const Mailbox copy = *Mailbox::open(to_.path(), "copy", Create::kNo);
    for (std::size_t i = 0; i < flagged.size(); ++i) {
      const auto place = copy.find(sha256_of(flagged[i].first));
      ASSERT_TRUE(place) << i << " " << target;
      EXPECT_EQ(place->flags, flagged[i].second) << target;
      EXPECT_EQ(place->seconds, 1000000000 + static_cast<std::int64_t>(i)) << target;
    }
  }
}

TEST_F(ExporterTest, ADamagedMessageIsSaidToBe) {
  write_file(from_.path() / "home" / entries_[0].name, "Subject: other\n\n");
  for (const ExportForm form : {ExportForm::kMbox, ExportForm::kEml, ExportForm::kMaildir,
                                ExportForm::kZip, ExportForm::kThunderbird}) {
    const Path target = out_.path() / ("export" + std::to_string(static_cast<int>(form)));
    auto exporter = Exporter::open(form, target);
    ASSERT_TRUE(exporter);
    EXPECT_EQ(*(*exporter)->add(from_.path(), entries_[0]), Given::kDamaged);
    EXPECT_EQ(*(*exporter)->add(from_.path(), entries_[1]), Given::kWhole);
    EXPECT_TRUE((*exporter)->finish());
  }
}

TEST_F(ExporterTest, AZipFileHoldsTheOctets) {
  const Path target = out_.path() / "export.zip";
  export_to(ExportForm::kZip, target);
  zip_t* const zip = zip_open(target.c_str(), ZIP_RDONLY, nullptr);
  ASSERT_NE(zip, nullptr);
  std::set<std::string> sums;
  for (zip_int64_t i = 0; i < zip_get_num_entries(zip, 0); ++i) {
    zip_file_t* const file = zip_fopen_index(zip, static_cast<zip_uint64_t>(i), 0);
    std::string octets(1000, '\0');
    octets.resize(static_cast<std::size_t>(zip_fread(file, octets.data(), octets.size())));
    zip_fclose(file);
    sums.insert(sha256_of(octets));
  }
  zip_discard(zip);
  EXPECT_EQ(sums, expected());
}

TEST_F(ExporterTest, NothingIsOverwritten) {
  const Path target = out_.path() / "there";
  write_file(target, "mine");
  EXPECT_EQ(Exporter::open(ExportForm::kMbox, target).error().code, Errc::kExists);
  EXPECT_EQ(Exporter::open(ExportForm::kZip, target).error().code, Errc::kExists);
  EXPECT_EQ(read_file(target), "mine");
  const Path folder = out_.path() / "folder";
  export_to(ExportForm::kEml, folder);
  auto again = Exporter::open(ExportForm::kEml, folder);
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->add(from_.path(), entries_[0]).error().code, Errc::kExists);
}

TEST_F(ExporterTest, AMaildirsFlagsAreKept) {
  Mailbox mailbox = *Mailbox::open(out_.path(), "m", Create::kYes);
  write_file(out_.path() / "m" / "cur" / "1.x.host:2,FS", "Subject: theirs\n\n");
  write_file(out_.path() / "m" / "new" / "2.x.host", "Subject: new\n\n");
  EXPECT_EQ(import(out_.path() / "m").added, 2U);
  const Mailbox copy = *Mailbox::open(to_.path(), "copy", Create::kNo);
  const auto read = copy.find(sha256_of("Subject: theirs\r\n\r\n"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->flags, "FS");
  EXPECT_EQ(copy.find(sha256_of("Subject: new\r\n\r\n"))->folder, Folder::kNew);
}

TEST_F(ExporterTest, AFolderOfAllSorts) {
  fs::create_directories(out_.path() / "mail" / "deep");
  write_file(out_.path() / "mail" / "a.eml", "Subject: a\n\n");
  write_file(out_.path() / "mail" / "deep" / "box", "From x Sun\nSubject: b\n\n\nFrom y Mon\n\n");
  write_file(out_.path() / "mail" / ".hidden", "no");
  EXPECT_EQ(import(out_.path() / "mail").added, 3U);
}

TEST_F(ExporterTest, AnAccountThatIsFetchedIsNotImportedInto) {
  const auto lock = AccountLock::take(to_.path(), "copy");
  ASSERT_TRUE(lock);
  EXPECT_EQ(Importer::open(to_.path(), "copy").error().code, Errc::kBusy);
}

TEST(SafeFileName, NothingASenderWritesLeavesTheFolder) {
  const std::pair<std::string, std::string> cases[] = {
      {"report.pdf", "report.pdf"},
      {"../../etc/passwd", "_.._etc_passwd"},
      {"/etc/passwd", "_etc_passwd"},
      {"C:\\x\\y.exe", "C__x_y.exe"},
      {".bashrc", "bashrc"},
      {"-rf", "rf"},
      {"..", "unnamed"},
      {"", "unnamed"},
      {"a\nb\tc", "a_b_c"},
      {"Größe.txt", "Größe.txt"},
      {"evil\xE2\x80\xAEtxt.exe", "evil_txt.exe"},
      {"trailing. ", "trailing"},
  };
  for (const auto& [name, safe] : cases) EXPECT_EQ(safe_file_name(name, 200), safe) << name;
  EXPECT_EQ(safe_file_name(std::string(300, 'x') + ".pdf", 20), std::string(16, 'x') + ".pdf");
  EXPECT_LE(safe_file_name("x." + std::string(300, 'y'), 20).size(), 20U);
}

}  // namespace
}  // namespace restante::archive
