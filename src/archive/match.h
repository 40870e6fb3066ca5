// A query's text as SQLite's FTS5 wants it. Everything is quoted, so that no text of a user is
// syntax. Pure.
#pragma once

#include <string>

#include "archive/query.h"

namespace restante::archive {

/// `from_ : "alice example"*`.
std::string match_of(const TextTerm& term);

/// What ranks and highlights: the texts that are looked for, without the ones that must not be
/// there. Empty when there are none.
std::string match_of(const QueryNode& node);

}  // namespace restante::archive
