// A query's text as SQLite's FTS5 wants it. Everything is quoted, so that no text of a user is
// syntax. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "archive/search/query.h"

namespace restante::archive {

/// Where it is looked for: the table of snippets has the lines of header fields and of file names
/// in columns of their own, so that they are found, and never shown.
enum class Table : std::uint8_t { kIndex, kSnippets };

/// `from_ : "alice example"*`.
std::string match_of(const TextTerm& term, Table table = Table::kIndex);

/// The terms that rank and highlight: the texts that are looked for, without the ones that must not
/// be there. Empty when there are none.
std::string match_of(const QueryNode& node, Table table = Table::kIndex);

/// The terms that it has, in its order.
std::vector<const TextTerm*> terms_of(const QueryNode& node);

/// The most words of a pattern that rank and highlight: a message with other words that fit is
/// found, too, and comes behind.
inline constexpr std::size_t kWordsOfAPattern = 500;

}  // namespace restante::archive
