#include "accounts/names/name_memory.h"

namespace restante::accounts {

void NameMemory::note(const std::string& name, const std::string& led_to) {
  const std::lock_guard lock(mutex_);
  // All at once: it only saves questions, and a list by age would cost more than it saves.
  if (known_.size() >= names_max_ && !known_.contains(name)) known_.clear();
  if (names_max_ > 0) known_.insert_or_assign(name, led_to);
}

std::optional<std::string> NameMemory::recall(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(name);
  if (found == known_.end()) return std::nullopt;
  return found->second;
}

void NameMemory::clear() {
  const std::lock_guard lock(mutex_);
  known_.clear();
}

}  // namespace restante::accounts
