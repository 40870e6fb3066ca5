// Jobs of many sources, each source served in its turn: a source with a thousand jobs waits for
// them, and a source with one job waits for one of each other source. Bounded: when it is full, the
// longest queue loses its latest job, so that one source cannot fill it for the others.
#pragma once

#include <cstdint>
#include <deque>
#include <list>
#include <optional>
#include <unordered_map>

namespace restante::net {

/// `Job` is movable. Used by one thread at a time.
template <typename Job>
class FairQueue {
 public:
  explicit FairQueue(std::size_t jobs_max) : jobs_max_(jobs_max) {}

  /// The job for which there is no room, which may be another than this one; nullopt: there is.
  std::optional<Job> push(std::uint64_t source, Job job) {
    std::optional<Job> out;
    if (size_ >= jobs_max_) {
      const auto longest = find_longest();
      const auto own = places_.find(source);
      if (longest == turns_.end() || (own != places_.end() && own->second == longest)) return job;
      if (own != places_.end() && own->second->jobs.size() >= longest->jobs.size()) return job;
      out = std::move(longest->jobs.back());
      longest->jobs.pop_back();
      took_from(longest);
    }
    auto [place, is_new] = places_.try_emplace(source, turns_.end());
    if (is_new) place->second = turns_.insert(turns_.end(), Turn{source, {}});
    place->second->jobs.push_back(std::move(job));
    ++size_;
    return out;
  }

  /// The next source's first job; that source then goes to the end of the line.
  std::optional<Job> pop() {
    return pop_if([](std::uint64_t) { return true; });
  }

  /// The same, passing over sources of which `may_go` says no.
  template <typename MayGo>
  std::optional<Job> pop_if(const MayGo& may_go) {
    auto turn = turns_.begin();
    while (turn != turns_.end() && !may_go(turn->source)) ++turn;
    if (turn == turns_.end()) return std::nullopt;
    std::optional<Job> out = std::move(turn->jobs.front());
    turn->jobs.pop_front();
    turns_.splice(turns_.end(), turns_, turn);
    took_from(turn);
    return out;
  }

  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct Turn {
    std::uint64_t source;
    std::deque<Job> jobs;
  };
  using Turns = std::list<Turn>;

  typename Turns::iterator find_longest() {
    auto longest = turns_.begin();
    for (auto turn = turns_.begin(); turn != turns_.end(); ++turn)
      if (turn->jobs.size() > longest->jobs.size()) longest = turn;
    return longest;
  }
  void took_from(typename Turns::iterator turn) {
    --size_;
    if (!turn->jobs.empty()) return;
    places_.erase(turn->source);
    turns_.erase(turn);
  }

  std::size_t jobs_max_;
  std::size_t size_ = 0;
  Turns turns_;  // Never empty ones; the first is next.
  std::unordered_map<std::uint64_t, typename Turns::iterator> places_;
};

}  // namespace restante::net
