// Which spellings of a name are one: domains by their A-labels, local parts, where they are folded,
// in NFC and without case. An account keeps the name that it was made with, and so its maildrop;
// other spellings only lead to it, and the very spelling of a name always goes before
// (docs/decisions/011-names.md).
//
// A name that is plain ASCII is its own key: it costs nothing here.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace restante::accounts {

/// What all spellings of a canonical name ("local@domain" or "@domain") have in common; for lookups
/// only. No longer than a name may be. Applying it twice changes nothing. Without folding, two
/// local parts have one key only when they are the same octets.
std::string spelling_key(std::string_view name, bool fold_local_part);

/// How to write a name that is new: the local part as in its key, the domain with U-labels where it
/// came with them.
std::string tidy_spelling(std::string_view name, bool fold_local_part);

/// The other spellings to try with a back end that knows only exact names, the likeliest first.
/// None for most names, two at most.
std::vector<std::string> other_spellings(std::string_view name, bool fold_local_part);

/// The domain as it is, and its other form where it has one.
std::vector<std::string> domain_spellings(std::string_view domain);

/// Which of the `candidates` a name means: the very same, else the tidy one, else the only one with
/// its key. Null when that is none, or several. Points into `candidates`.
const std::string* choose_spelling(const std::vector<std::string>& candidates,
                                   std::string_view name, bool fold_local_part);

/// Two names that were given to two accounts, and that are one name by the rules.
using SpellingClash = std::pair<std::string, std::string>;

}  // namespace restante::accounts
