#include "server/page/gather.h"

#include <fmt/format.h>

#include "server/alarm/alarms.h"
#include "server/measures/measures.h"
#include "server/measures/own_process.h"
#include "server/page/figures.h"
#include "server/page/html.h"

namespace restante::server::page {
namespace {

constexpr std::size_t kRefusedCount = 10;

std::string of_all(std::uint64_t part, std::uint64_t all) {
  return fmt::format("{} of {}", grouped(part), grouped(all));
}

/// The newest whole minute that is known; "not known yet" before there is one.
std::string last_minute(history::History& history, history::Measure measure, WallTime now) {
  const WallTime begun(std::chrono::seconds(history::begin_of(history::Resolution::kMinute, now)));
  const auto points =
      history.read({measure, history::Resolution::kMinute, begun - std::chrono::minutes(1), begun});
  if (!points || points->empty() || !points->front().value) return "not known yet";
  return grouped(static_cast<std::uint64_t>(*points->front().value));
}

void read_history(const SessionContext& context, PageFacts& facts) {
  const auto file = context.settings->config.data_dir / history::kFileName;
  auto history = history::History::open_to_read(file);
  if (!history) {
    facts.figures_missing = "No history can be read: " + history.error().message();
    return;
  }
  auto figures = figures_of([&](const history::Query& query) { return history->read(query); },
                            facts.range, facts.now);
  if (figures)
    facts.figures = std::move(*figures);
  else
    facts.figures_missing = "The history cannot be read: " + figures.error().message();
  using history::Measure;
  facts.tiles.push_back({"Logins in the last minute",
                         last_minute(*history, Measure::kLoginsGood, facts.now),
                         "restantectl top"});
  facts.tiles.push_back({"Mails in the last minute",
                         last_minute(*history, Measure::kDeliveriesDone, facts.now),
                         "restantectl history deliveries --since 1h"});
}

std::vector<Tile> upkeep_tiles(const SessionContext& context) {
  const Measures& measures = *context.services.measures;
  const Metrics& metrics = context.services.metrics;
  std::vector<Tile> tiles = {
      {"Maildrops looked at in this pass",
       of_all(measures.upkeep.done.value(), measures.upkeep.maildrops.value()),
       "restantectl maildrop stats --all"},
      {"Reclaimed since the start",
       human_bytes(static_cast<double>(metrics.bytes_reclaimed.value())),
       "restantectl history storage --since 31d"},
      {"Compared with checksums since the start",
       human_bytes(static_cast<double>(metrics.scrub_bytes.value())),
       "restantectl maildrop check --all"},
  };
  if (const auto kept = measures.kept.get())
    tiles.push_back({"Deleted, and can be brought back",
                     fmt::format("{} messages, {}", grouped(kept->messages),
                                 human_bytes(static_cast<double>(kept->octets))),
                     "restantectl maildrop undelete NAME --dry-run"});
  if (context.settings->tls)
    tiles.push_back({"The first certificate ends", moment(context.settings->tls->not_after()),
                     "restantectl selftest"});
  return tiles;
}

}  // namespace

PageFacts gather(const SessionContext& context, Range range) {
  const Services& services = context.services;
  const Measures& measures = *services.measures;
  PageFacts facts;
  facts.hostname = context.settings->config.hostname;
  facts.version = RESTANTE_VERSION;
  facts.now = services.clock.now();
  facts.uptime = std::chrono::floor<std::chrono::seconds>(facts.now - own_process().began());
  facts.range = range;
  if (services.alarms != nullptr) facts.troubles = services.alarms->current();
  const guard::Rules& rules = context.settings->rules;
  facts.tiles = {{"Sessions", grouped(measures.sessions_open.value()), "restantectl session list"},
                 {"Connections",
                  of_all(services.gate.connections(), rules.connections + rules.intake_connections),
                  "restantectl status"}};
  read_history(context, facts);
  if (auto storage = measures.storage.get()) {
    facts.largest = std::move(storage->largest);
    facts.fullest = std::move(storage->fullest);
  }
  for (const guard::Offender& offender :
       services.gate.worst(kRefusedCount, std::chrono::steady_clock::now()))
    facts.refused.push_back(
        {offender.source.to_string(), offender.failed_logins, offender.refusals});
  facts.upkeep = upkeep_tiles(context);
  return facts;
}

}  // namespace restante::server::page
