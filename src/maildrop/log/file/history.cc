#include "maildrop/log/file/history.h"

#include <algorithm>

namespace restante::maildrop::log {

void History::change(View view, const RecordContent& content, WallTime time) {
  Track& track = tracks_[view];
  mark(track.deleted, content.deletions, time);
  mark(track.retrieved, content.retrievals, time);
  mark(track.deleted, content.undeletions, kNever);
}

void History::add_deletions(View view, const SequenceSet& set, WallTime time) {
  if (!set.empty()) mark(tracks_[view].deleted, set, time);
}

void History::take_back(View view, const SequenceSet& set) {
  if (!set.empty()) mark(tracks_[view].deleted, set, kNever);
}

/// The first time counts, and kNever takes it back.
void History::mark(std::vector<WallTime>& times, const SequenceSet& set, WallTime time) {
  if (set.empty()) return;
  times.resize(sequences_.size(), kNever);
  for (const SequenceSet::Range& range : set.ranges()) {
    auto at = std::ranges::lower_bound(sequences_, Sequence{range.first});
    for (; at != sequences_.end() && to_number(*at) <= range.last; ++at) {
      WallTime& known = times[static_cast<std::size_t>(at - sequences_.begin())];
      if (known == kNever || time == kNever) known = time;
    }
  }
}

std::optional<WallTime> History::deleted_at(View view, std::size_t index) const {
  const auto track = tracks_.find(view);
  if (track == tracks_.end() || index >= track->second.deleted.size()) return std::nullopt;
  const WallTime time = track->second.deleted[index];
  return time == kNever ? std::nullopt : std::optional(time);
}

std::optional<WallTime> History::retrieved_at(View view, std::size_t index) const {
  const auto track = tracks_.find(view);
  if (track == tracks_.end() || index >= track->second.retrieved.size()) return std::nullopt;
  const WallTime time = track->second.retrieved[index];
  return time == kNever ? std::nullopt : std::optional(time);
}

std::vector<View> History::views() const {
  std::vector<View> views;
  if (!tracks_.contains(View::kDefault)) views.push_back(View::kDefault);
  for (const auto& [view, track] : tracks_) views.push_back(view);
  return views;
}

}  // namespace restante::maildrop::log
