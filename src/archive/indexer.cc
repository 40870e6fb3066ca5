#include "archive/indexer.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "archive/file_name.h"
#include "archive/index_entry.h"
#include "archive/stored_message.h"
#include "archive/threads.h"

namespace restante::archive {
namespace {

constexpr std::size_t kBatch = 250;
constexpr std::size_t kReadyBytesMax = 8U << 20;  // Read, and not stored yet.
// After so many the index's pieces are put together: words are found faster, in less space.
constexpr std::uint64_t kMany = 5000;
constexpr std::int64_t kWhole = 1;
constexpr std::int64_t kPartly = 2;
constexpr std::int64_t kGivenUp = 3;
// A sender's clock may be wrong, but not by more than that.
constexpr std::int64_t kFutureSecondsMax = std::int64_t{2} * 86400;
constexpr std::size_t kStoredBytesMax = 1000;  // Of a header field, for lists.

struct Pending {
  std::int64_t id = 0;
  std::string account;
  std::string name;
  std::string sha256;
  std::int64_t size = 0;
  std::int64_t arrived = 0;
  std::int64_t attempts = 0;
};

std::string_view shortened(std::string_view text) {
  if (text.size() <= kStoredBytesMax) return text;
  std::size_t end = kStoredBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

class Indexing {
 public:
  Indexing(Database& database, const Path& archive, const IndexProgress& progress)
      : database_(database), archive_(archive), progress_(progress) {}

  Result<Indexed> run() {
    RESTANTE_CHECKED(list_pending());
    if (pending_.empty()) return indexed_;
    RESTANTE_TRY(Threads threads, Threads::open(database_));
    threads_ = std::make_unique<Threads>(std::move(threads));
    RESTANTE_CHECKED(prepare());
    for (std::size_t from = 0; from < pending_.size() && !stopped_;) {
      RESTANTE_TRY(const std::vector<Pending> batch, take_batch(from));
      RESTANTE_CHECKED(note_attempt(batch));
      RESTANTE_CHECKED(index_batch(batch));
    }
    if (indexed_.whole + indexed_.partly >= kMany)
      RESTANTE_CHECKED(database_.run("INSERT INTO search (search) VALUES ('optimize')"));
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
    RESTANTE_CHECKED(database_.prepare("UPDATE messages SET attempts = ?2 WHERE id = ?1", forget_));
    RESTANTE_CHECKED(
        database_.prepare("UPDATE messages SET attempts = attempts + 1 WHERE id = ?1", attempt_));
    RESTANTE_CHECKED(database_.prepare("UPDATE messages SET indexed = ?2 WHERE id = ?1", give_up_));
    RESTANTE_CHECKED(database_.prepare(
        "UPDATE messages SET indexed = ?2, size = ?3, date = ?4, subject = ?5, from_ = ?6, "
        "to_ = ?7, message_id = ?8, thread = ?9, has_attachment = ?10, "
        "attempts = 0 WHERE id = ?1",
        update_));
    RESTANTE_CHECKED(
        database_.prepare("INSERT INTO search (rowid, subject, from_, to_, cc, body, attachment) "
                          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                          search_));
    return database_.prepare(
        "INSERT OR REPLACE INTO attachments (message, number, name, type, "
        "size) VALUES (?1, ?2, ?3, ?4, ?5)",
        attachment_);
  }

  /// The next ones, and `from` behind them; one that was tried before is alone.
  Result<std::vector<Pending>> take_batch(std::size_t& from) {
    std::vector<Pending> batch;
    for (; from < pending_.size() && batch.size() < kBatch; ++from) {
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
      const bool given_up = one.attempts >= 2;
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
    for (const auto& [one, entry] : rest) {
      forget_.bind(1, one->id);
      forget_.bind(2, one->attempts);
      RESTANTE_CHECKED(forget_.run());
    }
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
    if (one.attempts >= 2) {
      give_up_.bind(1, one.id);
      give_up_.bind(2, kGivenUp);
      ++indexed_.given_up;
      return give_up_.run();
    }
    if (entry.is_missing) {  // Moved since the last look: the next one finds it.
      forget_.bind(1, one.id);
      forget_.bind(2, one.attempts);
      return forget_.run();
    }
    (entry.is_whole ? indexed_.whole : indexed_.partly) += 1;
    RESTANTE_TRY(const std::int64_t thread,
                 threads_->place(one.id, entry.headers.message_id, entry.headers.references));
    RESTANTE_CHECKED(store_search(one.id, entry));
    RESTANTE_CHECKED(store_attachments(one.id, entry));
    return store_overview(one, entry, file_of(one), thread);
  }

  Status store_overview(const Pending& one, const IndexEntry& entry, const Path& file,
                        std::int64_t thread) {
    const Headers& headers = entry.headers;
    const bool plausible = headers.date > 0 && headers.date <= one.arrived + kFutureSecondsMax;
    update_.bind(1, one.id);
    update_.bind(2, entry.is_whole ? kWhole : kPartly);
    update_.bind(3, size_of(one, file));
    update_.bind(4, plausible ? headers.date : one.arrived);
    update_.bind(5, shortened(headers.subject));
    update_.bind(6, shortened(headers.from));
    update_.bind(7, shortened(headers.to));
    update_.bind(8, shortened(headers.message_id));
    update_.bind(9, thread);
    update_.bind(10, std::int64_t{!entry.list.empty()});
    return update_.run();
  }

  /// Octets as received; 0 is "unknown yet", of a file that was found without a row.
  static std::int64_t size_of(const Pending& one, const Path& file) {
    if (one.size != 0) return one.size;
    const auto sums = sums_of(file);
    if (!sums) return 0;
    const LineForm form = sums->form_for(one.sha256).value_or(sums->likely_form());
    return static_cast<std::int64_t>(sums->octets_in(form));
  }

  Status store_search(std::int64_t id, const IndexEntry& entry) {
    search_.bind(1, id);
    search_.bind(2, header_words(entry.headers.subject));
    search_.bind(3, header_words(entry.headers.from));
    search_.bind(4, header_words(entry.headers.to));
    search_.bind(5, header_words(entry.headers.cc));
    search_.bind(6, entry.body);
    search_.bind(7, entry.attachments);
    return search_.run();
  }

  Status store_attachments(std::int64_t id, const IndexEntry& entry) {
    for (const IndexedAttachment& attachment : entry.list) {
      attachment_.bind(1, id);
      attachment_.bind(2, std::int64_t{attachment.number});
      attachment_.bind(3, shortened(attachment.name));
      attachment_.bind(4, shortened(attachment.type));
      attachment_.bind(5, static_cast<std::int64_t>(attachment.size));
      RESTANTE_CHECKED(attachment_.run());
    }
    return ok();
  }

  Database& database_;
  const Path& archive_;
  const IndexProgress& progress_;
  std::unique_ptr<Threads> threads_;
  Statement select_;
  Statement attempt_;
  Statement forget_;
  Statement give_up_;
  Statement update_;
  Statement search_;
  Statement attachment_;
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

}  // namespace restante::archive
