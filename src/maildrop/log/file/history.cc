#include "maildrop/log/file/history.h"

#include <algorithm>

namespace restante::maildrop::log {

void History::change(View view, const RecordContent& content, WallTime time) {
  views_.mention(view);
  Track& track = tracks_[view];
  mark(track.deleted, content.deletions, time);
  mark(track.retrieved, content.retrievals, time);
  mark(track.deleted, content.undeletions, kNever);
  // What came back and is deleted again shall be found in the trash again.
  if (const auto trash = tracks_.find(View::kTrash); trash != tracks_.end())
    mark(trash->second.deleted, content.undeletions, kNever);
  if (!content.in_every_view) return;
  for (const View other : views_.live())
    if (!views_.is_of_copy(other)) mark(tracks_[other].deleted, content.deletions, time);
}

void History::set_view(View view, const RecordContent& content) {
  if (!content.view) return;
  views_.set(view, *content.view);
  mark(tracks_[view].deleted, content.unseen, kUnseen);
}

void History::end_view(View view) {
  views_.end(view);
  tracks_.erase(view);
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
    // A range may name numbers that the log has no more: upkeep has taken those messages out.
    auto at = std::ranges::lower_bound(sequences_, Sequence{range.first});
    for (; at != sequences_.end() && to_number(*at) <= range.last; ++at) {
      WallTime& known = times[static_cast<std::size_t>(at - sequences_.begin())];
      if (known == kNever || time == kNever) known = time;
    }
  }
}

WallTime History::mark_of(View view, std::size_t index) const {
  const auto track = tracks_.find(view);
  if (track == tracks_.end() || index >= track->second.deleted.size()) return kNever;
  return track->second.deleted[index];
}

bool History::is_seen(View view, std::size_t index) const { return mark_of(view, index) == kNever; }

bool History::is_gone(const std::vector<View>& views, std::size_t index) const {
  return std::ranges::none_of(views, [&](View view) { return is_seen(view, index); });
}

std::optional<WallTime> History::deleted_at(View view, std::size_t index) const {
  const WallTime time = mark_of(view, index);
  return time == kNever || time == kUnseen ? std::nullopt : std::optional(time);
}

std::optional<WallTime> History::retrieved_at(View view, std::size_t index) const {
  const auto track = tracks_.find(view);
  if (track == tracks_.end() || index >= track->second.retrieved.size()) return std::nullopt;
  const WallTime time = track->second.retrieved[index];
  return time == kNever ? std::nullopt : std::optional(time);
}

}  // namespace restante::maildrop::log
