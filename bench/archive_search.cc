// How long the archive's library takes for a query, without a process around it: for
// bench/archive_search.py. One line of JSON: milliseconds of the processor and of the wall, the
// median of some rounds, each with a database opened anew, and the number of hits.
//
// usage: archive_search ARCHIVE ROUNDS date|oldest|rank LIMIT OFFSET snippets|lines QUERY
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "archive/search/query.h"
#include "archive/search/search.h"
#include "base/clock.h"
#include "base/numbers.h"

namespace {

namespace archive = restante::archive;

double now_ms(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Asked {
  archive::Path folder;
  std::uint64_t rounds = 1;
  archive::SearchRequest request;
  archive::QueryTree query;
};

std::optional<Asked> read_arguments(std::span<char*> arguments) {
  if (arguments.size() != 8) return std::nullopt;
  const auto number = [&](std::size_t i) {
    return restante::parse_decimal<std::uint64_t>(arguments[i]).value_or(0);
  };
  Asked asked;
  asked.folder = arguments[1];
  asked.rounds = std::max<std::uint64_t>(1, number(2));
  const std::string_view order = arguments[3];
  asked.request.order = order == "rank"     ? archive::Order::kRank
                        : order == "oldest" ? archive::Order::kOldest
                                            : archive::Order::kNewest;
  asked.request.limit = number(4);
  asked.request.offset = number(5);
  asked.request.snippets = std::string_view(arguments[6]) == "snippets";
  const auto now = std::chrono::floor<std::chrono::seconds>(restante::system_clock().now());
  asked.query = archive::parse_query(arguments[7], now).tree;
  if (!asked.query) return std::nullopt;
  return asked;
}

}  // namespace

int main(int argc, char** argv) {
  const auto asked = read_arguments(std::span(argv, static_cast<std::size_t>(argc)));
  if (!asked) {
    std::fputs("usage: see bench/archive_search.cc\n", stderr);
    return 64;
  }
  std::vector<double> cpu;
  std::vector<double> wall;
  std::uint64_t total = 0;
  for (std::uint64_t round = 0; round < asked->rounds; ++round) {
    auto database = archive::Database::open(asked->folder, archive::Access::kWrite);
    if (!database) return 74;
    const double cpu_start = now_ms(CLOCK_PROCESS_CPUTIME_ID);
    const double start = now_ms(CLOCK_MONOTONIC);
    const auto found = archive::search(*database, asked->folder, *asked->query, asked->request);
    wall.push_back(now_ms(CLOCK_MONOTONIC) - start);
    cpu.push_back(now_ms(CLOCK_PROCESS_CPUTIME_ID) - cpu_start);
    if (!found) return 74;
    total = found->total;
  }
  fmt::print("{{\"cpu_ms\": {:.2f}, \"wall_ms\": {:.2f}, \"total\": {}}}\n", median(cpu),
             median(wall), total);
  return 0;
}
