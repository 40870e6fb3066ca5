#include "accounts/sqlite/schema.h"

#include <fcntl.h>

#include "accounts/sqlite/copy.h"
#include "accounts/sqlite/spellings.h"
#include "files/errors.h"
#include "files/file.h"
#include "files/new_file.h"

namespace restante::accounts::sqlite {
namespace {

// Marks the file as ours ("Rstn"), for file(1) and against opening another program's database.
constexpr std::int64_t kApplicationId = 0x5273746E;

// Times are milliseconds since 1970, UTC. `domain` repeats the end of the name, for has_domain().
constexpr const char* kVersion1 = R"sql(
CREATE TABLE account (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  domain TEXT NOT NULL,
  secret TEXT NOT NULL,
  enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  created INTEGER NOT NULL,
  secret_changed INTEGER NOT NULL
) STRICT;
CREATE INDEX account_by_domain ON account (domain);
CREATE TABLE alias (
  id INTEGER PRIMARY KEY,
  address TEXT NOT NULL UNIQUE,
  domain TEXT NOT NULL,
  created INTEGER NOT NULL
) STRICT;
CREATE INDEX alias_by_domain ON alias (domain);
CREATE TABLE alias_target (
  alias_id INTEGER NOT NULL REFERENCES alias (id) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  target TEXT NOT NULL,
  PRIMARY KEY (alias_id, place),
  UNIQUE (alias_id, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX alias_target_by_target ON alias_target (target);
PRAGMA application_id = 1383298158;
PRAGMA user_version = 1;
)sql";
static_assert(kApplicationId == 1383298158);

// What an account may keep; NULL: the configuration's default, 0: no limit, or never deleted.
// retention_from is accounts::RetentionFrom.
constexpr const char* kVersion2 = R"sql(
ALTER TABLE account ADD COLUMN quota_octets INTEGER CHECK (quota_octets >= 0);
ALTER TABLE account ADD COLUMN quota_messages INTEGER CHECK (quota_messages >= 0);
ALTER TABLE account ADD COLUMN retention_days INTEGER CHECK (retention_days >= 0);
ALTER TABLE account ADD COLUMN retention_from INTEGER CHECK (retention_from IN (0, 1));
PRAGMA user_version = 2;
)sql";

// Passwords for single devices. `tag` is accounts::DeviceTag in hexadecimal; last_used is NULL
// until the first login, and then kept to the hour.
constexpr const char* kVersion3 = R"sql(
CREATE TABLE device (
  account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  label TEXT NOT NULL,
  tag TEXT NOT NULL CHECK (length(tag) = 64),
  created INTEGER NOT NULL,
  last_used INTEGER,
  PRIMARY KEY (account_id, label)
) STRICT, WITHOUT ROWID;
PRAGMA user_version = 3;
)sql";

// The key that a name and its domain are compared by (spellings.h), where the key is another text.
// Few rows have one, and only they are in the indexes.
constexpr const char* kSpellings = R"sql(
ALTER TABLE account ADD COLUMN name_key TEXT;
ALTER TABLE account ADD COLUMN domain_key TEXT;
ALTER TABLE alias ADD COLUMN name_key TEXT;
ALTER TABLE alias ADD COLUMN domain_key TEXT;
CREATE INDEX account_by_name_key ON account (name_key) WHERE name_key IS NOT NULL;
CREATE INDEX account_by_domain_key ON account (domain_key) WHERE domain_key IS NOT NULL;
CREATE INDEX alias_by_name_key ON alias (name_key) WHERE name_key IS NOT NULL;
CREATE INDEX alias_by_domain_key ON alias (domain_key) WHERE domain_key IS NOT NULL;
PRAGMA user_version = 4;
)sql";

// Who may log in, and from where. `no_login`: mail is taken, but logins fail. `networks` is
// accounts::Networks as text; NULL: from everywhere.
constexpr const char* kAccess = R"sql(
ALTER TABLE account ADD COLUMN no_login INTEGER NOT NULL DEFAULT 0 CHECK (no_login IN (0, 1));
ALTER TABLE account ADD COLUMN networks TEXT;
PRAGMA user_version = 5;
)sql";

// What an account gets of a mail to several of its addresses: accounts::SeveralAddresses; NULL: the
// configuration's default.
constexpr const char* kSeveral = R"sql(
ALTER TABLE account ADD COLUMN several_addresses INTEGER CHECK (several_addresses IN (0, 1));
PRAGMA user_version = 6;
)sql";

// The name that the account had at first, by which its maildrop lies on the disk and the hashes of
// its devices were made; NULL: it has it still.
constexpr const char* kRenamed = R"sql(
ALTER TABLE account ADD COLUMN maildrop TEXT;
CREATE UNIQUE INDEX account_by_maildrop ON account (maildrop) WHERE maildrop IS NOT NULL;
PRAGMA user_version = 7;
)sql";

// The settings of accounts of every back end: by Account::name, which is no row of `account` where
// another back end has the account. NULL: as that back end says, or as the configuration's default
// is. The settings of an account of this database are removed with it.
constexpr const char* kSettings = R"sql(
CREATE TABLE settings (
  account TEXT PRIMARY KEY,
  enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  no_login INTEGER NOT NULL DEFAULT 0 CHECK (no_login IN (0, 1)),
  networks TEXT,
  quota_octets INTEGER CHECK (quota_octets >= 0),
  quota_messages INTEGER CHECK (quota_messages >= 0),
  retention_days INTEGER CHECK (retention_days >= 0),
  retention_from INTEGER CHECK (retention_from IN (0, 1)),
  several_addresses INTEGER CHECK (several_addresses IN (0, 1)),
  route_pop3 TEXT,
  route_lmtp TEXT CHECK (route_lmtp IS NULL OR route_pop3 IS NOT NULL)
) STRICT, WITHOUT ROWID;
INSERT INTO settings (account, enabled, no_login, networks, quota_octets, quota_messages,
                      retention_days, retention_from, several_addresses)
  SELECT ifnull(maildrop, name), enabled, no_login, networks, quota_octets, quota_messages,
         retention_days, retention_from, several_addresses FROM account
  WHERE enabled = 0 OR no_login = 1 OR networks IS NOT NULL OR quota_octets IS NOT NULL
     OR quota_messages IS NOT NULL OR retention_days IS NOT NULL OR retention_from IS NOT NULL
     OR several_addresses IS NOT NULL;
CREATE TABLE device_by_name (
  account TEXT NOT NULL,
  label TEXT NOT NULL,
  tag TEXT NOT NULL CHECK (length(tag) = 64),
  created INTEGER NOT NULL,
  last_used INTEGER,
  PRIMARY KEY (account, label)
) STRICT, WITHOUT ROWID;
INSERT INTO device_by_name
  SELECT ifnull(maildrop, name), label, tag, device.created, last_used
  FROM device JOIN account ON account_id = id;
DROP TABLE device;
ALTER TABLE device_by_name RENAME TO device;
ALTER TABLE account DROP COLUMN enabled;
ALTER TABLE account DROP COLUMN no_login;
ALTER TABLE account DROP COLUMN networks;
ALTER TABLE account DROP COLUMN quota_octets;
ALTER TABLE account DROP COLUMN quota_messages;
ALTER TABLE account DROP COLUMN retention_days;
ALTER TABLE account DROP COLUMN retention_from;
ALTER TABLE account DROP COLUMN several_addresses;
CREATE TRIGGER account_gone AFTER DELETE ON account BEGIN
  DELETE FROM settings WHERE account = ifnull(old.maildrop, old.name);
  DELETE FROM device WHERE account = ifnull(old.maildrop, old.name);
END;
PRAGMA user_version = 8;
)sql";

// Names that accounts had which are gone: no login makes them again (former_names.h). A hash of
// each, since some were purged.
constexpr const char* kFormerNames = R"sql(
CREATE TABLE former_name (
  tag TEXT PRIMARY KEY CHECK (length(tag) = 64)
) STRICT, WITHOUT ROWID;
PRAGMA user_version = 9;
)sql";

// Whose password opens the status page.
constexpr const char* kOperators = R"sql(
ALTER TABLE settings ADD COLUMN is_operator INTEGER NOT NULL DEFAULT 0
  CHECK (is_operator IN (0, 1));
PRAGMA user_version = 10;
)sql";

// accounts::Copy: where else an account's mail goes. By Account::name, as the settings.
constexpr const char* kCopies = R"sql(
CREATE TABLE copy (
  account TEXT NOT NULL,
  label TEXT NOT NULL,
  target TEXT NOT NULL,
  recipient TEXT NOT NULL,
  instead INTEGER NOT NULL CHECK (instead IN (0, 1)),
  paused INTEGER NOT NULL CHECK (paused IN (0, 1)),
  keep_ids INTEGER NOT NULL CHECK (keep_ids IN (0, 1)),
  created INTEGER NOT NULL,
  PRIMARY KEY (account, label)
) STRICT, WITHOUT ROWID;
DROP TRIGGER account_gone;
CREATE TRIGGER account_gone AFTER DELETE ON account BEGIN
  DELETE FROM settings WHERE account = ifnull(old.maildrop, old.name);
  DELETE FROM device WHERE account = ifnull(old.maildrop, old.name);
  DELETE FROM copy WHERE account = ifnull(old.maildrop, old.name);
END;
PRAGMA user_version = 11;
)sql";

/// Brings a database from the version before it to its own, the first from an empty file.
struct Step {
  const char* sql;
  Status (*fill)(Database&) = nullptr;  ///< What SQL cannot say, afterwards.
};
constexpr std::array<Step, kSchemaVersion> kSteps = {
    Step{kVersion1},    Step{kVersion2},  Step{kVersion3}, Step{kSpellings, fill_keys},
    Step{kAccess},      Step{kSeveral},   Step{kRenamed},  Step{kSettings},
    Step{kFormerNames}, Step{kOperators}, Step{kCopies}};

/// One statement, so that it sees one state even while another process makes the tables.
constexpr std::string_view kStateQuery =
    "SELECT user_version, application_id, (SELECT count(*) FROM sqlite_schema) "
    "FROM pragma_user_version, pragma_application_id";

/// The version of its tables; 0: it has none yet. Errors: kCorrupt (not ours, or newer).
Result<std::size_t> version_of(Database& database, const std::filesystem::path& path) {
  RESTANTE_TRY(Statement query, database.prepare(kStateQuery));
  RESTANTE_CHECKED(query.step());
  const std::int64_t version = query.number(0);
  const std::int64_t application = query.number(1);
  const std::int64_t tables = query.number(2);
  const bool fresh = version == 0 && application == 0 && tables == 0;
  if (fresh) return 0;
  if (application != kApplicationId)
    return Error(Errc::kCorrupt, path.string() + ": not a database of accounts");
  if (version < 1 || version > kSchemaVersion)
    return Error(Errc::kCorrupt, path.string() + ": made by a newer version of this program");
  return static_cast<std::size_t>(version);
}

Status migrate(Database& database, const std::filesystem::path& path) {
  RESTANTE_TRY(const auto transaction, database.begin());
  // Asked inside: another process may have done it while we waited for the lock.
  RESTANTE_TRY(const std::size_t version, version_of(database, path));
  for (std::size_t step = version; step < kSteps.size(); ++step) {
    RESTANTE_CHECKED(database.run(kSteps[step].sql));
    if (kSteps[step].fill != nullptr) RESTANTE_CHECKED(kSteps[step].fill(database));
  }
  return transaction->commit();
}

/// Complete before it has its name: SQLite cannot make several openers of an empty file wait for
/// each other while one turns on WAL (it says SQLITE_BUSY at once).
Status make_database(const std::filesystem::path& path, std::chrono::milliseconds patience) {
  RESTANTE_TRY(files::NewFile file, files::as_io(files::NewFile::make(path)));
  {
    RESTANTE_TRY(Database database, Database::open(file.place(), {.patience = patience}));
    RESTANTE_CHECKED(migrate(database, file.place()));
    // Closed here, which moves everything from the WAL into the file and removes the WAL.
  }
  RESTANTE_CHECKED(files::as_io(file.publish()));
  return ok();
}

Result<std::size_t> version_in(const std::filesystem::path& path) {
  RESTANTE_TRY(Database database, Database::open(path, {.patience = {}}));
  return version_of(database, path);
}

/// A copy for an older program, beside the database as NAME.vN: the way back. Durable.
Status keep_copy(const std::filesystem::path& path, std::size_t version) {
  const std::filesystem::path kept = path.string() + ".v" + std::to_string(version);
  RESTANTE_TRY(const files::NewFile copy, files::NewFile::make(kept));
  RESTANTE_CHECKED(copy_database(path, copy.place()));
  RESTANTE_TRY(const std::size_t found, version_in(copy.place()));
  // Another process has kept one, and has changed the tables since our look.
  if (found != version) return ok();
  RESTANTE_TRY(const files::Descriptor file, files::open_file(copy.place(), O_RDONLY));
  // Synced before it gets its name: the name must not lead to half a copy after a crash.
  RESTANTE_CHECKED(files::sync_data(file, copy.place()));
  RESTANTE_CHECKED(files::rename_file(copy.place(), kept));
  return files::sync_folder(files::folder_of(kept));
}

}  // namespace

Result<Database> open_accounts(const std::filesystem::path& path,
                               std::chrono::milliseconds patience) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) RESTANTE_CHECKED(make_database(path, patience));
  RESTANTE_TRY(Database database, Database::open(path, {.patience = patience}));
  RESTANTE_TRY(const std::size_t version, version_of(database, path));
  // Before the tables change: afterwards an older program could not read them.
  if (version > 0 && version < kSteps.size()) RESTANTE_CHECKED(keep_copy(path, version));
  if (version < kSteps.size()) RESTANTE_CHECKED(migrate(database, path));
  return database;
}

}  // namespace restante::accounts::sqlite
