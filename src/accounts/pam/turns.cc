#include "accounts/pam/turns.h"

#include <algorithm>

namespace restante::accounts::pam {

bool Turns::enter(std::string_view who, std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  if (!busy_) return busy_ = true;
  const auto is_theirs = [who](const Line& line) { return line.who == who; };
  auto line = std::find_if(lines_.begin(), lines_.end(), is_theirs);
  if (line == lines_.end()) line = lines_.insert(line, Line{std::string(who), {}});
  Waiter self;
  line->waiters.push_back(&self);
  if (self.told.wait_for(lock, patience, [&self] { return self.is_on; })) return true;
  // Not taken off by leave(), so the line is still there.
  line->waiters.remove(&self);
  if (line->waiters.empty()) lines_.erase(line);
  return false;
}

void Turns::leave() {
  const std::lock_guard lock(mutex_);
  busy_ = !lines_.empty();
  if (!busy_) return;
  const auto line = lines_.begin();
  Waiter& next = *line->waiters.front();
  line->waiters.pop_front();
  if (line->waiters.empty())
    lines_.erase(line);
  else
    lines_.splice(lines_.end(), lines_, line);
  next.is_on = true;
  next.told.notify_one();  // Under the lock: it lives until it has it.
}

std::size_t Turns::waiting() const {
  const std::lock_guard lock(mutex_);
  std::size_t sum = 0;
  for (const Line& line : lines_) sum += line.waiters.size();
  return sum;
}

}  // namespace restante::accounts::pam
