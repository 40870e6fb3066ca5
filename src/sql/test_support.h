// For tests only: a database's file in a folder that goes away.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

#include "sql/connection.h"

namespace restante::sql {

class DatabaseTest : public testing::Test {
 protected:
  DatabaseTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "restante-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    path = folder / "test.db";
    database = std::move(*Connection::open(path, {.mode = Mode::kCreate}));
  }
  ~DatabaseTest() override { std::filesystem::remove_all(folder); }

  std::filesystem::path folder;
  std::filesystem::path path;
  Connection database;
};

}  // namespace restante::sql
