// For tests only: a database in a folder of its own, with both sides of it open.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/sqlite/admin.h"
#include "accounts/sqlite/directory.h"
#include "accounts/test_support.h"

namespace restante::accounts::sqlite {

/// The error's code, or Errc{} of success (which is none of those that tests expect to see).
inline Errc code(const auto& result) { return result ? Errc{} : result.error().code; }

class SqliteAccounts : public testing::Test {
 protected:
  std::unique_ptr<AccountAdmin> open_admin() {
    return *sqlite::open_admin(path, NameRules("x.test", true), clock);
  }
  std::vector<std::string> names() {
    std::vector<std::string> found;
    const auto entries = admin->list();
    for (const AccountEntry& entry : *entries) found.push_back(entry.name);
    return found;
  }

  TempDir dir;
  const std::filesystem::path path = dir / "accounts.db";
  ManualClock clock{WallTime(std::chrono::milliseconds(1'700'000'000'123))};
  std::unique_ptr<AccountAdmin> admin = open_admin();
  std::unique_ptr<Directory> directory = *open_directory(path);
};

}  // namespace restante::accounts::sqlite
