#include "archive/index/index_writer.h"

#include <string_view>
#include <utility>

#include "archive/mailbox/stored_message.h"
#include "archive/message/message_date.h"
#include "text/charsets/charset.h"

namespace restante::archive {
namespace {

constexpr std::int64_t kWhole = 1;
constexpr std::int64_t kPartly = 2;
constexpr std::int64_t kGivenUp = 3;
constexpr std::size_t kStoredBytesMax = 1000;  // Of a header field, for lists.

/// Octets as received; 0 is "unknown yet", of a file that was found without a row.
std::int64_t size_of(const Pending& one, const Path& file) {
  if (one.size != 0) return one.size;
  const auto sums = sums_of(file);
  if (!sums) return 0;
  const LineForm form = sums->form_for(one.sha256).value_or(sums->likely_form());
  return static_cast<std::int64_t>(sums->octets_in(form));
}

}  // namespace

Result<IndexWriter> IndexWriter::open(Database& database) {
  RESTANTE_TRY(Threads threads, Threads::open(database));
  RESTANTE_TRY(SameMessages same, SameMessages::open(database));
  IndexWriter writer(std::move(threads), std::move(same));
  RESTANTE_CHECKED(database.prepare(
      "UPDATE messages SET indexed = ?2, size = ?3, date = ?4, subject = ?5, from_ = ?6, "
      "to_ = ?7, message_id = ?8, thread = ?9, has_attachment = ?10, "
      "attempts = 0, sameness = ?11, shared = 0 WHERE id = ?1",
      writer.row_));
  RESTANTE_CHECKED(
      database.prepare("INSERT INTO search (rowid, subject, from_, to_, cc, body, attachment) "
                       "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                       writer.words_));
  RESTANTE_CHECKED(
      database.prepare("INSERT OR REPLACE INTO attachments (message, number, name, type, "
                       "size) VALUES (?1, ?2, ?3, ?4, ?5)",
                       writer.attachment_));
  RESTANTE_CHECKED(database.prepare(
      "UPDATE messages SET indexed = ?2, subject = ?3, from_ = ?4 WHERE id = ?1", writer.give_up_));
  RESTANTE_CHECKED(
      database.prepare("UPDATE messages SET attempts = ?2 WHERE id = ?1", writer.put_off_));
  return writer;
}

Status IndexWriter::write(const Pending& one, const IndexEntry& entry, const Path& file) {
  RESTANTE_CHECKED(write_words(one.id, entry));
  RESTANTE_CHECKED(write_attachments(one.id, entry));
  return write_row(one, entry, file);
}

Status IndexWriter::give_up(const Pending& one, const Headers& headers) {
  give_up_.bind(1, one.id);
  give_up_.bind(2, kGivenUp);
  give_up_.bind(3, text::cut_utf8(headers.subject, kStoredBytesMax));
  give_up_.bind(4, text::cut_utf8(headers.from, kStoredBytesMax));
  return give_up_.run();
}

Status IndexWriter::put_off(const Pending& one) {
  put_off_.bind(1, one.id);
  put_off_.bind(2, one.attempts + 1);
  return put_off_.run();
}

Status IndexWriter::write_row(const Pending& one, const IndexEntry& entry, const Path& file) {
  const Headers& headers = entry.headers;
  RESTANTE_TRY(const std::int64_t thread,
               threads_.place(one.id, headers.message_id, headers.references));
  row_.bind(1, one.id);
  row_.bind(2, entry.is_whole ? kWhole : kPartly);
  row_.bind(3, size_of(one, file));
  row_.bind(4, message_date(headers, one.arrived));
  row_.bind(5, text::cut_utf8(headers.subject, kStoredBytesMax));
  row_.bind(6, text::cut_utf8(headers.from, kStoredBytesMax));
  row_.bind(7, text::cut_utf8(headers.to, kStoredBytesMax));
  row_.bind(8, text::cut_utf8(headers.message_id, kStoredBytesMax));
  row_.bind(9, thread);
  row_.bind(10, std::int64_t{entry.has_file});
  row_.bind(11, entry.sameness);
  RESTANTE_CHECKED(row_.run());
  return same_.note(one.account, entry.sameness);
}

Status IndexWriter::write_words(std::int64_t id, const IndexEntry& entry) {
  words_.bind(1, id);
  words_.bind(2, header_text(entry.headers.subject));
  words_.bind(3, header_text(entry.headers.from));
  words_.bind(4, header_text(entry.headers.to));
  words_.bind(5, header_text(entry.headers.cc));
  words_.bind(6, entry.body);
  words_.bind(7, entry.attachments);
  return words_.run();
}

Status IndexWriter::write_attachments(std::int64_t id, const IndexEntry& entry) {
  for (const IndexedAttachment& attachment : entry.list) {
    attachment_.bind(1, id);
    attachment_.bind(2, std::int64_t{attachment.number});
    attachment_.bind(3, text::cut_utf8(attachment.name, kStoredBytesMax));
    attachment_.bind(4, text::cut_utf8(attachment.type, kStoredBytesMax));
    attachment_.bind(5, static_cast<std::int64_t>(attachment.size));
    RESTANTE_CHECKED(attachment_.run());
  }
  return ok();
}

}  // namespace restante::archive
