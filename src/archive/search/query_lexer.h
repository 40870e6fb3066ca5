// A query's text as tokens: parentheses (with the name of a field before them, or not), the words
// and/or/not, a minus, and terms (the same, quoted or not). Pure; each token knows its place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "archive/search/query.h"

namespace restante::archive {

struct QueryToken {
  enum class Kind : std::uint8_t { kTerm, kAnd, kOr, kNot, kOpen, kClose, kEnd };
  Kind kind = Kind::kEnd;
  std::string field;   ///< Lower case, without the colon; empty: none.
  std::string header;  ///< Of "header:NAME:", the name in lower case.
  std::string text;    ///< Of a term, without quotes; with its stars.
  bool quoted = false;
  std::size_t at = 0;
  std::size_t bytes = 0;
};

/// All tokens, the last one kEnd; or the mistake (`tokens` empty): an unfinished quote, a minus
/// that stands before nothing.
struct LexedQuery {
  std::vector<QueryToken> tokens;
  QueryMistake mistake;
};
LexedQuery lex_query(std::string_view query);

}  // namespace restante::archive
