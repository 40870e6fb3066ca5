// What a name led to when it was looked up last, in memory: a hint where to look first, that
// nothing is believed because of. Bounded: when it is full it begins anew.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace restante::accounts {

/// Callable from any thread.
class NameMemory {
 public:
  explicit NameMemory(std::size_t names_max) : names_max_(names_max) {}

  void note(const std::string& name, const std::string& led_to);
  [[nodiscard]] std::optional<std::string> recall(const std::string& name) const;
  void clear();

 private:
  const std::size_t names_max_;
  mutable std::mutex mutex_;  ///< Guards everything below.
  std::unordered_map<std::string, std::string> known_;
};

}  // namespace restante::accounts
