// Whether anybody has committed to a database since: asked without a lock, a statement or a system
// call, in the memory that all users of a WAL share.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "sql/connection.h"

namespace restante::sql {

/// Every commit of any process makes another one.
using CommitMark = std::array<std::uint32_t, 12>;

/// The file's present mark; two that are equal mean that nothing was committed between them. Take a
/// mark before the query whose result it stands for. nullopt: this way cannot tell now (a commit is
/// under way, or nothing was read yet); `PRAGMA data_version` can. `connection` uses a WAL. Source:
/// the WAL-index header, https://www.sqlite.org/walformat.html
std::optional<CommitMark> commit_mark(Connection& connection);

}  // namespace restante::sql
