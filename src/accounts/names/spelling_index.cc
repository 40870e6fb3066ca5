#include "accounts/names/spelling_index.h"

namespace restante::accounts {

void SpellingIndex::add(std::string_view name) {
  std::string key = spelling_key(name, fold_local_part_);
  // Names that are their own key, nearly all, need no entry.
  if (key != name) odd_names_[std::move(key)].emplace_back(name);
}

std::vector<std::string> SpellingIndex::candidates_for(std::string_view name) const {
  std::string key = spelling_key(name, fold_local_part_);
  std::vector<std::string> out;
  if (const auto odd = odd_names_.find(key); odd != odd_names_.end()) out = odd->second;
  out.push_back(std::move(key));
  return out;
}

}  // namespace restante::accounts
