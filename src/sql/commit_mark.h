// Whether anybody has committed to a database since: asked without a lock, a statement or a system
// call, in the memory that all users of a WAL share.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "sql/connection.h"

namespace restante::sql {

/// Every commit makes another one, in whatever process it happens.
using CommitMark = std::array<std::uint32_t, 12>;

/// The file's present mark; two that are equal mean that nothing was committed between them. A mark
/// that is to stand for what a query found is taken before the query. nullopt: this way cannot tell
/// now (a commit is under way, or nothing was read yet); `PRAGMA data_version` can. `connection`
/// uses a WAL. Source: the WAL-index header, https://www.sqlite.org/walformat.html
std::optional<CommitMark> commit_mark(Connection& connection);

}  // namespace restante::sql
