// What a "*" in a word or phrase of a query means. Pure.
#pragma once

#include <string>

#include "archive/search/query.h"

namespace restante::archive {

/// A term as it was written, stars in it: a prefix (word*), a pattern (*part*, wo*d), or neither.
/// Changes the term accordingly; the result is the mistake, or empty.
std::string understand_stars(TextTerm& term);

/// The same of what stands in quotes: only its last word may go on.
std::string understand_stars_in_quotes(TextTerm& term);

}  // namespace restante::archive
