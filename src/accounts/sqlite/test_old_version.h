// For tests only: a database of now, as an older version would have left it.
#pragma once

#include <filesystem>

#include "accounts/sqlite/database.h"

namespace restante::accounts::sqlite {

inline constexpr const char* kBackTo10 = R"sql(
DROP TRIGGER account_gone;
DROP TABLE copy;
CREATE TRIGGER account_gone AFTER DELETE ON account BEGIN
  DELETE FROM settings WHERE account = ifnull(old.maildrop, old.name);
  DELETE FROM device WHERE account = ifnull(old.maildrop, old.name);
END;
PRAGMA user_version = 10;
)sql";

/// After kBackTo10.
inline constexpr const char* kBackTo7 = R"sql(
DROP TABLE former_name;
DROP TRIGGER account_gone;
ALTER TABLE account ADD COLUMN enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1));
ALTER TABLE account ADD COLUMN no_login INTEGER NOT NULL DEFAULT 0 CHECK (no_login IN (0, 1));
ALTER TABLE account ADD COLUMN networks TEXT;
ALTER TABLE account ADD COLUMN quota_octets INTEGER CHECK (quota_octets >= 0);
ALTER TABLE account ADD COLUMN quota_messages INTEGER CHECK (quota_messages >= 0);
ALTER TABLE account ADD COLUMN retention_days INTEGER CHECK (retention_days >= 0);
ALTER TABLE account ADD COLUMN retention_from INTEGER CHECK (retention_from IN (0, 1));
ALTER TABLE account ADD COLUMN several_addresses INTEGER CHECK (several_addresses IN (0, 1));
UPDATE account SET (enabled, no_login, networks, quota_octets, quota_messages, retention_days,
                    retention_from, several_addresses) =
  (SELECT enabled, no_login, networks, quota_octets, quota_messages, retention_days,
          retention_from, several_addresses
   FROM settings WHERE account = ifnull(maildrop, name))
  WHERE EXISTS (SELECT 1 FROM settings WHERE account = ifnull(maildrop, name));
DROP TABLE settings;
CREATE TABLE device_by_id (
  account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  label TEXT NOT NULL, tag TEXT NOT NULL CHECK (length(tag) = 64), created INTEGER NOT NULL,
  last_used INTEGER, PRIMARY KEY (account_id, label)) STRICT, WITHOUT ROWID;
INSERT INTO device_by_id SELECT id, label, tag, device.created, last_used
  FROM device JOIN account ON device.account = ifnull(maildrop, name);
DROP TABLE device;
ALTER TABLE device_by_id RENAME TO device;
PRAGMA user_version = 7;
)sql";

/// To version 7, and by `further` to an older one.
inline Status go_back(const std::filesystem::path& path, const char* further) {
  RESTANTE_TRY(Database old, Database::open(path, {.patience = std::chrono::seconds(1)}));
  RESTANTE_CHECKED(old.run(kBackTo10));
  RESTANTE_CHECKED(old.run(kBackTo7));
  return old.run(further);
}

}  // namespace restante::accounts::sqlite
