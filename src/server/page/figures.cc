#include "server/page/figures.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/page/html.h"

namespace restante::server::page {
namespace {

using history::Measure;
using Values = std::vector<std::optional<double>>;

double sum(const Values& values) {
  double total = 0;
  for (const auto& value : values) total += value.value_or(0);
  return total;
}

std::string total_of(const Values& values) {
  return grouped(static_cast<std::uint64_t>(sum(values)));
}

/// What is left of `whole` when the parts are gone; never less than 0.
Values rest_of(Values whole, const std::vector<const Values*>& parts) {
  for (std::size_t i = 0; i < whole.size(); ++i)
    for (const Values* part : parts)
      if (whole[i]) whole[i] = std::max(0.0, *whole[i] - (*part)[i].value_or(0));
  return whole;
}

class Drawing {
 public:
  Drawing(const ReadHistory& read, Range range, WallTime now)
      : read_(read), range_(info_of(range)), window_(window_of(range, now)) {}

  Result<std::vector<Figure>> draw() {
    std::vector<Figure> out = {retrieval(), logins(),     volume(),
                               deletions(), deliveries(), storage()};
    if (!failed_) return failed_.error();
    return out;
  }

 private:
  Values values(Measure measure) {
    auto points = read_({measure, range_.resolution, window_.from, window_.to});
    if (points) return joined(*points, range_.group, history::info_of(measure).kind);
    failed_ = points.error();
    return Values(range_.periods);
  }

  Figure figure(std::string heading, std::string topic, Unit unit, std::vector<Series> series) {
    Figure out;
    out.command = fmt::format("restantectl history {} --since {}", topic, range_.since);
    out.plot.title = fmt::format("{}. {}.", heading, range_.title);
    out.plot.unit = unit;
    out.plot.from = window_.from;
    out.plot.period = window_.period;
    out.plot.periods = range_.periods;
    out.plot.series = std::move(series);
    out.heading = std::move(heading);
    return out;
  }

  Figure retrieval() {
    const Values asked = values(Measure::kRetrievalsAsked);
    const Values whole = values(Measure::kRetrievalsWhole);
    const Values refused = values(Measure::kRetrievalsRefused);
    Figure out = figure("Retrieval", "retrieval", Unit::kCount,
                        {{"whole", "good", whole},
                         {"cut by the client", "third", rest_of(asked, {&whole, &refused})},
                         {"refused as damaged", "bad", refused}});
    out.summary = sum(asked) == 0
                      ? "No message was asked for"
                      : fmt::format("{} of {} messages that were asked for went out whole",
                                    percent(sum(whole), sum(asked)), total_of(asked));
    return out;
  }

  Figure logins() {
    const Values good = values(Measure::kLoginsGood);
    const Values failed = values(Measure::kLoginsFailed);
    const Values refused = values(Measure::kLoginsRefused);
    const double spent = sum(values(Measure::kLoginMicroseconds));
    Figure out = figure("Logins", "logins", Unit::kCount,
                        {{"good", "good", good},
                         {"refused by a limit", "third", refused},
                         {"failed", "bad", failed}});
    out.summary = fmt::format("{} good, {} failed, {} refused", total_of(good), total_of(failed),
                              total_of(refused));
    if (sum(good) > 0)
      out.summary +=
          fmt::format("; a good one took {:.1f} ms on average", spent / sum(good) / 1000);
    return out;
  }

  Figure volume() {
    const Values retrieved = values(Measure::kOctetsRetrieved);
    Figure out =
        figure("Mail retrieved", "volume", Unit::kOctets, {{"retrieved", "good", retrieved}});
    out.summary = human_bytes(sum(retrieved)) + " went out";
    return out;
  }

  Figure deletions() {
    const Values deleted = values(Measure::kMessagesDeleted);
    const Values expired = values(Measure::kMessagesExpired);
    Figure out = figure("Mail deleted", "volume", Unit::kCount,
                        {{"by clients", "good", deleted}, {"by retention", "third", expired}});
    out.summary = fmt::format("{} messages by clients, {} by retention", total_of(deleted),
                              total_of(expired));
    return out;
  }

  Figure deliveries() {
    const Values done = values(Measure::kDeliveriesDone);
    const Values failed = values(Measure::kDeliveriesFailed);
    Figure out = figure("Deliveries", "deliveries", Unit::kCount,
                        {{"done", "good", done}, {"failed", "bad", failed}});
    out.summary = fmt::format("{} done, {} failed; {} came in", total_of(done), total_of(failed),
                              human_bytes(sum(values(Measure::kOctetsDelivered))));
    return out;
  }

  Figure storage() {
    const Values live = values(Measure::kLiveBytes);
    Figure out = figure("Storage", "storage", Unit::kOctets,
                        {{"live", "good", live},
                         {"deleted, not reclaimed yet", "quiet", values(Measure::kDeadBytes)},
                         {"set aside as damaged", "bad", values(Measure::kAsideBytes)}});
    out.plot.is_area = true;
    const auto last = std::find_if(live.rbegin(), live.rend(), [](const auto& v) { return v; });
    out.summary = last == live.rend() ? "Not known before the first upkeep"
                                      : human_bytes(**last) + " of live mail on the disk";
    return out;
  }

  const ReadHistory& read_;
  const RangeInfo& range_;
  const Window window_;
  Status failed_ = ok();
};

}  // namespace

Result<std::vector<Figure>> figures_of(const ReadHistory& read, Range range, WallTime now) {
  return Drawing(read, range, now).draw();
}

}  // namespace restante::server::page
