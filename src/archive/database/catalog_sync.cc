// Brings the rows of one account to what its Maildir says.
#include <algorithm>
#include <unordered_map>
#include <utility>

#include "archive/database/catalog.h"
#include "archive/mailbox/stored_message.h"

namespace restante::archive {
namespace {

std::string stored_name(const Place& place) {
  return (place.folder == Folder::kNew ? "new/" : "cur/") + place.name;
}

struct Row {
  std::int64_t id = 0;
  std::string name;
  std::string flags;
  Absence absence = Absence::kNone;
  bool foreign = false;
  bool seen = false;
};

/// One message of the Maildir, ours or foreign.
struct Found {
  std::string_view sha256;
  const Place* place = nullptr;
  std::uint64_t size = 0;
  std::int64_t arrived = 0;
  bool foreign = false;
};

class Synchronizing {
 public:
  Synchronizing(Database& database, Mailbox& mailbox) : database_(database), mailbox_(mailbox) {}

  Result<Changes> run() {
    RESTANTE_CHECKED(read_rows());
    RESTANTE_CHECKED(prepare());
    RESTANTE_CHECKED(take_all());
    // Files are moved between the two folders while they are read.
    // A folder that is changed while it is read may fail to show a file that is there, and a
    // message that is gone is told to its owner: what is missing is looked for twice.
    if (std::any_of(rows_.begin(), rows_.end(), is_missing)) {
      RESTANTE_CHECKED(mailbox_.reload());
      RESTANTE_CHECKED(take_all());
    }
    for (const auto& row : rows_) {
      if (!is_missing(row)) continue;
      remove_.bind(1, row.second.id);
      RESTANTE_CHECKED(remove_.run());
      ++changes_.removed;
    }
    return changes_;
  }

 private:
  static bool is_missing(const std::pair<const std::string, Row>& row) {
    return !row.second.seen && row.second.absence == Absence::kNone;
  }

  Status take_all() {
    Status done = ok();
    // A callback cannot stop the walk: after a failure the rest is passed over.
    mailbox_.for_each([&](std::string_view sha256, const Place& place) {
      if (done) done = take_ours(sha256, place);
    });
    RESTANTE_CHECKED(std::move(done));
    for (const Place& place : mailbox_.foreign()) RESTANTE_CHECKED(take_foreign(place));
    return ok();
  }

  Status read_rows() {
    RESTANTE_TRY(Statement query,
                 database_.prepare("SELECT sha256, id, name, flags, removed, foreign_file "
                                   "FROM messages WHERE account = ?1"));
    query.bind(1, mailbox_.account());
    for (;;) {
      RESTANTE_TRY(const bool more, query.step());
      if (!more) return ok();
      Row row{query.number(1),
              std::string(query.text(2)),
              std::string(query.text(3)),
              static_cast<Absence>(query.number(4)),
              query.number(5) != 0,
              false};
      // Foreign files are known by their names, since reading each at every look would take
      // minutes.
      if (row.foreign) foreign_rows_[row.name] = query.text(0);
      rows_.emplace(query.text(0), std::move(row));
    }
  }

  Status prepare() {
    RESTANTE_CHECKED(
        database_.prepare("UPDATE messages SET name = ?2, flags = ?3, "
                          "removed = 0, foreign_file = ?4 WHERE id = ?1",
                          update_));
    RESTANTE_CHECKED(
        database_.prepare("INSERT INTO messages (account, sha256, name, flags, size, arrived, "
                          "date, foreign_file) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7)",
                          insert_));
    return database_.prepare("UPDATE messages SET removed = 2 WHERE id = ?1", remove_);
  }

  Status take_ours(std::string_view sha256, const Place& place) {
    return take(Found{sha256, &place, 0, place.seconds, false});
  }

  /// Read, unless a row says that it was: a Maildir's files do not change.
  Status take_foreign(const Place& place) {
    if (const auto known = foreign_rows_.find(stored_name(place)); known != foreign_rows_.end())
      return take(Found{known->second, &place, 0, 0, true});
    const Path path = mailbox_.path_of(place);
    const auto stamp = stamp_of(path);
    if (!stamp || !stamp->is_regular) return ok();
    const auto sums = sums_of(path);
    if (!sums) return ok();  // Gone, or not ours to read: no message of this archive.
    const LineForm form = sums->likely_form();
    return take(Found{sums->sum_in(form), &place, sums->octets_in(form),
                      stamp->modified_ns / 1'000'000'000, true});
  }

  Status take(const Found& found) {
    const std::string name = stored_name(*found.place);
    const auto [first, last] = rows_.equal_range(std::string(found.sha256));
    if (first == last) return add(found, name);
    // One file stands for all copies that are there. When none is, it has come back: for all that
    // are gone; for the newest, when all were given up.
    for (const Absence absence : {Absence::kNone, Absence::kGone}) {
      bool any = false;
      for (auto row = first; row != last; ++row) {
        if (row->second.absence != absence) continue;
        any = true;
        RESTANTE_CHECKED(bring_up(row->second, found, name));
      }
      if (any) return ok();
    }
    const auto by_id = [](const auto& one, const auto& other) {
      return one.second.id < other.second.id;
    };
    return bring_up(std::max_element(first, last, by_id)->second, found, name);
  }

  Status bring_up(Row& row, const Found& found, const std::string& name) {
    // The same content under a name of ours and a foreign one: ours counts.
    // One file is enough, and which of two it is must not change from look to look.
    if (row.seen) return ok();
    row.seen = true;
    const bool same = row.name == name && row.flags == found.place->flags &&
                      row.absence == Absence::kNone && row.foreign == found.foreign;
    if (same) return ok();
    update_.bind(1, row.id);
    update_.bind(2, name);
    update_.bind(3, found.place->flags);
    update_.bind(4, std::int64_t{found.foreign});
    ++changes_.changed;
    return update_.run();
  }

  Status add(const Found& found, const std::string& name) {
    insert_.bind(1, mailbox_.account());
    insert_.bind(2, found.sha256);
    insert_.bind(3, name);
    insert_.bind(4, found.place->flags);
    insert_.bind(5, static_cast<std::int64_t>(found.size));
    insert_.bind(6, found.arrived);
    insert_.bind(7, std::int64_t{found.foreign});
    RESTANTE_CHECKED(insert_.run());
    ++changes_.added;
    Row row;
    row.id = database_.last_row();
    row.name = name;
    row.seen = true;
    rows_.emplace(found.sha256, std::move(row));
    return ok();
  }

  Database& database_;
  Mailbox& mailbox_;
  std::unordered_multimap<std::string, Row> rows_;             // By sha256: its copies.
  std::unordered_map<std::string, std::string> foreign_rows_;  // Name to sha256.
  Statement update_;
  Statement insert_;
  Statement remove_;
  Changes changes_;
};

std::string stamp_name(std::string_view account) { return "maildir " + std::string(account); }

std::string stamp_text(std::int64_t new_ns, std::int64_t cur_ns) {
  return std::to_string(new_ns) + " " + std::to_string(cur_ns);
}

/// Whether the account's rows are what its folders were when they changed last.
Result<bool> is_current(Database& database, const Path& folder, std::string_view account) {
  // A folder that is missing is no state to believe in: it is looked at.
  const auto new_stamp = stamp_of(folder / "new");
  const auto cur_stamp = stamp_of(folder / "cur");
  if (!new_stamp || !cur_stamp) return false;
  RESTANTE_TRY(Statement find, database.prepare("SELECT value FROM meta WHERE name = ?1"));
  find.bind(1, stamp_name(account));
  RESTANTE_TRY(const bool known, find.step());
  return known && find.text(0) == stamp_text(new_stamp->modified_ns, cur_stamp->modified_ns);
}

/// Both folders' times, as one text; empty: they changed too lately to tell.
std::string stamp_text(const Mailbox& mailbox) {
  const auto changed = mailbox.settled_stamps();
  return changed ? stamp_text(changed->first, changed->second) : "";
}

}  // namespace

Result<Changes> synchronize(Database& database, Mailbox& mailbox) {
  RESTANTE_CHECKED(mailbox.refresh());
  RESTANTE_TRY(const bool current, is_current(database, mailbox.folder(), mailbox.account()));
  if (current) return Changes{};
  RESTANTE_TRY(const auto transaction, database.begin());
  // Looked at again inside: a message's file has its name before its row is committed, so no row
  // that is seen here lacks its file here.
  RESTANTE_CHECKED(mailbox.refresh());
  // Before the rows are made: a change during that has another time, and is seen at the next look.
  const std::string stamp = stamp_text(mailbox);
  RESTANTE_TRY(const Changes changes, Synchronizing(database, mailbox).run());
  RESTANTE_TRY(Statement note, database.prepare("INSERT INTO meta (name, value) VALUES (?1, ?2) "
                                                "ON CONFLICT (name) DO UPDATE SET value = ?2"));
  note.bind(1, stamp_name(mailbox.account()));
  note.bind(2, stamp);
  RESTANTE_CHECKED(note.run());
  RESTANTE_CHECKED(transaction->commit());
  return changes;
}

Result<bool> is_up_to_date(Database& database, const Path& archive) {
  RESTANTE_TRY(const auto accounts, accounts_in(archive));
  for (const std::string& account : accounts) {
    RESTANTE_TRY(const bool current,
                 is_current(database, archive / account_folder(account), account));
    if (!current) return false;
  }
  RESTANTE_TRY(Statement any, database.prepare("SELECT 1 FROM messages WHERE indexed = 0 AND "
                                               "removed = 0 LIMIT 1"));
  RESTANTE_TRY(const bool pending, any.step());
  return !pending;
}

Result<Changes> synchronize_all(Database& database, const Path& archive, const Clock& clock) {
  Changes all;
  RESTANTE_TRY(const auto accounts, accounts_in(archive));
  for (const std::string& account : accounts) {
    RESTANTE_TRY(const bool current,
                 is_current(database, archive / account_folder(account), account));
    if (current) continue;
    RESTANTE_TRY(Mailbox mailbox, Mailbox::open(archive, account, Create::kNo, clock));
    RESTANTE_TRY(const Changes changes, synchronize(database, mailbox));
    all.added += changes.added;
    all.changed += changes.changed;
    all.removed += changes.removed;
  }
  return all;
}

}  // namespace restante::archive
