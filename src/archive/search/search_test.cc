#include "archive/search/search.h"

#include "archive/database/catalog.h"
#include "archive/index/indexer.h"
#include "archive/mailbox/test_support.h"
#include "base/ascii.h"

namespace restante::archive {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::sys_seconds kNow{std::chrono::seconds(1795323600)};

class SearchTest : public ArchiveTest {
 protected:
  SearchTest() {
    auto database = Database::open(archive_.path(), Access::kCreate);
    EXPECT_TRUE(database);
    database_ = std::make_unique<Database>(std::move(*database));
  }

  void add(const std::string& message, std::string_view account = "home") {
    Mailbox mailbox = open(account);
    keep(mailbox, {message});
  }
  Indexed index() {
    EXPECT_TRUE(synchronize_all(*database_, archive_.path(), clock_));
    const auto indexed = index_pending(*database_, archive_.path());
    EXPECT_TRUE(indexed) << indexed.error().message();
    return indexed ? *indexed : Indexed{};
  }
  Found find(std::string_view query, SearchRequest request = {}) {
    const ParsedQuery parsed = parse_query(query, kNow);
    EXPECT_TRUE(parsed.tree) << query << ": " << parsed.mistake.what;
    const auto found = search(*database_, archive_.path(), *parsed.tree, request);
    EXPECT_TRUE(found) << found.error().message();
    return found ? *found : Found{};
  }
  std::string subjects(std::string_view query, SearchRequest request = {}) {
    std::string all;
    for (const Entry& entry : find(query, request).entries)
      all += (all.empty() ? "" : " ") + entry.subject;
    return all;
  }
  static std::string message(const std::string& subject, const std::string& day,
                             const std::string& body, const std::string& more = "") {
    return "From: alice@example.com\r\nTo: bob@example.net\r\nSubject: " + subject +
           "\r\nDate: " + day + " Nov 2026 12:00:00 +0000\r\n" + more + "\r\n" + body + "\r\n";
  }

  std::unique_ptr<Database> database_;
};

TEST_F(SearchTest, WordsPhrasesPrefixesFields) {
  add(message("one", "1", "the quick brown fox"));
  add(message("two", "2", "a brown quick dog, M\xc3\xbcller"), "work");
  add(message("three", "3", "quickly done", "Cc: carol@example.org\r\n"));
  EXPECT_EQ(index().whole, 3U);
  EXPECT_EQ(subjects("quick"), "two one");
  EXPECT_EQ(subjects("quick", {Order::kOldest}), "one two");
  EXPECT_EQ(subjects("\"quick brown\""), "one");
  EXPECT_EQ(subjects("quick*"), "three two one");
  EXPECT_EQ(subjects("QUICK muller"), "two");
  EXPECT_EQ(subjects("quick -fox"), "two");
  EXPECT_EQ(subjects("fox or done"), "three one");
  EXPECT_EQ(subjects("-quick"), "three");
  EXPECT_EQ(subjects("subject:quick"), "");
  EXPECT_EQ(subjects("subject:two"), "two");
  EXPECT_EQ(subjects("from:alice cc:carol"), "three");
  EXPECT_EQ(subjects("to:bob@example.net account:work"), "two");
  EXPECT_EQ(subjects("date:2026-11-02..2026-11-03"), "three two");
  EXPECT_EQ(subjects("date:2025"), "");
  EXPECT_EQ(subjects("is:unread"), "three two one");
  EXPECT_EQ(subjects("is:read"), "");
  EXPECT_EQ(subjects(""), "three two one");
  EXPECT_EQ(subjects("size:1M.."), "");
  EXPECT_EQ(subjects("not (fox or dog)"), "three");
}

TEST_F(SearchTest, PagesAndTotals) {
  for (int i = 1; i <= 9; ++i) add(message(std::to_string(i), std::to_string(i), "same"));
  index();
  const Found page = find("same", {Order::kNewest, 3, 2});
  EXPECT_EQ(page.total, 9U);
  EXPECT_EQ(subjects("same", {Order::kNewest, 3, 2}), "7 6 5");
  EXPECT_EQ(subjects("same", {Order::kOldest, 3, 8}), "9");
  EXPECT_EQ(subjects("same", {Order::kNewest, 3, 20}), "");
  std::string all;
  for (std::uint64_t at = 0; at < 9; at += 2) all += subjects("same", {Order::kRank, 2, at}) + " ";
  for (char c = '1'; c <= '9'; ++c) EXPECT_NE(all.find(c), std::string::npos) << all;
}

TEST_F(SearchTest, RankedByHowWellTheyFit) {
  add(message("apple", "1", "apple apple"));
  add(message("other", "2", "a long text about many things, one of which is an apple, said once"));
  index();
  EXPECT_EQ(subjects("apple"), "other apple");
  EXPECT_EQ(subjects("apple", {Order::kRank}), "apple other");
  EXPECT_EQ(subjects("is:unread", {Order::kRank}), "other apple");
}

TEST_F(SearchTest, ScriptsWithoutBlanks) {
  add(message("jp", "1", "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x81\xae\xe6\x96\x87"));
  index();
  EXPECT_EQ(subjects("日本"), "jp");
  EXPECT_EQ(subjects("本語"), "jp");
  EXPECT_EQ(subjects("日語"), "");
  EXPECT_EQ(subjects("日*"), "jp");
}

TEST_F(SearchTest, AttachmentsAreFound) {
  add("Subject: with\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nbody\r\n"
      "--x\r\nContent-Type: text/csv; name=\"figures 2026.csv\"\r\n\r\nkangaroo,1\r\n--x--\r\n");
  add(message("without", "1", "no figures"));
  index();
  EXPECT_EQ(subjects("has:attachment"), "with");
  EXPECT_EQ(subjects("attachment:figures"), "with");
  EXPECT_EQ(subjects("kangaroo"), "with");
  EXPECT_EQ(subjects("body:kangaroo"), "");
}

TEST_F(SearchTest, IdsFindOne) {
  add(message("one", "1", "x", "Message-ID: <a1@example.com>\r\n"));
  add(message("two", "2", "x"));
  index();
  const Entry one = find("subject:one").entries.at(0);
  EXPECT_EQ(subjects("id:" + std::to_string(one.id)), "one");
  EXPECT_EQ(subjects("id:<a1@example.com>"), "one");
  EXPECT_EQ(subjects("id:" + one.sha256.substr(0, 12)), "one");
  EXPECT_EQ(subjects("id:" + to_upper(one.sha256)), "one");
  EXPECT_EQ(subjects("id:nothing"), "");
  EXPECT_EQ(subjects("message-id:a1@example.com"), "one");
  // It is no checksum.
  EXPECT_EQ(subjects("message-id:" + one.sha256.substr(0, 12)), "");
  EXPECT_EQ(subjects("id:<" + one.sha256 + ">"), "");
  EXPECT_EQ(entry_of(*database_, one.id)->sha256, one.sha256);
  EXPECT_EQ(entry_of(*database_, 999).error().code, Errc::kNotFound);
}

TEST_F(SearchTest, RemovedMessagesAreOnlyFoundWhenAskedFor) {
  add(message("gone", "1", "word"));
  index();
  fs::remove(file_of(archive_.path(), find("word").entries.at(0)));
  index();
  EXPECT_EQ(subjects("word"), "");
  EXPECT_EQ(subjects("word is:removed"), "gone");
}

TEST_F(SearchTest, FlagsFollowTheMaildir) {
  add(message("m", "1", "word"));
  index();
  const Path file = file_of(archive_.path(), find("word").entries.at(0));
  fs::rename(file, maildir() / "cur" / (file.filename().string() + ":2,FRS"));
  index();
  EXPECT_EQ(subjects("is:flagged is:replied is:read"), "m");
  EXPECT_EQ(subjects("is:unread"), "");
}

TEST_F(SearchTest, SnippetsShowWhereItFits) {
  add(message("s", "1", "first line\r\n\r\nthe needle is here"));
  add(message("needle", "2", "nothing in the text"));
  index();
  const auto found = find("needle", {Order::kOldest, 20, 0, true});
  ASSERT_EQ(found.entries.size(), 2U);
  EXPECT_NE(found.entries[0].snippet.find("the \x02needle\x03 is here"), std::string::npos)
      << found.entries[0].snippet;
  EXPECT_EQ(found.entries[1].snippet, "\x02needle\x03");
  EXPECT_EQ(find("is:unread", {Order::kOldest, 1, 0, true}).entries[0].snippet,
            "first line the needle is here ");
}

TEST_F(SearchTest, SnippetsShowNoHeaderLines) {
  add(message("pigeon post", "1", "a text\x02 of birds",
              "List-Id: <debian.example.org>\r\nX-Mailer: Pigeon\r\n"));
  index();
  const auto snippet = [&](std::string_view query) {
    const auto entries = find(query, {Order::kOldest, 20, 0, true}).entries;
    return entries.size() == 1 ? entries.front().snippet : "not found";
  };
  EXPECT_EQ(snippet("pigeon"), "\x02pigeon\x03 post");
  EXPECT_EQ(snippet("list:debian"), "a text of birds ");
  EXPECT_EQ(snippet("list:debian birds"), "a text of \002birds\x03 ");
  EXPECT_EQ(snippet("header:x-mailer:pigeon -eagle"), "a text of birds ");
}

TEST_F(SearchTest, NoSenderForgesFieldsOrHidesWords) {
  const std::string forged = "\x01list-id\x04 hidden \x01list-id\x02 hidden";
  add(message("plain " + forged, "1", forged, "X-A: x\x01list-id\x04 hidden\r\n"));
  add("Subject: file\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nbody\r\n"
      "--x\r\nContent-Type: text/csv; name=\"" +
      forged + ".csv\"\r\n\r\n" + forged + "\r\n--x--\r\n");
  index();
  EXPECT_EQ(find("list:hidden").total, 0U);
  EXPECT_EQ(find("hidden").total, 2U);
  EXPECT_EQ(find("subject:hidden body:hidden header:x-a:hidden").total, 1U);
  EXPECT_EQ(find("attachment:hidden filename:hidden").total, 1U);
}

TEST_F(SearchTest, ThreadsInAnyOrder) {
  add(message("reply2", "3", "x", "Message-ID: <3@x>\r\nReferences: <1@x> <2@x>\r\n"));
  index();
  add(message("other", "4", "x", "Message-ID: <9@x>\r\n"));
  add(message("start", "1", "x", "Message-ID: <1@x>\r\n"), "work");
  index();
  add(message("reply1", "2", "x", "Message-ID: <2@x>\r\nIn-Reply-To: <1@x>\r\n"));
  index();
  const std::int64_t thread = find("subject:start").entries.at(0).thread;
  EXPECT_EQ(subjects("thread:" + std::to_string(thread), {Order::kOldest}), "start reply1 reply2");
  // Two threads become one when a message joins them.
  add(message("join", "5", "x", "Message-ID: <5@x>\r\nReferences: <9@x> <3@x>\r\n"));
  index();
  EXPECT_EQ(find("thread:" + std::to_string(find("subject:join").entries.at(0).thread)).total, 5U);
}

TEST_F(SearchTest, SizesAreThoseReceived) {
  const std::string text = message("m", "1", "word");
  add(text);
  index();
  EXPECT_EQ(find("word").entries.at(0).size, text.size());
}

TEST_F(SearchTest, MessagesInHandWhenTheProgramWasEndedAreIndexedLater) {
  for (int i = 1; i <= 3; ++i) add(message(std::to_string(i), std::to_string(i), "word"));
  ASSERT_TRUE(synchronize_all(*database_, archive_.path(), clock_));
  // As two ends of an earlier version leave it.
  ASSERT_TRUE(database_->run("UPDATE messages SET attempts = 2 WHERE id = 1"));
  const auto attempts = [this] {
    auto query = database_->prepare("SELECT total(attempts) FROM messages WHERE id > 1");
    EXPECT_TRUE(query && query->step());
    return query->number(0);
  };
  const auto indexed = index_pending(*database_, archive_.path(), [&](auto, auto) {
    EXPECT_EQ(attempts(), 0) << "a power cut now would count against it";
    return true;
  });
  ASSERT_TRUE(indexed);
  EXPECT_EQ(indexed->given_up, 0U);
  EXPECT_EQ(indexed->whole, 3U);
  EXPECT_EQ(find("is:broken").total, 0U);
}

TEST_F(SearchTest, IndexingMayBeStoppedAndGoesOn) {
  for (int i = 1; i <= 5; ++i) add(message(std::to_string(i), std::to_string(i), "word"));
  ASSERT_TRUE(synchronize_all(*database_, archive_.path(), clock_));
  const auto part =
      index_pending(*database_, archive_.path(), [](std::uint64_t done, std::uint64_t total) {
        EXPECT_EQ(total, 5U);
        return done < 2;
      });
  ASSERT_TRUE(part);
  EXPECT_LT(part->whole, 5U);
  EXPECT_EQ(part->whole + index().whole, 5U);
  EXPECT_EQ(find("word").total, 5U);
}

TEST_F(SearchTest, FutureDatesAreNotBelieved) {
  add("Subject: future\r\nDate: Sun, 22 Nov 2099 05:00:00 +0000\r\n\r\nx\r\n");
  index();
  EXPECT_EQ(find("subject:future").entries.at(0).date, 1795323600);
}

TEST_F(SearchTest, WordsOfAnyLengthAndForm) {
  add(message("long", "1",
              "Rindfleischetikettierungs\u00fcberwachungsaufgaben\u00fcbertragungsgesetz"));
  add(message("greek", "2", "\u0391\u03b8\u03ae\u03bd\u03b1",
              "Content-Type: text/plain; charset=utf-8\r\n"));
  add(message("joint", "3", "fu\u00dfball\u00adspiel \U0001F389",
              "Content-Type: text/plain; charset=utf-8\r\n"));
  index();
  EXPECT_EQ(subjects("rindfleischetikettierungs\u00fcberwachungsaufgaben\u00fcbertragungsgesetz"),
            "long");
  EXPECT_EQ(subjects("rindfleisch*"), "long");
  EXPECT_EQ(subjects("\u03b1\u03b8\u03b7\u03bd\u03b1"), "greek");
  EXPECT_EQ(subjects("fussballspiel"), "joint");
  EXPECT_EQ(subjects("\U0001F389"), "joint");
}

TEST_F(SearchTest, PartsOfWords) {
  add(message("one", "1", "an invoice"));
  add(message("two", "2", "invoices and voices", "List-Id: <voicemail.example.org>\r\n"));
  add(message("three", "3", "involve"));
  index();
  EXPECT_EQ(subjects("*voice*"), "two one");
  EXPECT_EQ(subjects("*voice"), "one");
  EXPECT_EQ(subjects("invo*e"), "three one");
  EXPECT_EQ(subjects("in*v*s"), "two");
  EXPECT_EQ(subjects("*oi* -*vok*"), "two one");
  EXPECT_EQ(subjects("*voicex*"), "");
  EXPECT_EQ(subjects("subject:*wo"), "two");
  EXPECT_EQ(subjects("body:*wo"), "");
  EXPECT_EQ(subjects("*voicem*"), "");  // The words of a field are found only there.
  EXPECT_EQ(subjects("list:*cemail"), "two");
  EXPECT_EQ(subjects("*voice*", {Order::kRank}).size(), 7U);
  EXPECT_EQ(subjects("\"an invo*\""), "one");
}

TEST_F(SearchTest, FieldsBeyondTheColumns) {
  add(message("list", "1", "text",
              "List-Id: Big News <news.example.org>\r\nX-Mailer: Pigeon 3\r\n"
              "Reply-To: other@example.org\r\nBcc: secret@example.org\r\n"
              "Delivered-To: box@example.net\r\nReceived: from nowhere\r\n"));
  add("Subject: file\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nbody\r\n"
      "--x\r\nContent-Type: text/csv; name=\"figures 2026.csv\"\r\n\r\nkangaroo\r\n--x--\r\n");
  index();
  for (const std::string_view query :
       {"list:news", "list-id:news.example.org", "list:\"big news\"", "header:x-mailer:pigeon",
        "reply-to:other@example.org", "bcc:secret", "delivered-to:box", "header:x-mailer:pig*",
        "list:(big news)", "list:news text"})
    EXPECT_EQ(subjects(query), "list") << query;
  for (const std::string_view query :
       {"list:pigeon", "pigeon", "bcc:other", "header:x-mailer:news", "filename:kangaroo"})
    EXPECT_EQ(subjects(query), "") << query;
  // What a word begins with is never a field's name: "list" and "file" are subjects.
  for (const std::string_view query :
       {"body:list*", "deliver*", "x*", "reply*", "attachment:file*", "*eliver*"})
    EXPECT_EQ(subjects(query), "") << query;
  EXPECT_EQ(subjects("filename:figures"), "file");
  EXPECT_EQ(subjects("filename:\"figures 2026*\""), "file");
  EXPECT_EQ(subjects("attachment:kangaroo"), "file");
}

TEST_F(SearchTest, AnOlderIndexIsMadeAnew) {
  for (int i = 1; i <= 3; ++i) add(message(std::to_string(i), std::to_string(i), "word"));
  index();
  // As the version before had it: other words, and not these columns.
  ASSERT_TRUE(database_->run(
      "DROP TABLE search; CREATE VIRTUAL TABLE search USING fts5 (body, subject, from_, to_, cc, "
      "attachment, content = '', tokenize = 'unicode61'); DROP INDEX messages_by_sameness; "
      "DROP INDEX messages_shared; ALTER TABLE messages DROP COLUMN sameness; "
      "ALTER TABLE messages DROP COLUMN shared; PRAGMA user_version = 9"));
  auto opened = Database::open(archive_.path(), Access::kWrite);
  ASSERT_TRUE(opened) << opened.error().message();
  *database_ = std::move(*opened);
  // Stopped after one of them; the next look does the rest.
  const auto some =
      index_pending(*database_, archive_.path(), [](auto done, auto) { return done < 1; });
  ASSERT_TRUE(some);
  EXPECT_EQ(some->whole, 1U);
  EXPECT_EQ(index().whole, 2U);
  EXPECT_EQ(subjects("word"), "3 2 1");
}

TEST_F(SearchTest, FieldsOfAnOlderIndexAreFoundAfterAnUpdate) {
  add(message("one", "1", "word", "List-Id: news.example.org\r\n"));
  add(message("two", "2", "word"));
  index();
  // As it was before: what is searched for now stood under another word. One message is away.
  ASSERT_TRUE(database_->run(
      "INSERT INTO search (search) VALUES ('delete-all'); INSERT INTO search (rowid, body) SELECT "
      "id, 'word' FROM messages; DROP INDEX messages_to_index; "
      "UPDATE messages SET removed = 2 WHERE subject = 'two'; "
      "CREATE INDEX messages_to_index ON messages (indexed, attempts) WHERE indexed = 0; "
      "PRAGMA user_version = 11"));
  auto opened = Database::open(archive_.path(), Access::kWrite);
  ASSERT_TRUE(opened) << opened.error().message();
  *database_ = std::move(*opened);
  EXPECT_EQ(index_pending(*database_, archive_.path())->whole, 1U);
  EXPECT_EQ(subjects("list:news"), "one");
  // It is back.
  ASSERT_TRUE(database_->run("UPDATE messages SET removed = 0"));
  EXPECT_EQ(index_pending(*database_, archive_.path())->whole, 1U);
  EXPECT_EQ(subjects("word"), "two one");
}

TEST_F(SearchTest, TextInDocumentsAndBehindTheFirstMebibyte) {
  add("Subject: with\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nbody\r\n"
      "--x\r\nContent-Type: application/octet-stream; name=\"figures.csv\"\r\n\r\nkangaroo,1\r\n"
      "--x\r\nContent-Type: application/rtf; name=\"a.rtf\"\r\n\r\n{\\rtf1 wal\\b0 "
      "laby}\r\n--x--\r\n");
  std::string long_text;
  while (long_text.size() < (3U << 20U)) long_text += "filler filler filler filler filler\r\n";
  add(message("long", "1", long_text + "needle"));
  index();
  EXPECT_EQ(subjects("kangaroo"), "with");
  EXPECT_EQ(subjects("attachment:wallaby"), "with");
  EXPECT_EQ(subjects("needle"), "long");
}

/// More than one piece, of rows without a text.
TEST_F(SearchTest, LongListsComeInPieces) {
  ASSERT_TRUE(database_->run(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1234) "
      "INSERT INTO messages (account, sha256, name, size, arrived, date, indexed, subject) "
      "SELECT 'home', printf('%064d', i), 'new/' || i, 10, i, i, 1, i FROM n"));
  const ParsedQuery parsed = parse_query("", kNow);
  SearchRequest request{Order::kOldest, 2000};
  request.octets = true;
  std::vector<std::size_t> pieces;
  std::int64_t last = 0;
  const auto visit = [&](const Found& counts, std::span<Entry> piece) {
    EXPECT_EQ(counts.total, 1234U);
    EXPECT_EQ(counts.octets, 12340U);
    pieces.push_back(piece.size());
    for (const Entry& entry : piece) EXPECT_EQ(entry.date, ++last);
    return pieces.size() < 3 ? ok() : Status(Error(Errc::kFull, "no room"));
  };
  const auto done = search_in_pieces(*database_, archive_.path(), *parsed.tree, request, visit);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::kFull);
  EXPECT_EQ(pieces, (std::vector<std::size_t>{500, 500, 234}));
  EXPECT_EQ(find("", request).entries.size(), 1234U);
  EXPECT_TRUE(search_in_pieces(*database_, archive_.path(), *parse_query("account:none", kNow).tree,
                               request, [&](const Found&, std::span<Entry> piece) {
                                 EXPECT_TRUE(piece.empty());
                                 return ok();
                               }));
}

TEST_F(SearchTest, AnIndexOfManyIsPutTogetherAfterEveryEnd) {
  const auto automerge = [this] {
    auto query = database_->prepare("SELECT v FROM search_config WHERE k = 'automerge'");
    EXPECT_TRUE(query && *query->step());
    return query->number(0);
  };
  // As a run left it that was killed: with messages to go, and at its very end.
  for (const bool has_more : {true, false}) {
    add(message("one", "1", "word"));
    index();
    ASSERT_TRUE(database_->run("INSERT INTO search (search, rank) VALUES ('automerge', 0)"));
    if (has_more) add(message("two", "2", "word"));
    index();
    EXPECT_EQ(automerge(), 4) << has_more;
    EXPECT_EQ(subjects("word subject:two"), "two");
  }
  // One that is ended while it puts the index together goes on at the next look.
  ASSERT_TRUE(database_->run("INSERT INTO search (search, rank) VALUES ('automerge', 0)"));
  ASSERT_TRUE(index_pending(*database_, archive_.path(), [](auto, auto) { return false; }));
  EXPECT_EQ(automerge(), 0);
  index();
  EXPECT_EQ(automerge(), 4);
}

TEST_F(SearchTest, AnIndexThatIsPutTogetherIsWrittenOnceMoreAndNothingElse) {
  ASSERT_TRUE(database_->run("INSERT INTO search (search, rank) VALUES ('automerge', 0)"));
  auto words = database_->prepare("INSERT INTO search (body) VALUES (?1)");
  ASSERT_TRUE(words);
  std::uint64_t chosen = 1;
  for (int piece = 0; piece < 5; ++piece) {
    auto transaction = database_->begin();
    for (int message = 0; message < 150; ++message) {
      std::string body;
      for (int word = 0; word < 100; ++word) {
        chosen = chosen * 6364136223846793005U + 1442695040888963407U;
        body += "w" + std::to_string((chosen >> 33U) % 20'000) + " ";
      }
      words->bind(1, body);
      ASSERT_TRUE(words->run());
    }
    ASSERT_TRUE((*transaction)->commit());
  }
  ASSERT_TRUE(database_->run("PRAGMA wal_checkpoint(TRUNCATE)"));
  index();
  auto size = database_->prepare("SELECT sum(length(block)) FROM search_data");
  ASSERT_TRUE(size && *size->step());
  const std::uintmax_t log = fs::file_size(Database::file_of(archive_.path()).string() + "-wal");
  EXPECT_GT(log, 200'000U);
  EXPECT_LT(static_cast<double>(log), 1.4 * static_cast<double>(size->number(0)));
}

}  // namespace
}  // namespace restante::archive
