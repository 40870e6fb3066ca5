#include "server/page/demo.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <numbers>

#include "server/page/figures.h"
#include "server/page/html.h"

namespace restante::server::page {
namespace {

using history::Measure;

/// How busy an office is at this time: 0 to 1, at noon more than at night, on Sunday little. The
/// ripple keeps a plot from looking drawn.
double business(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const double hour = std::chrono::duration<double, std::ratio<3600>>(time - day).count();
  const double of_day = std::exp(-(hour - 11) * (hour - 11) / 18) +
                        0.6 * std::exp(-(hour - 16) * (hour - 16) / 12) + 0.08;
  const std::chrono::weekday weekday(day);
  const bool is_weekend = weekday == std::chrono::Saturday || weekday == std::chrono::Sunday;
  const double minutes =
      std::chrono::duration<double, std::ratio<60>>(time.time_since_epoch()).count();
  const double ripple = 1 + 0.15 * std::sin(minutes / 7.3) + 0.1 * std::sin(minutes / 2.9);
  return of_day * (is_weekend ? 0.25 : 1) * ripple / 1.8;
}

struct Rate {
  Measure measure;
  double a_minute;
};

/// What one minute of full business brings; nothing of any other measure.
constexpr std::array kRates = {
    Rate{Measure::kRetrievalsAsked, 420},  Rate{Measure::kRetrievalsWhole, 419.8},
    Rate{Measure::kLoginsGood, 610},       Rate{Measure::kLoginsFailed, 9},
    Rate{Measure::kLoginsRefused, 2},      Rate{Measure::kLoginMicroseconds, 610 * 1900},
    Rate{Measure::kOctetsRetrieved, 31e6}, Rate{Measure::kMessagesDeleted, 380},
    Rate{Measure::kMessagesExpired, 4},    Rate{Measure::kDeliveriesDone, 430},
    Rate{Measure::kDeliveriesFailed, 0.2}, Rate{Measure::kOctetsDelivered, 33e6},
};

double a_minute(Measure measure) {
  for (const Rate& rate : kRates)
    if (rate.measure == measure) return rate.a_minute;
  return 0;
}

/// Mail that grows by a third each year.
double stored(Measure measure, WallTime time, WallTime now) {
  const double years = std::chrono::duration<double, std::ratio<31'556'952>>(now - time).count();
  const double live = 184e9 * std::pow(1.33, -years);
  if (measure == Measure::kLiveBytes) return live;
  return measure == Measure::kDeadBytes ? live * (0.05 + 0.02 * business(time)) : 0;
}

double value_of(const history::Query& query, WallTime began, WallTime now) {
  if (history::info_of(query.measure).kind != history::Kind::kSum)
    return stored(query.measure, began, now);
  const std::chrono::seconds span = history::info_of(query.resolution).span;
  // A day is the sum of its hours.
  const int parts = span >= std::chrono::hours(24) ? 24 : 1;
  double total = 0;
  for (int part = 0; part < parts; ++part) total += business(began + part * span / parts);
  return std::floor(total / parts * a_minute(query.measure) * static_cast<double>(span.count()) /
                    60);
}

ReadHistory demo_history(WallTime now) {
  return [now](const history::Query& query) -> Result<std::vector<history::Point>> {
    const std::chrono::seconds span = history::info_of(query.resolution).span;
    std::vector<history::Point> out;
    for (WallTime at = query.from; at < query.to; at += span) {
      history::Point point;
      point.began = at;
      // A server that was new three years ago, and off for a night.
      if (now - at < std::chrono::days(1100))
        point.value = static_cast<std::int64_t>(value_of(query, at, now));
      out.push_back(point);
    }
    return out;
  };
}

std::vector<HeldMaildrop> demo_maildrops(bool have_quota) {
  constexpr std::array<std::string_view, 5> kNames = {"accounting", "anna.berg", "orders",
                                                      "lab-printer", "chris"};
  std::vector<HeldMaildrop> rows;
  std::uint64_t messages = 48'211;
  for (const std::string_view name : kNames) {
    HeldMaildrop row;
    row.account = std::string(name) + "@example.com";
    row.usage = {messages, messages * 71'000};
    row.bytes = messages * 74'000;
    if (have_quota) row.quota.octets = 4ULL << 30;
    rows.push_back(row);
    messages = messages * 5 / 9;
  }
  return rows;
}

/// Periods in which the server was not at work yet.
Result<std::vector<history::Point>> no_history(const history::Query& query) {
  std::vector<history::Point> out;
  const std::chrono::seconds span = history::info_of(query.resolution).span;
  for (WallTime at = query.from; at < query.to; at += span) {
    out.emplace_back();
    out.back().began = at;
  }
  return out;
}

constexpr const char* kTopCommand = "restantectl top";
constexpr const char* kMailsCommand = "restantectl history deliveries --since 1h";

/// As gather() makes them.
std::vector<Tile> upkeep_tiles(std::string pass, double reclaimed, double compared,
                               const maildrop::Usage& kept) {
  return {{"Maildrops looked at in this pass", std::move(pass), "restantectl maildrop stats --all"},
          {"Reclaimed since the start", human_bytes(reclaimed),
           "restantectl history storage --since 31d"},
          {"Compared with checksums since the start", human_bytes(compared),
           "restantectl maildrop check --all"},
          {"Deleted, and can be brought back",
           fmt::format("{} messages, {}", grouped(kept.messages),
                       human_bytes(static_cast<double>(kept.octets))),
           "restantectl maildrop undelete NAME --dry-run"}};
}

PageFacts empty_facts(PageFacts facts) {
  facts.uptime = std::chrono::minutes(1);
  facts.tiles = {{"Sessions", "0", "restantectl session list"},
                 {"Connections", "0 of 10,000", "restantectl status"},
                 {"Logins in the last minute", "not known yet", kTopCommand},
                 {"Mails in the last minute", "not known yet", kMailsCommand}};
  if (const auto drawn = figures_of(no_history, facts.range, facts.now)) facts.figures = *drawn;
  facts.upkeep = upkeep_tiles("0 of 0", 0, 0, {});
  return facts;
}

}  // namespace

PageFacts demo_facts(Range range, WallTime now, Office office) {
  PageFacts facts;
  facts.hostname = "mail.example.com";
  facts.version = "demo";
  facts.now = now;
  facts.range = range;
  if (office == Office::kEmpty) return empty_facts(std::move(facts));
  facts.uptime = std::chrono::days(41) + std::chrono::hours(7);
  if (office == Office::kInTrouble) {
    facts.troubles.emplace_back(
        TroubleKind::kDisk,
        "Only 393 MiB are free on the disk of data_dir; 1024 MiB are kept for "
        "deletions (maildrop.reserve)");
    facts.troubles.emplace_back(TroubleKind::kCertificate,
                                "The certificate /etc/restante/mail.pem ends in 6 days",
                                "/etc/restante/mail.pem");
  }
  facts.tiles = {{"Sessions", "87", "restantectl session list"},
                 {"Connections", "131 of 10,000", "restantectl status"},
                 {"Logins in the last minute", "604", kTopCommand},
                 {"Mails in the last minute", "427", kMailsCommand}};
  const auto drawn = figures_of(demo_history(now), range, now);
  if (drawn) facts.figures = *drawn;
  facts.largest = demo_maildrops(false);
  facts.fullest = demo_maildrops(true);
  facts.refused = {{"203.0.113.9", 214, 1'907}, {"2001:db8:7::/64", 31, 12}};
  facts.upkeep = upkeep_tiles("20,000 of 20,000", 61e9, 2.4e12, {861'204, 60'284'280'000});
  facts.upkeep.push_back({"The first certificate ends",
                          moment(now + std::chrono::days(office == Office::kInTrouble ? 6 : 61)),
                          "restantectl selftest"});
  return facts;
}

}  // namespace restante::server::page
