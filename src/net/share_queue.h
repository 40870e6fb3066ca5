// Who may have one of a pool's threads. Work comes from sources (a maildrop, a connection) and is
// of one of two kinds; none of them can take all threads, however long its work takes:
//
// - A source has at most half as many threads as it leaves free, but always one if one is free. So
//   the first that hangs takes a third, the next a third of the rest, and each leaves some.
// - Mail that comes in leaves a quarter of the threads to owners, and owners leave it an eighth.
//
// Waiting work is served in turn (fair_queue.h), the two kinds alternately.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "net/fair_queue.h"

namespace restante::net {

/// The party that work is done for.
enum class Errand : std::uint8_t {
  kOwner,  ///< A user logs in, gets mail or quits.
  kMail,   ///< Mail that comes in.
};

/// `Job` is movable. Used by one thread at a time.
template <typename Job>
class ShareQueue {
 public:
  struct Ready {
    Errand errand;
    std::uint64_t source;
    Job job;
  };

  explicit ShareQueue(std::size_t threads)
      : threads_(threads), most_{threads - threads / 8, threads - threads / 4} {}

  /// The job again when it may run at once; otherwise it waits for next(). No waiting job is passed
  /// over: as long as one waits, it may not run, or next() would have given it.
  std::optional<Ready> push(Errand errand, std::uint64_t source, Job job) {
    if (has_room(errand) && may_have_more(source)) return begin(errand, source, std::move(job));
    static_cast<void>(queues_[index(errand)].push(source, std::move(job)));  // Always has room.
    return std::nullopt;
  }

  /// A job that may run now. To be asked again until there is none, each time one has ended.
  std::optional<Ready> next() {
    for (std::size_t i = 0; i < kErrands.size(); ++i) {
      const Errand errand = kErrands[turn_];
      turn_ = (turn_ + 1) % kErrands.size();
      if (!has_room(errand)) continue;
      std::uint64_t chosen = 0;
      auto job = queues_[index(errand)].pop_if([&](std::uint64_t source) {
        chosen = source;
        return may_have_more(source);
      });
      if (job) return begin(errand, chosen, std::move(*job));
    }
    return std::nullopt;
  }

  /// A job that push() or next() gave has ended.
  void ended(Errand errand, std::uint64_t source) {
    ++ended_;
    --running_of_[index(errand)];
    const auto at = std::ranges::find(running_, source);
    *at = running_.back();
    running_.pop_back();
  }

  [[nodiscard]] std::size_t waiting() const { return queues_[0].size() + queues_[1].size(); }
  [[nodiscard]] std::size_t running() const { return running_.size(); }
  /// How many have ended since the beginning.
  [[nodiscard]] std::uint64_t ended() const { return ended_; }
  /// Every thread is at work.
  [[nodiscard]] bool is_full() const { return running_.size() == threads_; }

 private:
  static constexpr std::array kErrands = {Errand::kOwner, Errand::kMail};
  static constexpr std::size_t kNoBound = std::numeric_limits<std::size_t>::max();
  static std::size_t index(Errand errand) { return static_cast<std::size_t>(errand); }

  [[nodiscard]] bool has_room(Errand errand) const {
    return !is_full() && running_of_[index(errand)] < most_[index(errand)];
  }

  [[nodiscard]] bool may_have_more(std::uint64_t source) const {
    const auto own = static_cast<std::size_t>(std::ranges::count(running_, source));
    return own == 0 || own < (threads_ - running_.size()) / 2;
  }

  Ready begin(Errand errand, std::uint64_t source, Job job) {
    ++running_of_[index(errand)];
    running_.push_back(source);
    return {errand, source, std::move(job)};
  }

  const std::size_t threads_;
  const std::array<std::size_t, 2> most_;  // By errand.
  std::array<std::size_t, 2> running_of_{};
  std::array<FairQueue<Job>, 2> queues_{FairQueue<Job>(kNoBound), FairQueue<Job>(kNoBound)};
  std::vector<std::uint64_t> running_;  // Their sources.
  std::uint64_t ended_ = 0;
  std::size_t turn_ = 0;
};

}  // namespace restante::net
