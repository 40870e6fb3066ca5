#include "archive/database/schema.h"

#include <array>

namespace restante::archive {
namespace {

// Marks the file as ours ("Rsta"), for file(1) and against opening another program's database.
constexpr std::int64_t kApplicationId = 0x52737461;

// Times are unix seconds, UTC. sha256 is hexadecimal, of the octets as received.
//
// messages: a row for each content of each account. `name` is the file's at the last look, with
//   "cur/" or "new/" before it; `foreign_file` 1: put there by another program. `indexed`: 0 not
//   yet, 1 done, 2 as far as it could be read, 3 given up (it ended the program twice).
//   Rows are never reused (AUTOINCREMENT), because the search index keeps no text that would tell.
// uids: what an account's server has shown, for ever; written by src/fetch, in the transaction of
//   the message's row.
// hand_on: what goes, or went, to which other place; written by src/fetch in the same transaction.
// search: rowid is messages.id. Without content: a third of the size; snippets come from the file.
//   Each word of a message outside the first column costs two more bytes: hence body comes first.
// What a query asks of messages has an index of its own, so that none reads the rows; partial ones
//   hold little. Dates are alone in theirs, so that a walk by date needs no sorting.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  name TEXT NOT NULL,
  foreign_file INTEGER NOT NULL DEFAULT 0,
  flags TEXT NOT NULL DEFAULT '',
  size INTEGER NOT NULL,
  arrived INTEGER NOT NULL,
  date INTEGER NOT NULL,
  removed INTEGER NOT NULL DEFAULT 0,
  indexed INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  has_attachment INTEGER NOT NULL DEFAULT 0,
  thread INTEGER,
  subject TEXT NOT NULL DEFAULT '',
  from_ TEXT NOT NULL DEFAULT '',
  to_ TEXT NOT NULL DEFAULT '',
  message_id TEXT NOT NULL DEFAULT '',
  in_reply_to TEXT NOT NULL DEFAULT '',
  UNIQUE (sha256, account)
) STRICT;
CREATE INDEX messages_overview ON messages (date, removed, flags, size, has_attachment, account);
CREATE INDEX messages_to_index ON messages (indexed, attempts) WHERE indexed = 0;
CREATE INDEX messages_removed ON messages (removed) WHERE removed = 1;
CREATE INDEX messages_broken ON messages (indexed) WHERE indexed IN (2, 3);
CREATE INDEX messages_by_thread ON messages (thread) WHERE thread IS NOT NULL;
CREATE TABLE uids (
  account TEXT NOT NULL,
  uid TEXT NOT NULL,
  sha256 TEXT,
  size INTEGER NOT NULL DEFAULT 0,
  first_seen INTEGER NOT NULL,
  state INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  retry_after INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (account, uid)
) STRICT, WITHOUT ROWID;
CREATE TABLE hand_on (
  account TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  destination TEXT NOT NULL,
  state INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  retry_after INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (account, sha256, destination)
) STRICT, WITHOUT ROWID;
CREATE INDEX hand_on_waiting ON hand_on (account, destination, retry_after) WHERE state = 0;
CREATE TABLE attachments (
  message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  size INTEGER NOT NULL,
  PRIMARY KEY (message, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE thread_ids (
  id_hash INTEGER PRIMARY KEY,
  thread INTEGER NOT NULL
) STRICT;
CREATE INDEX thread_ids_by_thread ON thread_ids (thread);
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE search USING fts5 (
  subject, from_, to_, cc, body, attachment,
  content = '', tokenize = "unicode61 remove_diacritics 2"
);
PRAGMA application_id = 1383298145;
PRAGMA user_version = 1;
)sql";
// held: what is in the quarantine's folder, and no message of the archive: `state` 1 waits for the
//   virus scan, 2 is infected, by `found`. The verdict is only here; without it a message waits.
constexpr const char* kVersion2 = R"sql(
CREATE TABLE held (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  size INTEGER NOT NULL,
  arrived INTEGER NOT NULL,
  state INTEGER NOT NULL DEFAULT 1,
  found TEXT NOT NULL DEFAULT '',
  attempts INTEGER NOT NULL DEFAULT 0,
  retry_after INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '',
  UNIQUE (account, sha256)
) STRICT;
PRAGMA user_version = 2;
)sql";
static_assert(kApplicationId == 1383298145);

// The index is made anew at the next look, from the files; numbers, threads and state stay.
constexpr const char* kVersion3 = R"sql(
DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5 (
  body, subject, from_, to_, cc, attachment,
  content = '', tokenize = "unicode61 remove_diacritics 2"
);
UPDATE messages SET indexed = 0, attempts = 0 WHERE indexed IN (1, 2) AND removed = 0;
DROP INDEX messages_overview;
ALTER TABLE messages DROP COLUMN in_reply_to;
CREATE INDEX messages_by_date ON messages (date);
CREATE INDEX messages_by_size ON messages (size);
CREATE INDEX messages_by_account ON messages (account);
CREATE INDEX messages_unread ON messages (flags) WHERE instr(flags, 'S') = 0;
CREATE INDEX messages_marked ON messages (flags) WHERE flags NOT IN ('', 'S');
CREATE INDEX messages_with_attachment ON messages (has_attachment) WHERE has_attachment = 1;
PRAGMA user_version = 3;
)sql";

// What the receiving of messages remembers of a server.
// habits: what a server does wrong, by number (src/fetch/plan/habits.h), believed until then.
constexpr const char* kVersion4 = R"sql(
CREATE TABLE habits (
  account TEXT NOT NULL,
  server TEXT NOT NULL,
  habit INTEGER NOT NULL,
  reason TEXT NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (account, server, habit)
) STRICT, WITHOUT ROWID;
PRAGMA user_version = 4;
)sql";

// messages: `copy` counts the messages of an account that have the same octets and the same file;
//   `passing` 1: it came while mail of the account only passed through, and may leave the archive.
//   The table is made anew, since no constraint can be changed; its rows keep their numbers.
// uids: `copy` as above; `essence` is archive/mailbox/essence.h's; `seen_days` counts the days on
// which the
//   message was seen on the server, 2 at most, `seen_day` is the last one (days since 1970).
constexpr const char* kVersion5 = R"sql(
CREATE TABLE messages_5 (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  copy INTEGER NOT NULL DEFAULT 1 CHECK (copy > 0),
  name TEXT NOT NULL,
  foreign_file INTEGER NOT NULL DEFAULT 0,
  flags TEXT NOT NULL DEFAULT '',
  size INTEGER NOT NULL,
  arrived INTEGER NOT NULL,
  date INTEGER NOT NULL,
  removed INTEGER NOT NULL DEFAULT 0,
  passing INTEGER NOT NULL DEFAULT 0,
  indexed INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  has_attachment INTEGER NOT NULL DEFAULT 0,
  thread INTEGER,
  subject TEXT NOT NULL DEFAULT '',
  from_ TEXT NOT NULL DEFAULT '',
  to_ TEXT NOT NULL DEFAULT '',
  message_id TEXT NOT NULL DEFAULT '',
  UNIQUE (sha256, account, copy)
) STRICT;
INSERT INTO messages_5 (id, account, sha256, name, foreign_file, flags, size, arrived, date,
  removed, indexed, attempts, has_attachment, thread, subject, from_, to_, message_id)
  SELECT id, account, sha256, name, foreign_file, flags, size, arrived, date, removed,
  indexed, attempts, has_attachment, thread, subject, from_, to_, message_id FROM messages;
DELETE FROM sqlite_sequence WHERE name = 'messages_5';
INSERT INTO sqlite_sequence (name, seq)
  SELECT 'messages_5', seq FROM sqlite_sequence WHERE name = 'messages';
CREATE TABLE attachments_5 AS SELECT message, number, name, type, size FROM attachments;
DROP TABLE attachments;
DROP TABLE messages;
ALTER TABLE messages_5 RENAME TO messages;
CREATE TABLE attachments (
  message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  size INTEGER NOT NULL,
  PRIMARY KEY (message, number)
) STRICT, WITHOUT ROWID;
INSERT INTO attachments SELECT message, number, name, type, size FROM attachments_5;
DROP TABLE attachments_5;
CREATE INDEX messages_to_index ON messages (indexed, attempts) WHERE indexed = 0;
CREATE INDEX messages_removed ON messages (removed) WHERE removed = 1;
CREATE INDEX messages_broken ON messages (indexed) WHERE indexed IN (2, 3);
CREATE INDEX messages_by_thread ON messages (thread) WHERE thread IS NOT NULL;
CREATE INDEX messages_by_date ON messages (date);
CREATE INDEX messages_by_size ON messages (size);
CREATE INDEX messages_by_account ON messages (account);
CREATE INDEX messages_unread ON messages (flags) WHERE instr(flags, 'S') = 0;
CREATE INDEX messages_marked ON messages (flags) WHERE flags NOT IN ('', 'S');
CREATE INDEX messages_with_attachment ON messages (has_attachment) WHERE has_attachment = 1;
CREATE INDEX messages_passing ON messages (account) WHERE passing = 1 AND removed = 0;
ALTER TABLE uids ADD COLUMN copy INTEGER NOT NULL DEFAULT 1;
ALTER TABLE uids ADD COLUMN essence TEXT NOT NULL DEFAULT '';
ALTER TABLE uids ADD COLUMN seen_day INTEGER NOT NULL DEFAULT 0;
ALTER TABLE uids ADD COLUMN seen_days INTEGER NOT NULL DEFAULT 0;
PRAGMA user_version = 5;
)sql";

// hand_on: `id` is the order of arrival; `copy` tells messages of the same octets apart; `failed`
//   is when the message was refused or not answered for the first time. `state`: 0 waits, 1 done,
//   2 given up, 3 dropped by its owner.
// hand_on_targets: how each target did; `failed` and `reason` are of its last failure.
constexpr const char* kVersion6 = R"sql(
ALTER TABLE hand_on RENAME TO hand_on_before;
DROP INDEX hand_on_waiting;
CREATE TABLE hand_on (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  copy INTEGER NOT NULL DEFAULT 1,
  destination TEXT NOT NULL,
  state INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  retry_after INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '',
  UNIQUE (account, sha256, copy, destination)
) STRICT;
INSERT INTO hand_on (account, sha256, destination, state, attempts, retry_after, reason)
  SELECT h.account, h.sha256, h.destination, h.state, h.attempts, h.retry_after, h.reason
  FROM hand_on_before AS h
  LEFT JOIN messages AS m ON m.sha256 = h.sha256 AND m.account = h.account
  ORDER BY m.id, h.destination;
DROP TABLE hand_on_before;
CREATE INDEX hand_on_waiting ON hand_on (account, destination, id) WHERE state IN (0, 2);
CREATE TABLE hand_on_targets (
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  succeeded INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;
PRAGMA user_version = 6;
)sql";

// imported: the marks by which a message that came from elsewhere is recognised on the account's
//   server, though another program has added header lines to it: written by the import, and gone
//   after the first look at the server. `body_octets` with every line ending in CRLF.
constexpr const char* kVersion7 = R"sql(
CREATE TABLE imported (
  account TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  message_id TEXT NOT NULL,
  date TEXT NOT NULL,
  body_octets INTEGER NOT NULL,
  body_lines INTEGER NOT NULL,
  PRIMARY KEY (account, sha256)
) STRICT, WITHOUT ROWID;
PRAGMA user_version = 7;
)sql";

// runs: what the accounts' last runs came to; `target` is empty for the account's own server, else
//   hand_on's destination. 0: never, or not known. `tries`: hand_on.attempts of all that waits.
constexpr const char* kVersion8 = R"sql(
CREATE TABLE runs (
  account TEXT NOT NULL,
  target TEXT NOT NULL,
  attempted INTEGER NOT NULL DEFAULT 0,
  succeeded INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  failing_since INTEGER NOT NULL DEFAULT 0,
  told INTEGER NOT NULL DEFAULT 0,
  next_look INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '',
  waiting INTEGER NOT NULL DEFAULT 0,
  tries INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (account, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX messages_by_arrival ON messages (arrived);
PRAGMA user_version = 8;
)sql";

// imported: in the order of arrival, since keys that are checksums would touch a page for each row;
//   one that is imported twice is there twice until the import's end.
constexpr const char* kVersion9 = R"sql(
ALTER TABLE imported RENAME TO imported_before;
CREATE TABLE imported (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  message_id TEXT NOT NULL,
  date TEXT NOT NULL,
  body_octets INTEGER NOT NULL,
  body_lines INTEGER NOT NULL
) STRICT;
INSERT INTO imported (account, sha256, message_id, date, body_octets, body_lines)
  SELECT account, sha256, message_id, date, body_octets, body_lines FROM imported_before;
DROP TABLE imported_before;
CREATE INDEX imported_by_account ON imported (account);
PRAGMA user_version = 9;
)sql";

// The index is made anew at the next look, with words as text/words.h has them; it goes on where it
// was stopped. `body` holds the words of header fields and `attachment` those of file names, too,
// with the field's name before each: no column of their own, which would cost two bytes a word.
// messages: `sameness` is sameness_of(); `shared` 1: several accounts have one with the same.
constexpr const char* kVersion10 = R"sql(
DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5 (
  body, subject, from_, to_, cc, attachment,
  content = '', tokenize = "restante"
);
ALTER TABLE messages ADD COLUMN sameness INTEGER;
ALTER TABLE messages ADD COLUMN shared INTEGER NOT NULL DEFAULT 0;
CREATE INDEX messages_by_sameness ON messages (sameness, id) WHERE sameness IS NOT NULL;
CREATE INDEX messages_shared ON messages (sameness, id, account) WHERE shared = 1;
UPDATE messages SET indexed = 0, attempts = 0 WHERE indexed <> 0;
PRAGMA user_version = 10;
)sql";

// messages.removed is an Absence (absence.h); version 12 says what becomes of the older ones.
constexpr const char* kVersion11 = R"sql(
DROP INDEX messages_removed;
CREATE INDEX messages_removed ON messages (removed) WHERE removed > 0;
PRAGMA user_version = 11;
)sql";

// The index is made anew at the next look: until now a word's beginning could be that of a field's
// name, and a sender could write what passes for a field. Removed messages have no files, and get
// their words when they are back.
// messages.removed: in version 10 1 was all there was, of what was deleted here and of what had
//   vanished, too, and version 11 took it over: none of it is deleted on a server any more. Mail
//   that passed through was removed by this program alone.
// messages.attempts: counted runs that were ended, too, which was no fault of a message.
constexpr const char* kVersion12 = R"sql(
UPDATE messages SET removed = 3 WHERE removed = 1 AND passing = 0;
INSERT INTO search (search) VALUES ('delete-all');
DROP INDEX messages_to_index;
UPDATE messages SET indexed = 0, attempts = 0 WHERE indexed <> 0 OR attempts > 0;
CREATE INDEX messages_to_index ON messages (indexed, attempts) WHERE indexed = 0 AND removed = 0;
PRAGMA user_version = 12;
)sql";

// Each brings a database from the version before it to its own, the first from an empty file.
constexpr std::array kSteps = {kVersion1, kVersion2, kVersion3, kVersion4,  kVersion5,  kVersion6,
                               kVersion7, kVersion8, kVersion9, kVersion10, kVersion11, kVersion12};

/// One statement, so that what it sees is one state even while another process makes the tables.
constexpr std::string_view kStateQuery =
    "SELECT user_version, application_id, (SELECT count(*) FROM sqlite_schema) "
    "FROM pragma_user_version, pragma_application_id";

/// The version of its tables; 0: it has none yet.
Result<std::size_t> version_of(Database& database, const std::filesystem::path& file) {
  RESTANTE_TRY(Statement query, database.prepare(kStateQuery));
  RESTANTE_CHECKED(query.step());
  const std::int64_t version = query.number(0);
  const std::int64_t application = query.number(1);
  // An empty file, as a crash between making and filling it leaves it, counts as a new one.
  const bool fresh = version == 0 && application == 0 && query.number(2) == 0;
  if (fresh) return 0;
  // Damaged or another program's: nothing of ours may be written into it.
  if (application != kApplicationId)
    return Error(Errc::kCorrupt, file.string() + ": not an archive's database");
  if (version < 1 || version > static_cast<std::int64_t>(kSteps.size()))
    return Error(Errc::kCorrupt, file.string() + ": made by a newer version of this program");
  return static_cast<std::size_t>(version);
}

}  // namespace

std::span<const char* const> schema_steps() { return kSteps; }

Status bring_up_to_date(Database& database, const std::filesystem::path& file, Access access) {
  RESTANTE_TRY(const std::size_t seen, version_of(database, file));
  if (seen == kSteps.size()) return ok();
  if (access == Access::kRead)
    return Error(Errc::kState, file.string() +
                                   ": made by an older version; a command that writes, "
                                   "such as \"restante reindex\", brings it up to date");
  RESTANTE_TRY(const auto transaction, database.begin());
  // Asked inside: another process may have done it while we waited for the lock.
  RESTANTE_TRY(const std::size_t version, version_of(database, file));
  // All in one transaction: a crash leaves the version before, whole.
  for (std::size_t step = version; step < kSteps.size(); ++step)
    RESTANTE_CHECKED(database.run(kSteps[step]));
  return transaction->commit();
}

}  // namespace restante::archive
