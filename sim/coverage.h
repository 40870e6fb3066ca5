// What a search has reached: operations, places where the machine or a process stopped, faults. A
// kind of fault that a long search never meets is a hole in the simulation, and fails it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace restante::sim {

enum class Section : std::uint8_t { kOperation, kStop, kFault, kCount };

/// Counters by name. Used by one thread at a time.
class Coverage {
 public:
  void count(Section section, std::string_view name, std::uint64_t by = 1);
  void add(const Coverage& other);
  /// What must be reached and was not.
  [[nodiscard]] std::vector<std::string> missing() const;
  /// For people, all sections.
  [[nodiscard]] std::string table() const;

 private:
  using Counters = std::map<std::string, std::uint64_t, std::less<>>;
  std::array<Counters, static_cast<std::size_t>(Section::kCount)> sections_;
};

}  // namespace restante::sim
