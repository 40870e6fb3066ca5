#include "fetch/plan/pipelining.h"

#include <utility>

namespace restante::fetch {
namespace {

// Sessions that doubts may end in one run; then the rest of it is asked for alone.
constexpr std::size_t kDoubtsMax = 3;
// Fewer wrong sizes than this may be an accident.
constexpr std::uint64_t kWrongSizesMin = 2;

constexpr std::string_view kUnclear = "answers that came together do not have LIST's sizes";
constexpr std::string_view kSizesWrong = "LIST's sizes are not those of the messages";
constexpr std::string_view kMixesUp = "answers that came together were not those of their messages";
constexpr std::string_view kLoses = "commands that went together were not all answered";

std::string key_of(const Fetch& message) {
  return message.uid.empty() ? place_uid(message.number, message.octets) : message.uid;
}

}  // namespace

Status Pipelining::remember(std::string_view why) {
  return habits_.remember(Habit::kMixesUp, std::string(why), kHabitDaysMax);
}

Status Pipelining::doubt(const Fetch& message, std::string_view sha256) {
  // One doubt is one session, however many messages it is about.
  if (doubts_.empty()) ++times_doubted_;
  doubts_.try_emplace(key_of(message), sha256);
  return is_trusted() ? remember(kUnclear) : ok();
}

void Pipelining::suspect(const Fetch& message, std::string_view sha256) {
  suspects_.insert_or_assign(key_of(message), std::string(sha256));
}

void Pipelining::distrust(const Fetch& message) {
  if (!message.uid.empty()) distrusted_.push_back(message.uid);
}

Status Pipelining::break_off(std::string why, std::chrono::days time) {
  // Shown, and no longer a doubt.
  doubts_.clear();
  is_broken_ = true;
  return habits_.remember(Habit::kMixesUp, std::move(why), time);
}

void Pipelining::fitted(const Fetch& message) {
  if (!message.uid.empty()) fitted_.push_back(message.uid);
}

Status Pipelining::came_alone(const Fetch& message, std::string_view sha256, std::uint64_t octets) {
  // Whether LIST's sizes can be relied on at all is learned from messages that came alone.
  if (message.octets) ++(*message.octets == octets ? sizes_right_ : sizes_wrong_);
  if (const auto suspect = suspects_.extract(key_of(message));
      !suspect.empty() && suspect.mapped() != sha256)
    return break_off(std::string(kMixesUp));
  const auto found = doubts_.find(key_of(message));
  if (found == doubts_.end()) return ok();
  const std::string before = std::move(found->second);
  doubts_.erase(found);
  // The same octets alone as together: then the answer was right, and the size is LIST's mistake.
  if (before != sha256) return break_off(std::string(before.empty() ? kLoses : kMixesUp));
  return conclude();
}

Status Pipelining::failed_alone(const Fetch& message) {
  return doubts_.erase(key_of(message)) > 0 ? conclude() : ok();
}

/// The last doubt is gone, and nothing was mixed up: then LIST is wrong, now and then or always.
Status Pipelining::conclude() {
  if (!doubts_.empty() || is_broken_) return ok();
  fitted_.clear();
  if (sizes_wrong_ >= kWrongSizesMin && sizes_wrong_ > sizes_right_) {
    return remember(kSizesWrong);
  }
  // Doubted so often, it keeps the habit until that ends by itself: each doubt costs a session.
  if (times_doubted_ >= kDoubtsMax) return ok();
  return habits_.forget(Habit::kMixesUp);
}

std::string Pipelining::found() const {
  if (!is_broken_) return {};
  return std::string(habits_.reason(Habit::kMixesUp)) +
         ": from now on the server is asked for one message at a time";
}

std::vector<std::string> Pipelining::take_unsure() {
  std::vector<std::string> out = std::exchange(distrusted_, {});
  if (!is_broken_) return out;
  // The right size may have been chance: once a mix-up is shown, none of what came together is
  // believed.
  for (std::string& uid : std::exchange(fitted_, {})) out.push_back(std::move(uid));
  return out;
}

}  // namespace restante::fetch
