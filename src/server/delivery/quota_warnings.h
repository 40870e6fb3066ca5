// Tells owners, and the operator, that a maildrop fills up: once each time that its level is
// passed, whether by mail, by a smaller quota, or by what was imported or restored.
#pragma once

#include <optional>
#include <string>

#include "server/common/services.h"
#include "server/delivery/quota.h"
#include "server/delivery/told_owners.h"

namespace restante::server {

/// The terms of a warning, and its means.
struct WarningTerms {
  explicit WarningTerms(maildrop::Store& s) : store(s) {}

  maildrop::Store& store;                    ///< Not owned.
  std::uint32_t percent = 0;                 ///< 0: no warnings.
  const accounts::Router* router = nullptr;  ///< Not owned; with `operator_address` alone.
  std::string operator_address{};            ///< Empty: only the owner is told.
  WallTime now{};
};

/// As the present settings say.
WarningTerms warning_terms(const Services& services, const settings::Config& config);

/// Callable from any thread.
class QuotaWarnings {
 public:
  /// `told`: the file of the owners that have been told; empty: in memory.
  explicit QuotaWarnings(const std::filesystem::path& told) : told_(told) {}

  /// A maildrop was looked at: `usage` waits in it, and `before` (if known) did a moment ago. True:
  /// its owner has just been told. Blocks for the disk when it tells. Errors: as Store::deliver
  /// (then it is told at the next look), or as the router's when the operator cannot be told.
  Result<bool> consider(const WarningTerms& terms, const QuotaHolder& holder,
                        const maildrop::Usage& usage,
                        const std::optional<maildrop::Usage>& before = std::nullopt);

  /// The same for a maildrop whose usage is not known yet.
  Result<bool> look(const WarningTerms& terms, const QuotaHolder& holder);

 private:
  ToldOwners told_;
};

/// Logs and counts the outcome of consider() or look().
void report_warning(const std::string& account, const Result<bool>& warned, Metrics& metrics);

/// The file in which the server and restantectl keep the owners that were told.
inline std::filesystem::path told_owners_file(const std::filesystem::path& data_dir) {
  return data_dir / "quota-warnings";
}

}  // namespace restante::server
