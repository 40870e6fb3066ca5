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

/// Octets as received.
std::int64_t size_of(const Pending& one, const Path& file) {
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
      "UPDATE messages SET indexed = ?2, date = ?3, subject = ?4, from_ = ?5, to_ = ?6, "
      "message_id = ?7, thread = ?8, has_attachment = ?9, attempts = 0, sameness = ?10, shared = 0 "
      "WHERE id = ?1",
      writer.row_));
  RESTANTE_CHECKED(database.prepare("UPDATE messages SET size = ?2 WHERE id = ?1", writer.size_));
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
  RESTANTE_CHECKED(write_size(one, file));
  return write_row(one, entry);
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

Status IndexWriter::write_row(const Pending& one, const IndexEntry& entry) {
  const Headers& headers = entry.headers;
  RESTANTE_TRY(const std::int64_t thread,
               threads_.place(one.id, headers.message_id, headers.references));
  row_.bind(1, one.id);
  row_.bind(2, entry.is_whole ? kWhole : kPartly);
  row_.bind(3, message_date(headers, one.arrived));
  row_.bind(4, text::cut_utf8(headers.subject, kStoredBytesMax));
  row_.bind(5, text::cut_utf8(headers.from, kStoredBytesMax));
  row_.bind(6, text::cut_utf8(headers.to, kStoredBytesMax));
  row_.bind(7, text::cut_utf8(headers.message_id, kStoredBytesMax));
  row_.bind(8, thread);
  row_.bind(9, std::int64_t{entry.has_file});
  row_.bind(10, entry.sameness);
  RESTANTE_CHECKED(row_.run());
  return same_.note(one.account, entry.sameness);
}

/// Of a file that was found without a row. Written for all, it would move each one's place in the
/// index of sizes, which lies all over the file.
Status IndexWriter::write_size(const Pending& one, const Path& file) {
  if (one.size != 0) return ok();
  size_.bind(1, one.id);
  size_.bind(2, size_of(one, file));
  return size_.run();
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
