// For tests only: what became of each row of a change of many.
#pragma once

#include <vector>

#include "accounts/bulk.h"
#include "base/result.h"

namespace restante::accounts::sqlite {

inline constexpr auto kAdded = Verdict::kAdded;
inline constexpr auto kChanged = Verdict::kChanged;
inline constexpr auto kSame = Verdict::kSame;
inline constexpr auto kRefused = Verdict::kRefused;

/// Of each row, in order; empty where all of it failed.
inline std::vector<Verdict> verdicts(const Result<BulkOutcome>& outcome) {
  std::vector<Verdict> all;
  if (!outcome) return all;
  for (const BulkRow& row : outcome->rows) all.push_back(row.verdict);
  return all;
}

}  // namespace restante::accounts::sqlite
