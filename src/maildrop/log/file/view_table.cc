#include "maildrop/log/file/view_table.h"

#include <algorithm>

namespace restante::maildrop::log {

void ViewTable::set(View view, ViewRecord record) {
  if (view == View::kTrash) {
    trash_ = std::move(record);
  } else if (view == View::kDefault) {
    default_ = std::move(record);
  } else {
    std::erase(mentioned_, view);
    was_made_ = true;
    last_ = std::max(last_, static_cast<std::uint32_t>(view));
    made_[view] = std::move(record);
  }
}

void ViewTable::end(View view) {
  if (view == View::kTrash || view == View::kDefault) return;
  was_made_ = true;
  last_ = std::max(last_, static_cast<std::uint32_t>(view));
  std::erase(mentioned_, view);
  made_.erase(view);
}

void ViewTable::mention(View view) {
  if (view == View::kTrash || is_live(view)) return;
  last_ = std::max(last_, static_cast<std::uint32_t>(view));
  mentioned_.push_back(view);
  std::ranges::sort(mentioned_);
}

bool ViewTable::is_live(View view) const {
  return view == View::kDefault || made_.contains(view) ||
         std::ranges::find(mentioned_, view) != mentioned_.end();
}

bool ViewTable::is_of_copy(View view) const {
  const auto at = made_.find(view);
  return at != made_.end() && at->second.of_copy;
}

bool ViewTable::has_copies() const { return readers_made() < made_.size(); }

std::size_t ViewTable::readers_made() const {
  const auto is_readers = [](const auto& made) { return !made.second.of_copy; };
  return static_cast<std::size_t>(std::ranges::count_if(made_, is_readers));
}

const ViewRecord* ViewTable::find(View view) const {
  if (view == View::kTrash) return trash_ ? &*trash_ : nullptr;
  if (view == View::kDefault) return default_ ? &*default_ : nullptr;
  const auto at = made_.find(view);
  return at == made_.end() ? nullptr : &at->second;
}

std::optional<View> ViewTable::find(std::string_view name) const {
  for (const auto& [view, record] : made_)
    if (record.name == name) return view;
  return std::nullopt;
}

std::vector<View> ViewTable::live() const {
  std::vector<View> views = {View::kDefault};
  views.insert(views.end(), mentioned_.begin(), mentioned_.end());
  for (const auto& [view, record] : made_) views.push_back(view);
  std::ranges::sort(views);
  return views;
}

std::map<View, ViewRecord> ViewTable::said() const {
  std::map<View, ViewRecord> all = made_;
  if (default_) all[View::kDefault] = *default_;
  if (trash_) all[View::kTrash] = *trash_;
  return all;
}

bool ViewTable::has_ended(View view) const {
  return view != View::kTrash && static_cast<std::uint32_t>(view) <= last_ && !is_live(view);
}

bool ViewTable::others_decide(View view) const {
  if (is_alone()) return false;
  if (has_copies()) return true;
  if (record_of(view).role == ViewRole::kReader) return true;
  return std::ranges::any_of(said(), [view](const auto& other) {
    return other.first != view && other.second.role == ViewRole::kMain;
  });
}

/// The default view was in use before any other was made, though records of that time say nothing
/// of it; from then on its use is recorded.
ViewRecord ViewTable::record_of(View view) const {
  const ViewRecord* const found = find(view);
  ViewRecord record = found != nullptr ? *found : ViewRecord{};
  if (view != View::kDefault || made_.empty()) return record;
  WallTime first = WallTime::max();
  for (const auto& [other, made] : made_) first = std::min(first, made.made);
  if (found == nullptr) record.made = first;
  record.used = std::max(record.used, first);
  return record;
}

std::vector<View> ViewTable::holding(WallTime now, ViewsExpire expire) const {
  if (is_alone()) return {View::kDefault};
  std::vector<View> views = mentioned_;
  std::vector<View> copies;
  std::vector<std::pair<WallTime, View>> candidates;
  const auto consider = [&](View view, const ViewRecord& record) {
    if (record.of_copy) {
      copies.push_back(view);
    } else if (record.role != ViewRole::kReader) {
      candidates.emplace_back(record.used, view);
    }
  };
  consider(View::kDefault, record_of(View::kDefault));
  for (const auto& [view, record] : made_) consider(view, record);
  const auto last = std::ranges::max_element(candidates);
  for (auto at = candidates.begin(); at != candidates.end(); ++at) {
    const bool is_in_use =
        !record_of(at->second).is_released && (!expire || now - at->first <= *expire);
    if (at == last || is_in_use) views.push_back(at->second);
  }
  // That a target has a message means nothing to the readers of whom none holds.
  if (views.empty() && !copies.empty()) return live();
  views.insert(views.end(), copies.begin(), copies.end());
  std::ranges::sort(views);
  return views;
}

}  // namespace restante::maildrop::log
