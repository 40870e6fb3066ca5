// Whether several commands may be under way with a server at once. Some servers announce PIPELINING
// and lose commands, or mix the replies up; what is then taken for one message is another. An
// answer that was not alone is believed only when it has the size that LIST says and no other
// message in the window has, or the header that TOP shows (twins.h). One that does not fit is
// dropped, and the message asked for again, alone, in a session of its own: the same octets, and
// LIST is wrong; others, and the server mixes its answers up. Either is remembered for a month, in
// which nothing is asked for ahead.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fetch/plan/habits.h"
#include "fetch/plan/plan.h"

namespace restante::fetch {

/// For one run. Used by one thread. Errors of all: the database's.
class Pipelining {
 public:
  /// `habits` has what was remembered, and outlives it.
  explicit Pipelining(Habits& habits) : habits_(habits) {}

  /// More than one command may be under way.
  [[nodiscard]] bool is_trusted() const { return !habits_.has(Habit::kMixesUp); }

  /// The answer to `message` was not alone and does not fit; `sha256` of what came, empty: nothing
  /// came. Nothing is asked for ahead until it has come alone.
  Status doubt(const Fetch& message, std::string_view sha256);
  /// What came for `message`, `sha256`, was not alone, fits, and cannot be told from another's: it
  /// is asked for again, alone, in this session.
  void suspect(const Fetch& message, std::string_view sha256);
  /// It fitted and was kept, and could not be asked for again alone: it is unsure.
  void distrust(const Fetch& message);
  /// No answer at all can be believed: `why`, for the user. `time`: for so long.
  Status break_off(std::string why, std::chrono::days time = kHabitDaysMax);
  /// The answer to `message` was not alone, and fits.
  void fitted(const Fetch& message);
  /// This message has come alone.
  Status came_alone(const Fetch& message, std::string_view sha256, std::uint64_t octets);
  /// It could not be fetched alone either: it tells nothing.
  Status failed_alone(const Fetch& message);
  /// A session has ended in which every command had its reply, and each reply fitted.
  void session_held() { fitted_.clear(); }
  /// What this run has found out, for the user; empty: nothing.
  [[nodiscard]] std::string found() const;

  /// Unique ids of what came while the server mixed its answers up, and fitted all the same, and of
  /// what is distrusted; taken out. They are to be fetched again.
  [[nodiscard]] std::vector<std::string> take_unsure();

 private:
  Status remember(std::string_view why);
  Status conclude();

  Habits& habits_;
  std::unordered_map<std::string, std::string> doubts_;    // By what stands for the unique id.
  std::unordered_map<std::string, std::string> suspects_;  // The same.
  std::vector<std::string> fitted_;
  std::vector<std::string> distrusted_;
  bool is_broken_ = false;  // In this run.
  std::size_t times_doubted_ = 0;
  std::uint64_t sizes_right_ = 0;  // Of messages that came alone.
  std::uint64_t sizes_wrong_ = 0;
};

}  // namespace restante::fetch
