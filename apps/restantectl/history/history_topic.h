// What of the history is shown together, and how: the values themselves, or what two of them come
// to.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "history/measure.h"

namespace restante::ctl {

struct HistoryColumn {
  enum class How : std::uint8_t {
    kValue,
    kPercent,  ///< Of `whole`.
    kMean,     ///< Microseconds a `whole`, in milliseconds.
  };
  std::string_view header;
  How how = How::kValue;
  history::Measure measure{};
  history::Measure whole{};  ///< Of kPercent and kMean.
};

struct HistoryTopic {
  std::string_view name;
  std::string_view help;
  std::vector<HistoryColumn> columns;
};

std::span<const HistoryTopic> history_topics();
/// nullptr: there is none of this name.
const HistoryTopic* find_topic(std::string_view name);
/// All that its columns need, each once, by number.
std::vector<history::Measure> measures_of(const HistoryTopic& topic);

/// One period's values, by their measures' numbers.
using HistoryRow = std::vector<std::pair<history::Measure, std::optional<std::int64_t>>>;

/// nullopt: it is not known, or there was nothing to divide by.
std::optional<double> number_of(const HistoryColumn& column, const HistoryRow& row);
/// The same for people: "99.98 %", "3.2 ms", "-".
std::string text_of(const HistoryColumn& column, const HistoryRow& row);

}  // namespace restante::ctl
