// One at a time, and those who wait by turns: who waits with a hundred is served once in a round,
// as who waits with one. A mutex lets in whoever happens to come first, and a flood comes first.
#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <string>
#include <string_view>

namespace restante::accounts::pam {

/// Callable from any thread.
class Turns {
 public:
  /// Waits until it is the turn of this call, which `who` makes. True: leave() must follow. False:
  /// `patience` was over before.
  bool enter(std::string_view who, std::chrono::milliseconds patience);
  void leave();

  /// For tests.
  [[nodiscard]] std::size_t waiting() const;

 private:
  struct Waiter {
    std::condition_variable told;
    bool is_on = false;
  };
  struct Line {
    std::string who;
    std::list<Waiter*> waiters;  // Never empty; each lives in its enter().
  };

  mutable std::mutex mutex_;
  bool busy_ = false;
  std::list<Line> lines_;  // The first is next.
};

/// A turn for as long as it lives.
class Turn {
 public:
  /// As Turns::enter(); `turns` outlives it.
  Turn(Turns& turns, std::string_view who, std::chrono::milliseconds patience)
      : turns_(turns), is_on_(turns.enter(who, patience)) {}
  ~Turn() {
    if (is_on_) turns_.leave();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  explicit operator bool() const { return is_on_; }

 private:
  Turns& turns_;
  const bool is_on_;
};

}  // namespace restante::accounts::pam
