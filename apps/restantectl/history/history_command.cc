// restantectl history: what the server measured, out of its history.db. The server may be at work
// or not.
#include <unistd.h>

#include "config/duration.h"
#include "console/table.h"
#include "history/history.h"
#include "restantectl/commands.h"
#include "restantectl/history/history_topic.h"
#include "restantectl/history/sparkline.h"
#include "restantectl/journal/act_row.h"

namespace restante::ctl {
namespace {

constexpr std::size_t kRowsMax = 200;  // More are too many to be read.
constexpr std::size_t kCurveCells = 60;

struct HistoryOptions {
  std::string topic;
  std::string since = "24h";
  std::string until;
  std::string every;
};

Result<WallTime> time_of(const std::string& option, const std::string& text, WallTime now) {
  if (text.empty()) return now;
  if (const auto when = parse_moment(text)) return *when;
  if (const auto age = config::parse_duration(text)) return now - *age;
  return Error(Errc::kSyntax, option + ": " + text +
                                  " is neither a time, as in 2026-11-30, nor a duration, as in 2d");
}

/// The finest that reaches back so far and can be read.
history::Resolution choose(const HistoryOptions& options, WallTime from, WallTime to,
                           WallTime now) {
  for (const history::ResolutionInfo& info : history::kResolutions)
    if (info.name == options.every) return info.resolution;
  auto chosen = history::resolution_for(std::chrono::ceil<std::chrono::seconds>(now - from));
  for (const history::ResolutionInfo& info : history::kResolutions)
    if (info.resolution >= chosen &&
        (info.resolution == history::Resolution::kDay ||
         static_cast<std::size_t>((to - from) / info.span) <= kRowsMax))
      return info.resolution;
  return chosen;
}

/// "2026-11-30 14:15", in UTC.
std::string minute_text(WallTime time) {
  constexpr std::size_t kToMinute = 16;
  std::string out = to_rfc3339(time).substr(0, kToMinute);
  out[out.find('T')] = ' ';
  return out;
}

struct HistoryPeriod {
  WallTime began{};
  std::chrono::seconds seconds{0};
  HistoryRow row;
};

Result<std::vector<HistoryPeriod>> read(history::History& history, const HistoryTopic& topic,
                                        history::Query query) {
  std::vector<HistoryPeriod> out;
  for (const history::Measure measure : measures_of(topic)) {
    query.measure = measure;
    RESTANTE_TRY(const auto points, history.read(query));
    out.resize(points.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
      out[i].began = points[i].began;
      out[i].seconds = points[i].seconds;
      out[i].row.emplace_back(measure, points[i].value);
    }
  }
  return out;
}

void print_json(const Output& out, const HistoryTopic& topic, history::Resolution resolution,
                const std::vector<HistoryPeriod>& periods) {
  console::JsonRows rows(
      out, {{"topic", topic.name}, {"resolution", history::info_of(resolution).name}}, "points");
  for (const HistoryPeriod& period : periods) {
    boost::json::object object{{"began", to_rfc3339(period.began)},
                               {"seconds", period.seconds.count()}};
    for (const auto& [measure, value] : period.row)
      object[history::info_of(measure).name] = value ? boost::json::value(*value) : nullptr;
    rows.add(object);
  }
}

void print_curves(const Output& out, const HistoryTopic& topic,
                  const std::vector<HistoryPeriod>& periods) {
  std::size_t width = 0;
  for (const HistoryColumn& column : topic.columns) width = std::max(width, column.header.size());
  for (const HistoryColumn& column : topic.columns) {
    std::vector<std::optional<double>> values;
    for (const HistoryPeriod& period : periods) values.push_back(number_of(column, period.row));
    out.line(fmt::format("{:<{}}  {}", column.header, width, sparkline(values, kCurveCells)));
  }
  out.line("");
}

bool knows_nothing(const HistoryPeriod& period) {
  return std::ranges::none_of(period.row, [](const auto& one) { return one.second.has_value(); });
}

/// Of periods in which the server did nothing, one after the other, one row says so.
void print_rows(const Output& out, const HistoryTopic& topic,
                const std::vector<HistoryPeriod>& periods) {
  console::TableRows rows(out);
  std::vector<std::string> header{"UTC"};
  for (const HistoryColumn& column : topic.columns) header.emplace_back(column.header);
  rows.header(std::move(header));
  bool in_gap = false;
  for (const HistoryPeriod& period : periods) {
    const bool is_gap = period.seconds.count() == 0 && knows_nothing(period);
    if (is_gap && in_gap) continue;
    in_gap = is_gap;
    std::vector<std::string> row{minute_text(period.began)};
    for (const HistoryColumn& column : topic.columns) row.push_back(text_of(column, period.row));
    rows.add(std::move(row), is_gap);
  }
}

Exit show_history(Office& office, const HistoryOptions& options) {
  const HistoryTopic& topic = *find_topic(options.topic);
  const WallTime now = system_clock().now();
  const auto from = time_of("--since", options.since, now);
  if (!from) return fail(Exit::kUsage, from.error().detail);
  const auto to = time_of("--until", options.until, now);
  if (!to) return fail(Exit::kUsage, to.error().detail);
  auto history = history::History::open_to_read(office.config().data_dir / history::kFileName);
  if (!history) return fail(history.error());
  const history::Resolution resolution = choose(options, *from, *to, now);
  const auto periods = read(*history, topic, {history::Measure{}, resolution, *from, *to});
  if (!periods) return fail(periods.error());
  const Output& out = office.out();
  if (out.json()) {
    print_json(out, topic, resolution, *periods);
    return Exit::kOk;
  }
  if (::isatty(STDOUT_FILENO) == 1) print_curves(out, topic, *periods);
  print_rows(out, topic, *periods);
  return Exit::kOk;
}

std::vector<std::string> topic_names() {
  std::vector<std::string> out;
  for (const HistoryTopic& topic : history_topics()) out.emplace_back(topic.name);
  return out;
}

}  // namespace

void add_history_command(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<HistoryOptions>();
  CLI::App& made =
      add_command(app, chosen,
                  {"history", "What the server did, by minutes, quarters of an hour or days",
                   "  restantectl history retrieval                 # the last day\n"
                   "  restantectl history logins --since 2h --every minute\n"
                   "  restantectl history storage --since 2024-01-01"},
                  [options](Office& office) { return show_history(office, *options); });
  made.add_option("TOPIC", options->topic, fmt::format("One of {}", fmt::join(topic_names(), ", ")))
      ->required()
      ->check(CLI::IsMember(topic_names()));
  made.add_option("--since", options->since, "From this time, or so long ago; default: 24h")
      ->type_name("TIME|DURATION");
  made.add_option("--until", options->until, "To this time, or so long ago; default: now")
      ->type_name("TIME|DURATION");
  made.add_option("--every", options->every,
                  "How fine: minute (kept two days), quarter (of an hour, three months) or day (in "
                  "UTC, ten years); default: what can be read")
      ->check(CLI::IsMember({"minute", "quarter", "day"}))
      ->type_name("PERIOD");
}

}  // namespace restante::ctl
