// A set of messages, by their numbers: a bit each, so that and, or and not of a hundred thousand
// cost microseconds. Pure.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

namespace restante::archive {

class IdSet {
 public:
  void add(std::int64_t id) {
    const auto place = static_cast<std::size_t>(id) / 64;
    if (place >= words_.size()) words_.resize(place + 1 + place / 2);
    words_[place] |= bit(id);
  }
  void remove(std::int64_t id) {
    const auto place = static_cast<std::size_t>(id) / 64;
    if (place < words_.size()) words_[place] &= ~bit(id);
  }
  [[nodiscard]] bool has(std::int64_t id) const {
    const auto place = static_cast<std::size_t>(id) / 64;
    return place < words_.size() && (words_[place] & bit(id)) != 0;
  }
  void keep_only(const IdSet& other) {
    words_.resize(std::min(words_.size(), other.words_.size()));
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
  }
  void add_all(const IdSet& other) {
    words_.resize(std::max(words_.size(), other.words_.size()));
    for (std::size_t i = 0; i < other.words_.size(); ++i) words_[i] |= other.words_[i];
  }
  void remove_all(const IdSet& other) {
    for (std::size_t i = 0; i < std::min(words_.size(), other.words_.size()); ++i)
      words_[i] &= ~other.words_[i];
  }
  [[nodiscard]] std::uint64_t size() const {
    std::uint64_t count = 0;
    for (const std::uint64_t word : words_)
      count += static_cast<std::uint64_t>(std::popcount(word));
    return count;
  }
  /// First and last of runs that hold all of it; what is less than `gap` apart is one run.
  [[nodiscard]] std::vector<std::pair<std::int64_t, std::int64_t>> runs(std::int64_t gap) const {
    std::vector<std::pair<std::int64_t, std::int64_t>> found;
    for_each([&](std::int64_t id) {
      if (found.empty() || id - found.back().second >= gap) found.emplace_back(id, id);
      found.back().second = id;
    });
    return found;
  }
  /// In ascending order.
  template <typename Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      for (std::uint64_t rest = words_[i]; rest != 0; rest &= rest - 1)
        visit(static_cast<std::int64_t>(i * 64 + static_cast<std::size_t>(std::countr_zero(rest))));
    }
  }

 private:
  static std::uint64_t bit(std::int64_t id) {
    return std::uint64_t{1} << (static_cast<std::uint64_t>(id) % 64);
  }
  std::vector<std::uint64_t> words_;
};

}  // namespace restante::archive
