// SQLite's connection, and what an error of it says. Only for this folder.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>

#include "base/result.h"

namespace restante::sql {

struct Handle {
  struct Close {
    void operator()(sqlite3* open) const { sqlite3_close_v2(open); }
  };
  std::unique_ptr<sqlite3, Close> connection;
  std::string name;          ///< For an error: the file, or what it is.
  std::string when_corrupt;  ///< What to do then; may be empty.
};

/// The last error of the connection, whose result code this is.
Error to_error(const Handle& handle, int code);

}  // namespace restante::sql
