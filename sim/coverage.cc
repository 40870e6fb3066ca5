#include "sim/coverage.h"

#include <algorithm>

#include <fmt/format.h>

namespace restante::sim {
namespace {

struct Required {
  Section section;
  std::string_view name;
};

constexpr std::array<Required, 1> kRequired = {{{Section::kOperation, "deliver"}}};

}  // namespace

void Coverage::count(Section section, std::string_view name, std::uint64_t by) {
  Counters& counters = sections_[static_cast<std::size_t>(section)];
  const auto at = counters.find(name);
  if (at != counters.end()) {
    at->second += by;
  } else {
    counters.emplace(name, by);
  }
}

void Coverage::add(const Coverage& other) {
  for (std::size_t i = 0; i < sections_.size(); ++i)
    for (const auto& [name, value] : other.sections_[i])
      count(static_cast<Section>(i), name, value);
}

std::vector<std::string> Coverage::missing() const {
  std::vector<std::string> out;
  for (const Required& required : kRequired)
    if (!sections_[static_cast<std::size_t>(required.section)].contains(required.name))
      out.emplace_back(required.name);
  return out;
}

std::string Coverage::table() const {
  constexpr std::array<std::string_view, 3> kTitles = {
      "operations", "where the machine or a process stopped", "faults"};
  std::string out;
  for (std::size_t i = 0; i < sections_.size(); ++i) {
    out += fmt::format("\n{}\n", kTitles[i]);
    for (const auto& [name, value] : sections_[i])
      out += fmt::format("  {:<56} {:>12}\n", name, value);
  }
  return out;
}

}  // namespace restante::sim
