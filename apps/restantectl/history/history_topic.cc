#include "restantectl/history/history_topic.h"

#include <fmt/format.h>

#include <algorithm>

namespace restante::ctl {
namespace {

using history::Measure;
using How = HistoryColumn::How;

const std::vector<HistoryTopic>& topics() {
  static const std::vector<HistoryTopic> all{
      {"retrieval",
       "messages asked for, and how many went out whole",
       {{"ASKED", How::kValue, Measure::kRetrievalsAsked},
        {"WHOLE", How::kValue, Measure::kRetrievalsWhole},
        {"REFUSED", How::kValue, Measure::kRetrievalsRefused},
        {"SUCCESS", How::kPercent, Measure::kRetrievalsWhole, Measure::kRetrievalsAsked}}},
      {"logins",
       "logins, and how long the good ones took",
       {{"GOOD", How::kValue, Measure::kLoginsGood},
        {"FAILED", How::kValue, Measure::kLoginsFailed},
        {"REFUSED", How::kValue, Measure::kLoginsRefused},
        {"MEAN", How::kMean, Measure::kLoginMicroseconds, Measure::kLoginsGood},
        {"IN 100 MS", How::kPercent, Measure::kLoginsIn100Ms, Measure::kLoginsGood},
        {"IN 1 S", How::kPercent, Measure::kLoginsIn1S, Measure::kLoginsGood}}},
      {"volume",
       "octets retrieved, and messages deleted",
       {{"OCTETS RETRIEVED", How::kValue, Measure::kOctetsRetrieved},
        {"DELETED", How::kValue, Measure::kMessagesDeleted},
        {"EXPIRED", How::kValue, Measure::kMessagesExpired}}},
      {"storage",
       "what the maildrops hold",
       {{"LIVE BYTES", How::kValue, Measure::kLiveBytes},
        {"DEAD BYTES", How::kValue, Measure::kDeadBytes},
        {"ASIDE", How::kValue, Measure::kAsideBytes},
        {"MESSAGES", How::kValue, Measure::kMessagesWaiting},
        {"MAILDROPS", How::kValue, Measure::kMaildrops}}},
      {"sessions",
       "connections, sessions and the server's memory",
       {{"CONNECTIONS", How::kValue, Measure::kConnections},
        {"REFUSED", How::kValue, Measure::kConnectionsRefused},
        {"SESSIONS", How::kValue, Measure::kSessionsOpen},
        {"MEMORY", How::kValue, Measure::kMemoryBytes}}},
      {"deliveries",
       "mail that came in",
       {{"DONE", How::kValue, Measure::kDeliveriesDone},
        {"FAILED", How::kValue, Measure::kDeliveriesFailed},
        {"OCTETS", How::kValue, Measure::kOctetsDelivered},
        {"DAMAGE", How::kValue, Measure::kDamageFound}}},
  };
  return all;
}

std::optional<std::int64_t> value_of(const HistoryRow& row, Measure measure) {
  const auto found = std::ranges::find(row, measure, &HistoryRow::value_type::first);
  return found == row.end() ? std::nullopt : found->second;
}

}  // namespace

std::span<const HistoryTopic> history_topics() { return topics(); }

const HistoryTopic* find_topic(std::string_view name) {
  const auto found = std::ranges::find(topics(), name, &HistoryTopic::name);
  return found == topics().end() ? nullptr : &*found;
}

std::vector<Measure> measures_of(const HistoryTopic& topic) {
  std::vector<Measure> out;
  for (const HistoryColumn& column : topic.columns) {
    out.push_back(column.measure);
    if (column.how != How::kValue) out.push_back(column.whole);
  }
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

std::optional<double> number_of(const HistoryColumn& column, const HistoryRow& row) {
  const auto value = value_of(row, column.measure);
  if (!value) return std::nullopt;
  const auto number = static_cast<double>(*value);
  if (column.how == How::kValue) return number;
  const auto whole = value_of(row, column.whole);
  if (!whole || *whole == 0) return std::nullopt;
  const double share = number / static_cast<double>(*whole);
  return column.how == How::kPercent ? share * 100 : share / 1000;
}

std::string text_of(const HistoryColumn& column, const HistoryRow& row) {
  const auto number = number_of(column, row);
  if (!number) return "-";
  if (column.how == How::kValue) return fmt::format("{:.0f}", *number);
  if (column.how == How::kMean) return fmt::format("{:.1f} ms", *number);
  // What is not all must not look like all.
  const double shown = *number < 100 ? std::min(*number, 99.99) : *number;
  return fmt::format("{:.2f} %", shown);
}

}  // namespace restante::ctl
