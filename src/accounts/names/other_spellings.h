// Asking a back end that knows only the very spelling of a name for its other ones: as few
// questions as can be, and none for a plain name.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "accounts/names/spelling.h"
#include "base/result.h"

namespace restante::accounts {

/// The first answer that is not kNotFound. `ask(spelling)` returns a Result.
template <typename Ask>
auto ask_other_spellings(std::string_view name, bool fold_local_part, Ask ask)
    -> decltype(ask(std::string())) {
  for (const std::string& other : other_spellings(name, fold_local_part)) {
    auto found = ask(other);
    if (found || found.error().code != Errc::kNotFound) return found;
  }
  return Error(Errc::kNotFound, "no such name");
}

/// Whether `ask(spelling)` says so of any spelling of the domain.
template <typename Ask>
Result<bool> any_spelling_of(std::string_view domain, Ask ask) {
  for (const std::string& form : domain_spellings(domain)) {
    Result<bool> there = ask(form);
    if (!there || *there) return there;
  }
  return false;
}

}  // namespace restante::accounts
