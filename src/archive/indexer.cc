#include "archive/indexer.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "archive/file_name.h"
#include "archive/index_writer.h"

namespace restante::archive {
namespace {

// Messages read between two commits. Many where much is to be done: their dates, sizes and threads
// lie all over the indexes, which few at a time would write again and again.
constexpr std::size_t kBatchLeast = 250;
constexpr std::size_t kBatchMost = 4000;
constexpr std::size_t kReadyBytesMax = 8U << 20;  // Read, and not stored yet.
// After so many the index's pieces are put together: words are found faster, in less space.
constexpr std::uint64_t kMany = 5000;
constexpr std::int64_t kAttemptsMax = 2;

class Indexing {
 public:
  Indexing(Database& database, const Path& archive, const IndexProgress& progress)
      : database_(database), archive_(archive), progress_(progress) {}

  Result<Indexed> run() {
    RESTANTE_CHECKED(list_pending());
    if (pending_.empty()) return indexed_;
    RESTANTE_TRY(IndexWriter writer, IndexWriter::open(database_));
    writer_ = std::make_unique<IndexWriter>(std::move(writer));
    RESTANTE_CHECKED(prepare());
    for (std::size_t from = 0; from < pending_.size() && !stopped_;) {
      RESTANTE_TRY(const std::vector<Pending> batch, take_batch(from));
      RESTANTE_CHECKED(note_attempt(batch));
      RESTANTE_CHECKED(index_batch(batch));
    }
    if (indexed_.whole + indexed_.partly >= kMany && !stopped_) RESTANTE_CHECKED(put_together());
    return indexed_;
  }

 private:
  /// What was tried before, and did not end well, comes last.
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

  Status prepare() {
    RESTANTE_CHECKED(
        database_.prepare("SELECT id, account, name, sha256, size, arrived, attempts "
                          "FROM messages WHERE id = ?1 AND indexed = 0",
                          select_));
    return database_.prepare("UPDATE messages SET attempts = attempts + 1 WHERE id = ?1", attempt_);
  }

  /// A little at a time, so that nobody waits long. The first call begins it (a negative number),
  /// further ones go on; one that changes nothing but its own count was the last.
  Status put_together() {
    constexpr const char* kBegin = "INSERT INTO search (search, rank) VALUES ('merge', -2000)";
    constexpr const char* kGoOn = "INSERT INTO search (search, rank) VALUES ('merge', 2000)";
    RESTANTE_CHECKED(database_.run(kBegin));
    for (;;) {
      const int before = sqlite3_total_changes(database_.connection());
      RESTANTE_CHECKED(database_.run(kGoOn));
      if (sqlite3_total_changes(database_.connection()) - before < 2) return ok();
    }
  }

  [[nodiscard]] std::size_t batch_most() const {
    return std::clamp(pending_.size() / 8, kBatchLeast, kBatchMost);
  }

  /// The next ones, and `from` behind them; one that was tried before is alone.
  Result<std::vector<Pending>> take_batch(std::size_t& from) {
    std::vector<Pending> batch;
    for (; from < pending_.size() && batch.size() < batch_most(); ++from) {
      const ResetAtEnd reset(select_);
      select_.bind(1, pending_[from]);
      RESTANTE_TRY(const bool found, select_.step());
      if (!found) continue;  // Another process was quicker.
      Pending one{select_.number(0),
                  std::string(select_.text(1)),
                  std::string(select_.text(2)),
                  std::string(select_.text(3)),
                  select_.number(4),
                  select_.number(5),
                  select_.number(6)};
      const bool alone = one.attempts > 0;
      if (alone && !batch.empty()) break;
      batch.push_back(std::move(one));
      if (!alone) continue;
      ++from;
      break;
    }
    return batch;
  }

  /// Committed before the work: who finds it there after the program ended knows what it died of.
  Status note_attempt(const std::vector<Pending>& batch) {
    RESTANTE_TRY(const auto transaction, database_.begin());
    for (const Pending& one : batch) {
      attempt_.bind(1, one.id);
      RESTANTE_CHECKED(attempt_.run());
    }
    return transaction->commit();
  }

  /// The reading is done outside of transactions, which others wait for.
  Status index_batch(const std::vector<Pending>& batch) {
    std::vector<std::pair<const Pending*, IndexEntry>> ready;
    std::size_t ready_bytes = 0;
    for (const Pending& one : batch) {
      if (stopped_) {
        ready.emplace_back(&one, IndexEntry());
        continue;
      }
      const bool given_up = one.attempts >= kAttemptsMax;
      ready.emplace_back(&one, given_up ? IndexEntry() : read_entry(file_of(one)));
      ready_bytes += ready.back().second.body.size() + ready.back().second.attachments.size();
      if (progress_ && !progress_(++done_, pending_.size())) stopped_ = true;
      if (ready_bytes < kReadyBytesMax && !stopped_) continue;
      RESTANTE_CHECKED(store(ready));
      ready.clear();
      ready_bytes = 0;
    }
    return stopped_ ? forget_attempts(ready) : store(ready);
  }

  /// Not tried after all.
  Status forget_attempts(const std::vector<std::pair<const Pending*, IndexEntry>>& rest) {
    RESTANTE_TRY(const auto transaction, database_.begin());
    for (const auto& [one, entry] : rest) RESTANTE_CHECKED(writer_->forget_attempt(*one));
    return transaction->commit();
  }

  Status store(const std::vector<std::pair<const Pending*, IndexEntry>>& ready) {
    RESTANTE_TRY(const auto transaction, database_.begin());
    for (const auto& [one, entry] : ready) RESTANTE_CHECKED(store_one(*one, entry));
    return transaction->commit();
  }

  [[nodiscard]] Path file_of(const Pending& one) const {
    return archive_ / account_folder(one.account) / one.name;
  }

  Status store_one(const Pending& one, const IndexEntry& entry) {
    if (one.attempts >= kAttemptsMax) {
      ++indexed_.given_up;
      return writer_->give_up(one);
    }
    // Moved since the last look: the next one finds it.
    if (entry.is_missing) return writer_->forget_attempt(one);
    (entry.is_whole ? indexed_.whole : indexed_.partly) += 1;
    return writer_->write(one, entry, file_of(one));
  }

  Database& database_;
  const Path& archive_;
  const IndexProgress& progress_;
  std::unique_ptr<IndexWriter> writer_;
  Statement select_;
  Statement attempt_;
  Indexed indexed_;
  std::vector<std::int64_t> pending_;
  std::uint64_t done_ = 0;
  bool stopped_ = false;
};

}  // namespace

Result<Indexed> index_pending(Database& database, const Path& archive,
                              const IndexProgress& progress, WhenBusy busy) {
  // Most looks find nothing to do, and need no lock.
  RESTANTE_TRY(Statement any, database.prepare("SELECT 1 FROM messages WHERE indexed = 0 AND "
                                               "removed = 0 LIMIT 1"));
  RESTANTE_TRY(const bool pending, any.step());
  any.reset();
  if (!pending) return Indexed();
  RESTANTE_TRY(const IndexLock lock, IndexLock::take(archive, busy));
  return Indexing(database, archive, progress).run();
}

Result<Indexed> index_own(Database& database, const Path& archive, const IndexProgress& progress) {
  return Indexing(database, archive, progress).run();
}

}  // namespace restante::archive
