// For tests only: what became of each row of a change of many.
#pragma once

#include <vector>

#include "accounts/bulk.h"
#include "base/result.h"

namespace restante::accounts::sqlite {

inline constexpr auto kAdded = RowVerdict::kAdded;
inline constexpr auto kChanged = RowVerdict::kChanged;
inline constexpr auto kSame = RowVerdict::kSame;
inline constexpr auto kRefused = RowVerdict::kRefused;

/// Of each row, in order; empty where all of it failed.
inline std::vector<RowVerdict> verdicts(const Result<BulkOutcome>& outcome) {
  std::vector<RowVerdict> all;
  if (!outcome) return all;
  for (const BulkRow& row : outcome->rows) all.push_back(row.verdict);
  return all;
}

}  // namespace restante::accounts::sqlite
