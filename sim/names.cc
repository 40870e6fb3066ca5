#include "sim/names.h"

#include <algorithm>

namespace restante::sim {

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

NodePtr Names::find(const std::string& path) const {
  const auto at = visible_.find(path);
  return at == visible_.end() ? nullptr : at->second;
}

bool Names::is_durable(const std::string& path) const {
  return std::ranges::none_of(
      pending_, [&](const Change& change) { return change.from == path || change.to == path; });
}

bool Names::has_directory(const std::string& path) const {
  if (path == "/" || path == ".") return true;
  const NodePtr node = find(path);
  return node && node->directory;
}

/// False when it does not fit what is there.
bool Names::apply(Map& names, const Change& change) {
  if (!change.from.empty()) {
    const auto at = names.find(change.from);
    if (at == names.end() || at->second != change.node) return false;
    names.erase(at);
  }
  if (!change.to.empty()) names[change.to] = change.node;
  return true;
}

void Names::note(Change change) {
  (void)apply(visible_, change);
  if (!change.to.empty()) change.node->name = change.to;
  pending_.push_back(std::move(change));
}

NodePtr Names::create(const std::string& path, bool directory, std::uint64_t moment) {
  auto node = std::make_shared<Node>();
  node->directory = directory;
  node->inode = next_inode_++;
  note({{}, path, node, moment});
  return node;
}

void Names::link(const std::string& from, const std::string& to, std::uint64_t moment) {
  const NodePtr node = find(from);
  ++node->links;
  note({{}, to, node, moment});
}

NodePtr Names::rename(const std::string& from, const std::string& to, std::uint64_t moment) {
  NodePtr old = find(to);
  if (old) --old->links;
  note({from, to, find(from), moment});
  return old;
}

NodePtr Names::remove(const std::string& path, std::uint64_t moment) {
  NodePtr old = find(path);
  --old->links;
  note({path, {}, old, moment});
  return old;
}

void Names::sync_all() {
  for (const Change& change : pending_) (void)apply(durable_, change);
  pending_.clear();
}

void Names::sync_directory(const std::string& path) {
  std::erase_if(pending_, [&](const Change& change) {
    const bool concerned = (!change.from.empty() && parent_of(change.from) == path) ||
                           (!change.to.empty() && parent_of(change.to) == path);
    if (concerned) (void)apply(durable_, change);
    return concerned;
  });
}

void Names::sync_names_of(const Node& node) {
  // Earlier changes go along, as in a journal: names may have been used more than once.
  const auto last = std::find_if(pending_.rbegin(), pending_.rend(),
                                 [&](const Change& change) { return change.node.get() == &node; });
  for (auto at = pending_.begin(); at != last.base(); ++at) (void)apply(durable_, *at);
  pending_.erase(pending_.begin(), last.base());
}

Names::Map Names::after_crash(Survival survival, std::uint64_t moment, Rng& rng) const {
  Map out = durable_;
  for (const Change& change : pending_) {
    if (survival == Survival::kNothing) break;
    if (survival == Survival::kInOrder && change.moment > moment) break;
    if (survival == Survival::kAny && rng.one_in(2)) continue;
    (void)apply(out, change);
  }
  // A file without its directory cannot be found.
  for (bool pruned = true; pruned;) {
    pruned = std::erase_if(out, [&](const auto& entry) {
               const std::string parent = parent_of(entry.first);
               return parent != "/" && parent != "." && !out.contains(parent);
             }) > 0;
  }
  return out;
}

void Names::restart(Map names) {
  visible_ = durable_ = std::move(names);
  pending_.clear();
}

}  // namespace restante::sim
