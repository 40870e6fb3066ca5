// Finds, among names that are kept in memory, those that another name is a spelling of. Only names
// that are not their own key take room.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "accounts/names/spelling.h"

namespace restante::accounts {

/// Filled once, then read by any thread.
class SpellingIndex {
 public:
  explicit SpellingIndex(bool fold_local_part) : fold_local_part_(fold_local_part) {}

  /// `name` is canonical; each once.
  void add(std::string_view name);

  /// The name that `name` means among those that were added and `has(std::string)` knows; empty
  /// when there is none (choose_spelling()).
  template <typename Has>
  [[nodiscard]] std::string find(std::string_view name, Has has) const {
    std::vector<std::string> candidates = candidates_for(name);
    std::erase_if(candidates, [&](const std::string& candidate) { return !has(candidate); });
    const std::string* const chosen = choose_spelling(candidates, name, fold_local_part_);
    return chosen == nullptr ? std::string() : *chosen;
  }

  /// Those that share a key, kClashesMax at most. `has` as above.
  template <typename Has>
  [[nodiscard]] std::vector<SpellingClash> clashes(Has has) const {
    std::vector<SpellingClash> out;
    for (const auto& [key, names] : odd_names_) {
      const std::string& first = has(key) ? key : names.front();
      for (const std::string& other : names)
        if (other != first && out.size() < kClashesMax) out.emplace_back(first, other);
    }
    return out;
  }

  static constexpr std::size_t kClashesMax = 100;

 private:
  [[nodiscard]] std::vector<std::string> candidates_for(std::string_view name) const;

  bool fold_local_part_;
  std::unordered_map<std::string, std::vector<std::string>> odd_names_;  ///< By key.
};

}  // namespace restante::accounts
