// What the server measured, for ten years, in one small SQLite file: history.db. A minute's values
// go into the minute, its quarter of an hour and its day at once, in one transaction, so that all
// three always agree, whenever the process ends. How many periods there are is bounded, and so is
// the file, to less than 20 MB.
//
// It must not know what is measured by what; src/server/upkeep/history_keeper.h does.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "history/measure.h"
#include "history/resolution.h"
#include "sql/connection.h"

namespace restante::history {

inline constexpr std::string_view kFileName = "history.db";

struct Value {
  Measure measure{};
  std::int64_t value = 0;
};

/// What happened in `seconds` that ended at `end`, and how things were then.
struct Sample {
  WallTime end{};
  std::chrono::seconds seconds{0};
  std::vector<Value> values;
};

struct Query {
  Measure measure{};
  Resolution resolution = Resolution::kMinute;
  WallTime from{};  ///< In the first period.
  WallTime to{};    ///< The first moment that is of no interest.
};

struct Point {
  WallTime began{};
  /// Of the period, so long the server was at work.
  std::chrono::seconds seconds{0};
  std::optional<std::int64_t> value;  ///< nullopt: it was not, or it is not known.
};

/// What a query may ask for.
inline constexpr std::size_t kPointsMax = 10'000;

/// Used by one thread at a time; others may read the file meanwhile.
class History {
 public:
  /// Makes the file when it is missing. Errors: kCorrupt (it is broken), kState (a newer version
  /// wrote it), kIo, kFull, kBusy.
  static Result<History> open(const std::filesystem::path& file);
  /// Of a server that may be at work. Errors: the same; kNotFound.
  static Result<History> open_to_read(const std::filesystem::path& file);

  /// All of it or nothing. Errors: as open(): kCorrupt: begin_anew().
  Status add(const Sample& sample);
  /// All periods from `from` to `to`, ascending, gaps too. Errors: as open(); kLimit: too many.
  Result<std::vector<Point>> read(const Query& query);

 private:
  explicit History(sql::Connection connection) : connection_(std::move(connection)) {}
  static Result<History> prepared(sql::Connection connection, bool writes);
  Status add_to(Resolution resolution, const Sample& sample);
  Status forget(const ResolutionInfo& resolution);

  sql::Connection connection_;
  sql::Statement add_period_, add_sum_, add_last_, add_most_;
  sql::Statement oldest_kept_, forget_periods_, forget_points_;
  sql::Statement read_;
};

/// Renames a file that is broken, over an older one of its kind, and takes away what belongs to it.
/// Errors: kIo.
Status set_aside(const std::filesystem::path& file);

}  // namespace restante::history
