// The output of `restantectl migrate`: a line an account while it works, the left-out messages
// below it, and the sum at the end; or one JSON object.
#pragma once

#include <boost/json/array.hpp>
#include <mutex>
#include <optional>

#include "migrate/moving/compare.h"
#include "migrate/moving/move.h"
#include "restantectl/migrate/migrate_tasks.h"
#include "restantectl/progress.h"

namespace restante::ctl {

/// The outcome for one account.
struct MigrateOutcome {
  std::string account;
  std::string source;
  bool absent = false;  ///< There is no old mailbox, and none is missed.
  std::optional<migrate::Moved> moved{};
  std::optional<migrate::Compared> compared{};
  std::optional<Error> failure{};  ///< The source cannot even be opened.
};

/// Callable from several threads.
class MigrateReport {
 public:
  MigrateReport(Office& office, const MigrateOptions& options, std::size_t accounts);

  /// The amount of work for one account, and its progress.
  void plan(std::uint64_t octets);
  void progress(std::uint64_t octets);
  void add(const MigrateOutcome& outcome);
  /// The sum; the worst that happened.
  Exit finish(Exit verdict);

 private:
  void print(const MigrateOutcome& outcome);
  void note(Exit code);
  void tell_sum();

  Office& office_;
  const MigrateOptions& options_;
  const std::size_t accounts_;
  std::mutex mutex_;  // Of all below.
  Progress shown_;
  std::uint64_t planned_octets_ = 0;
  std::size_t planned_accounts_ = 0;
  boost::json::array rows_;
  std::uint64_t moved_ = 0;
  std::uint64_t moved_octets_ = 0;
  std::uint64_t to_move_ = 0;
  std::uint64_t mapped_ = 0;
  std::uint64_t unnumbered_ = 0;
  std::uint64_t left_out_ = 0;
  std::uint64_t differences_ = 0;
  std::size_t failed_ = 0;
  std::size_t done_ = 0;
  std::size_t absent_ = 0;
  Exit verdict_ = Exit::kOk;
};

}  // namespace restante::ctl
