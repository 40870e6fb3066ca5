#include "fetch/state/owners.h"

#include <functional>
#include <set>

namespace restante::fetch {
namespace {

std::size_t hash_of(std::string_view sha256) { return std::hash<std::string_view>()(sha256); }

/// Entries without a server's id are no claim to a content: it was known before there were ids.
bool is_claimed(const Known::value_type& owner, TakeOver take_over) {
  const auto& [uid, entry] = owner;
  // What an id stood for before keeps its copy for good.
  if (uid.starts_with(kReplaced)) return true;
  if (!is_server_uid(uid)) return false;
  return entry.state != UidState::kVanished || take_over == TakeOver::kNo;
}

}  // namespace

Owners::Owners(const Known& known) {
  for (const Known::value_type& entry : known) add(entry);
}

void Owners::add(const Known::value_type& entry) {
  if (entry.second.has_content()) by_content_.emplace(hash_of(entry.second.sha256), &entry);
}

std::vector<const Known::value_type*> Owners::of(std::string_view sha256,
                                                 std::string_view but_for) const {
  std::vector<const Known::value_type*> owners;
  const auto [first, last] = by_content_.equal_range(hash_of(sha256));
  for (auto found = first; found != last; ++found) {
    const Known::value_type& entry = *found->second;
    if (entry.second.sha256 == sha256 && entry.first != but_for) owners.push_back(&entry);
  }
  return owners;
}

std::uint32_t free_copy(const std::vector<const Known::value_type*>& owners, TakeOver take_over) {
  std::set<std::uint32_t> taken;
  for (const Known::value_type* const owner : owners)
    if (is_claimed(*owner, take_over)) taken.insert(owner->second.copy);
  // The first that is free: copies are told apart by their number alone.
  std::uint32_t copy = 1;
  while (taken.contains(copy)) ++copy;
  return copy;
}

}  // namespace restante::fetch
