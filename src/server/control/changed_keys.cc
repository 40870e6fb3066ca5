#include "server/control/changed_keys.h"

#include <algorithm>
#include <array>
#include <set>

namespace restante::control {
namespace {

using config::Kind;
using config::Node;

// Tables end in a dot. What is not here is asked for anew, by each connection or by upkeep.
constexpr std::array<std::string_view, 16> kAtStart = {"accounts.",
                                                       "auth.scram_iterations",
                                                       "copies.ca_file",
                                                       "copies.targets",
                                                       "data_dir",
                                                       "journal.",
                                                       "limits.idle_maildrops",
                                                       "listen",
                                                       "maildrop.backend",
                                                       "maildrop.view_expires",
                                                       "oauth.",
                                                       "route",
                                                       "server.",
                                                       "migrate.",
                                                       "log.",
                                                       "witness_dir"};

bool is_same(const Node& a, const Node& b) {
  const auto same_entries = [](const Node& x, const Node& y) {
    return x.key == y.key && is_same(x, y);
  };
  return a.kind == b.kind && a.text == b.text && a.integer == b.integer && a.boolean == b.boolean &&
         std::ranges::equal(a.items, b.items, is_same) &&
         std::ranges::is_permutation(a.entries, b.entries, same_entries);
}

void compare(const Node& before, const Node& after, const std::string& prefix,
             std::vector<std::string>& out) {
  static const Node none = [] {
    Node table;
    table.kind = Kind::kTable;
    return table;
  }();
  std::set<std::string_view> names;
  for (const Node* const side : {&before, &after})
    for (const Node& entry : side->entries) names.insert(entry.key);
  for (const std::string_view name : names) {
    const Node* const old_value = find(before, name);
    const Node* const new_value = find(after, name);
    const auto is_table = [](const Node* node) {
      return node == nullptr || node->kind == Kind::kTable;
    };
    const std::string full = prefix + std::string(name);
    if (is_table(old_value) && is_table(new_value))
      compare(old_value != nullptr ? *old_value : none, new_value != nullptr ? *new_value : none,
              full + ".", out);
    else if (old_value == nullptr || new_value == nullptr || !is_same(*old_value, *new_value))
      out.push_back(full);
  }
}

}  // namespace

std::vector<std::string> changed_keys(const Node& before, const Node& after) {
  std::vector<std::string> out;
  compare(before, after, "", out);
  std::sort(out.begin(), out.end());
  return out;
}

bool needs_restart(std::string_view key) {
  return std::any_of(kAtStart.begin(), kAtStart.end(), [key](std::string_view each) {
    return each.ends_with('.') ? key.starts_with(each) : key == each;
  });
}

std::span<const std::string_view> start_keys() { return kAtStart; }

}  // namespace restante::control
