#include "archive/index/indexer.h"

#include <fcntl.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "archive/index/index_writer.h"
#include "archive/index/same_message.h"
#include "archive/mailbox/file_name.h"
#include "archive/reader/reader.h"
#include "documents/pdf_text.h"
#include "mail/header_fields.h"

namespace restante::archive {
namespace {

// Messages read between two commits. Many where there is much to do: their dates, sizes and threads
// lie all over the indexes, which few at a time would write again and again.
constexpr std::size_t kBatchLeast = 250;
constexpr std::size_t kBatchMost = 16'000;
constexpr std::size_t kReadyBytesMax = 40U << 20;  // Read, and not stored yet.
// From this number on they are indexed in large pieces, which are put together once at the end, and
// not again and again as they come: that wrote the index four times.
constexpr std::uint64_t kMany = 5000;
constexpr const char* kLargePieces = R"sql(
INSERT INTO search (search, rank) VALUES ('automerge', 0);
INSERT INTO search (search, rank) VALUES ('crisismerge', 1000);
INSERT INTO search (search, rank) VALUES ('hashsize', 16777216);
)sql";
// FTS5's own.
constexpr const char* kUsualPieces = R"sql(
INSERT INTO search (search, rank) VALUES ('crisismerge', 16);
INSERT INTO search (search, rank) VALUES ('hashsize', 1048576);
INSERT INTO search (search, rank) VALUES ('automerge', 4);
)sql";
// The last of the usual and the first of the large ones: the mark of a run that has not ended.
constexpr const char* kHasLargePieces =
    "SELECT 1 FROM search_config WHERE k = 'automerge' AND v = 0";
constexpr std::int64_t kAttemptsMax = 2;  // Of readings that stood still.
constexpr std::size_t kNamedMax = 20;
constexpr std::size_t kHeaderBytes = 64U << 10;

class Indexing {
 public:
  Indexing(Database& database, const Path& archive, const IndexProgress& progress,
           const Patience& patience)
      : database_(database), archive_(archive), progress_(progress), reader_(patience) {}

  Result<Indexed> run() {
    RESTANTE_CHECKED(list_pending());
    RESTANTE_TRY(IndexWriter writer, IndexWriter::open(database_));
    writer_ = std::make_unique<IndexWriter>(std::move(writer));
    RESTANTE_CHECKED(prepare());
    RESTANTE_TRY(const bool many, begin_many());
    for (std::size_t from = 0; from < pending_.size() && !stopped_;) {
      RESTANTE_TRY(const std::vector<Pending> batch, take_batch(from));
      RESTANTE_CHECKED(index_batch(batch));
    }
    if (many && !stopped_) RESTANTE_CHECKED(end_many());
    tell_of_the_rest();
    return indexed_;
  }

 private:
  /// Messages whose reading stood still before come last.
  Status list_pending() {
    RESTANTE_TRY(Statement query,
                 database_.prepare("SELECT id FROM messages WHERE indexed = 0 AND removed = 0 "
                                   "ORDER BY attempts > 0, id"));
    for (;;) {
      RESTANTE_TRY(const bool more, query.step());
      if (!more) return ok();
      pending_.push_back(query.number(0));
    }
  }

  /// Also when an earlier run began that, and did not come to its end.
  Result<bool> begin_many() {
    RESTANTE_TRY(Statement query, database_.prepare(kHasLargePieces));
    RESTANTE_TRY(const bool has_begun, query.step());
    query.reset();
    if (!has_begun && pending_.size() < kMany) return false;
    RESTANTE_CHECKED(database_.run(kLargeCache));
    if (!has_begun) RESTANTE_CHECKED(database_.run(kLargePieces));
    return true;
  }

  Status end_many() {
    RESTANTE_CHECKED(put_together());
    // Ended in it, the next look goes on.
    if (!stopped_) RESTANTE_CHECKED(database_.run(kUsualPieces));
    return database_.run(kUsualCache);
  }

  Status prepare() {
    return database_.prepare(
        "SELECT id, account, name, sha256, size, arrived, attempts "
        "FROM messages WHERE id = ?1 AND indexed = 0",
        select_);
  }

  /// A little at a time, so that other users of the database wait briefly. The first call begins it
  /// (a negative number), further ones go on; one that changes nothing but its own count was the
  /// last.
  Status put_together() {
    constexpr const char* kBegin = "INSERT INTO search (search, rank) VALUES ('merge', -2000)";
    constexpr const char* kGoOn = "INSERT INTO search (search, rank) VALUES ('merge', 2000)";
    RESTANTE_CHECKED(database_.run(kBegin));
    while (!stopped_) {
      if (progress_ && !progress_(done_, pending_.size())) stopped_ = true;
      const int before = sqlite3_total_changes(database_.connection());
      RESTANTE_CHECKED(database_.run(kGoOn));
      if (sqlite3_total_changes(database_.connection()) - before < 2) break;
    }
    return ok();
  }

  [[nodiscard]] std::size_t batch_most() const {
    return std::clamp(pending_.size() / 4, kBatchLeast, kBatchMost);
  }

  /// The next ones, and `from` behind them.
  Result<std::vector<Pending>> take_batch(std::size_t& from) {
    std::vector<Pending> batch;
    for (; from < pending_.size() && batch.size() < batch_most(); ++from) {
      const ResetAtEnd reset(select_);
      select_.bind(1, pending_[from]);
      RESTANTE_TRY(const bool found, select_.step());
      if (!found) continue;  // Another process was quicker.
      batch.push_back({select_.number(0), std::string(select_.text(1)),
                       std::string(select_.text(2)), std::string(select_.text(3)),
                       select_.number(4), select_.number(5), select_.number(6)});
    }
    return batch;
  }

  struct Ready {
    const Pending* one = nullptr;
    std::optional<IndexEntry> entry;  // Nothing: given up.
    bool is_later = false;            // The next look tries again.
    Headers headers;                  // Of one that was given up: From and Subject.
  };

  /// The reading is done outside of transactions, which others wait for.
  Status index_batch(const std::vector<Pending>& batch) {
    std::vector<Ready> ready;
    std::size_t ready_bytes = 0;
    for (const Pending& one : batch) {
      Ready next;
      next.one = &one;
      if (!read(next)) break;
      if (next.entry) ready_bytes += next.entry->body.size() + next.entry->attachments.size();
      ready.push_back(std::move(next));
      if (progress_ && !progress_(++done_, pending_.size())) stopped_ = true;
      if (stopped_) break;
      if (ready_bytes < kReadyBytesMax) continue;
      RESTANTE_CHECKED(store(ready));
      ready.clear();
      ready_bytes = 0;
    }
    RESTANTE_CHECKED(store(ready));
    return failure_ ? *failure_ : ok();
  }

  /// False: it was not the message's fault, and nothing more is read.
  bool read(Ready& next) {
    auto entry = reader_.entry(file_of(*next.one),
                               next.one->attempts + 1 < kAttemptsMax ? Try::kFirst : Try::kLast);
    if (entry) {
      next.entry = std::move(*entry);
      next.entry->sameness = sameness_of(file_of(*next.one), next.one->sha256, next.entry->headers);
      tell_of_documents(*next.one, *next.entry);
    } else if (entry.error().code == Errc::kLimit) {
      give_up(next, entry.error().detail);
    } else if (entry.error().code == Errc::kTimeout && next.one->attempts + 1 >= kAttemptsMax) {
      give_up(next, file_of(*next.one).string() + ": its reading stood still in two looks");
    } else if (entry.error().code == Errc::kTimeout) {
      next.is_later = true;
      name(*next.one, " is not indexed yet: " + entry.error().detail);
    } else {
      failure_ = entry.error();
      stopped_ = true;
    }
    return !failure_;
  }

  void tell_of_documents(const Pending& one, const IndexEntry& entry) {
    if (!entry.left_out.empty())
      name(one, ": the text of its documents is not indexed: " + entry.left_out);
    if (entry.lacks_pdf && !std::exchange(has_told_of_pdf_, true))
      indexed_.named.push_back("the text of PDF files is not indexed, for " +
                               text::pdf_module_path() +
                               " cannot be loaded; \"restante reindex\" does it later");
  }

  void name(const Pending& one, const std::string& what) {
    if (indexed_.named.size() < kNamedMax)
      indexed_.named.push_back("message " + std::to_string(one.id) + what);
    else
      ++unnamed_;
  }

  void tell_of_the_rest() {
    if (unnamed_ > 0)
      indexed_.named.push_back("the same of " + std::to_string(unnamed_) +
                               " more messages: \"restante list is:broken\" has those that cannot "
                               "be indexed");
  }

  /// Two fields of it are read alone, so that people see which one it is.
  void give_up(Ready& next, const std::string& why) {
    name(*next.one, " cannot be indexed: " + why);
    const Path path = file_of(*next.one);
    const auto file = open_file(path, O_RDONLY | O_NONBLOCK);
    std::string buffer(kHeaderBytes, '\0');
    if (!file) return;
    const auto header = read_some(*file, buffer, path);
    if (!header) return;
    next.headers.subject = reader_.field(mail::header_field(*header, "Subject"));
    next.headers.from = reader_.field(mail::header_field(*header, "From"));
  }

  Status store(const std::vector<Ready>& ready) {
    if (ready.empty()) return ok();
    RESTANTE_TRY(const auto transaction, database_.begin());
    for (const Ready& each : ready) RESTANTE_CHECKED(store_one(*each.one, each));
    return transaction->commit();
  }

  [[nodiscard]] Path file_of(const Pending& one) const {
    return archive_ / account_folder(one.account) / one.name;
  }

  Status store_one(const Pending& one, const Ready& read) {
    if (read.is_later) return writer_->put_off(one);
    const std::optional<IndexEntry>& entry = read.entry;
    if (!entry) {
      ++indexed_.given_up;
      return writer_->give_up(one, read.headers);
    }
    // Moved since the last look: the next one finds it.
    if (entry->is_missing) return ok();
    (entry->is_whole ? indexed_.whole : indexed_.partly) += 1;
    return writer_->write(one, *entry, file_of(one));
  }

  Database& database_;
  const Path& archive_;
  const IndexProgress& progress_;
  Reader reader_;
  std::unique_ptr<IndexWriter> writer_;
  Statement select_;
  Indexed indexed_;
  std::vector<std::int64_t> pending_;
  std::uint64_t done_ = 0;
  std::uint64_t unnamed_ = 0;
  bool stopped_ = false;
  bool has_told_of_pdf_ = false;
  std::optional<Error> failure_;  // No reader can be had.
};

}  // namespace

Result<Indexed> index_pending(Database& database, const Path& archive,
                              const IndexProgress& progress, WhenBusy busy,
                              const Patience& patience) {
  // Most looks find nothing to do, and need no lock.
  RESTANTE_TRY(Statement any,
               database.prepare("SELECT 1 FROM messages WHERE indexed = 0 AND removed = 0 "
                                "UNION ALL " +
                                std::string(kHasLargePieces) + " LIMIT 1"));
  RESTANTE_TRY(const bool pending, any.step());
  any.reset();
  if (!pending) return Indexed();
  RESTANTE_TRY(const IndexLock lock, IndexLock::take(archive, busy));
  return Indexing(database, archive, progress, patience).run();
}

Result<Indexed> index_own(Database& database, const Path& archive, const IndexProgress& progress) {
  return Indexing(database, archive, progress, {}).run();
}

}  // namespace restante::archive
