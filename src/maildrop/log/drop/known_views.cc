#include "maildrop/log/drop/known_views.h"

#include <algorithm>

namespace restante::maildrop::log {
namespace {

/// Walks over messages with the ranges of a set beside them, both ascending.
class Walk {
 public:
  explicit Walk(const SequenceSet& set) : at_(set.ranges().begin()), end_(set.ranges().end()) {}
  /// Of ascending sequences, each asked once.
  bool has(Sequence sequence) {
    const std::uint64_t number = to_number(sequence);
    while (at_ != end_ && at_->last < number) ++at_;
    return at_ != end_ && at_->first <= number;
  }

 private:
  std::vector<SequenceSet::Range>::const_iterator at_;
  const std::vector<SequenceSet::Range>::const_iterator end_;
};

std::shared_ptr<MessageList> without(const MessageList& list, const SequenceSet& set,
                                     const std::shared_ptr<UidPool>& uids) {
  auto left = std::make_shared<MessageList>(uids);
  Walk walk(set);
  for (std::uint32_t i = 0; i < list.count(); ++i)
    if (!walk.has(list[i].info.sequence)) left->append(list[i]);
  return left;
}

}  // namespace

void ViewChanges::change(View view, const RecordContent& content) {
  Change& changed = of_views[view];
  changed.retrieved.add(content.retrievals);
  changed.undeleted = changed.undeleted || !content.undeletions.empty();
  (content.in_every_view ? changed.deleted_for_all : changed.deleted).add(content.deletions);
  if (content.in_every_view) deleted_everywhere.add(content.deletions);
}

const std::shared_ptr<const ViewTable>& no_views() {
  static const std::shared_ptr<const ViewTable> none = std::make_shared<ViewTable>();
  return none;
}

void KnownViews::begin(const IndexContent& index) {
  uids_ = index.uids;
  all_ = index.messages;
  table_ = index.views.is_unsaid() ? no_views() : std::make_shared<ViewTable>(index.views);
  states_.clear();
  is_stale_ = false;
  counted_.reset();
  for (const auto& [view, marks] : index.marks)
    if (table_->is_live(view)) states_[view] = {nullptr, marks.retrieved, marks.missing};
  State& own = states_[View::kDefault];
  own.retrieved = index.retrieved;
  if (own.missing.empty()) own.messages = all_;
}

void KnownViews::append(const MessageEntry& entry) {
  if (is_stale_) return;
  all_->append(entry);
  for (auto& [view, state] : states_)
    if (state.messages && state.messages != all_) state.messages->append(entry);
  if (counted_) counted_->held.add(entry);
}

/// Views that were made come first: what was deleted since is theirs, too. No number is given
/// twice, so those that ended may come last.
void KnownViews::apply(ViewChanges& changes) {
  for (const auto& [view, content] : changes.set) set_view(view, content);
  for (const auto& [view, change] : changes.of_views)
    if (view != View::kTrash && !table_->is_live(view) && !table_->has_ended(view)) mention(view);
  for (auto& [view, change] : changes.of_views) {
    const auto at = states_.find(view);
    if (at == states_.end()) continue;
    at->second.retrieved.add(change.retrieved.merged());
    remove(at->second, change.deleted.merged());
    if (table_->is_of_copy(view)) remove(at->second, change.deleted_for_all.merged());
    // Where they belong in the list, the log knows: it is read when a view is wanted.
    if (change.undeleted) go_stale();
  }
  for (auto& [view, state] : states_)
    if (!table_->is_of_copy(view)) remove(state, changes.deleted_everywhere.merged());
  if (!changes.ended.empty()) {
    auto table = std::make_shared<ViewTable>(*table_);
    for (const View view : changes.ended) {
      table->end(view);
      states_.erase(view);
    }
    table_ = std::move(table);
  }
  drop_unseen();
}

void KnownViews::set_view(View view, const RecordContent& content) {
  if (!content.view) return;
  auto table = std::make_shared<ViewTable>(*table_);
  table->set(view, *content.view);
  table_ = std::move(table);
  counted_.reset();
  if (view == View::kTrash) return;
  State& state = states_[view];
  if (content.unseen.empty()) return;
  state.missing.add(content.unseen);
  state.messages.reset();
}

/// Puts a list without these in place; sessions keep the old one.
void KnownViews::remove(State& state, const SequenceSet& deleted) {
  if (deleted.empty() || is_stale_) return;
  counted_.reset();
  state.retrieved.remove(deleted);
  if (states_.size() == 1) {
    all_ = without(*all_, deleted, uids_);
    state.messages = all_;
    return;
  }
  state.missing.add(deleted);
  if (state.messages) state.messages = without(*state.messages, deleted, uids_);
}

/// Takes what no view sees any more out of the list of all.
void KnownViews::drop_unseen() {
  if (is_stale_ || states_.empty()) return;
  if (states_.size() == 1 && states_.begin()->second.missing.empty()) return;
  SequenceSet unseen = states_.begin()->second.missing;
  for (const auto& [view, state] : states_) unseen.keep(state.missing);
  if (unseen.empty()) return;
  counted_.reset();
  const auto before = all_;
  all_ = without(*all_, unseen, uids_);
  for (auto& [view, state] : states_) {
    state.missing.remove(unseen);
    const bool is_all = state.messages && state.missing.empty();
    if (is_all || state.messages == before) state.messages = all_;
  }
}

void KnownViews::go_stale() {
  is_stale_ = true;
  counted_.reset();
  for (auto& [view, state] : states_) state.messages.reset();
}

void KnownViews::mention(View view) {
  auto table = std::make_shared<ViewTable>(*table_);
  table->mention(view);
  table_ = std::move(table);
  states_[view];
  go_stale();
}

bool KnownViews::has(View view) const {
  const auto at = states_.find(view);
  return !is_stale_ && at != states_.end() && at->second.messages != nullptr;
}

bool KnownViews::load(View view) {
  const auto at = states_.find(view);
  if (is_stale_ || at == states_.end()) return false;
  State& state = at->second;
  if (!state.messages)
    state.messages = state.missing.empty() ? all_ : without(*all_, state.missing, uids_);
  return true;
}

void KnownViews::reload(const std::vector<MessageEntry>& entries, const History& history) {
  const std::vector<View> views = table_->live();
  all_ = std::make_shared<MessageList>(uids_);
  std::map<View, std::vector<Sequence>> missing;
  std::map<View, std::vector<Sequence>> retrieved;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (history.is_gone(views, i)) continue;
    all_->append(entries[i]);
    for (const View view : views) {
      const bool is_seen = history.is_seen(view, i);
      if (!is_seen) missing[view].push_back(history.sequence(i));
      if (is_seen && history.retrieved_at(view, i)) retrieved[view].push_back(history.sequence(i));
    }
  }
  states_.clear();
  for (const View view : views)
    states_[view] = {nullptr, SequenceSet(retrieved[view]), SequenceSet(missing[view])};
  is_stale_ = false;
  counted_.reset();
  (void)load(View::kDefault);
}

namespace {

Held count_all(const MessageList& list) {
  Held held{{list.count(), list.octets()}, list.log_bytes(), std::nullopt};
  if (list.count() > 0) held.oldest = list[0].info.arrived;
  return held;
}

Held count_without(const MessageList& list, const SequenceSet& gone) {
  Held held;
  Walk walk(gone);
  for (std::uint32_t i = 0; i < list.count(); ++i)
    if (!walk.has(list[i].info.sequence)) held.add(list[i]);
  return held;
}

}  // namespace

void Held::add(const MessageEntry& entry) {
  ++usage.messages;
  usage.octets += entry.info.octets;
  log_bytes += MessageList::record_bytes(entry);
  if (!oldest) oldest = entry.info.arrived;
}

Held KnownViews::held(WallTime now, ViewsExpire expire) const {
  if (table_->is_alone()) return count_all(*all_);
  std::vector<View> holding = table_->holding(now, expire);
  if (counted_ && counted_->holding == holding) return counted_->held;
  SequenceSet gone;
  bool is_first = true;
  for (const View view : holding) {
    const SequenceSet& missing = states_.at(view).missing;
    if (is_first) gone = missing;
    if (!is_first) gone.keep(missing);
    is_first = false;
  }
  Held held = gone.empty() ? count_all(*all_) : count_without(*all_, gone);
  counted_ = {std::move(holding), held};
  return counted_->held;
}

SequenceSet KnownViews::left_for_copies() const {
  if (!table_->has_copies()) return {};
  SequenceSet left = states_.at(View::kDefault).missing;
  for (const auto& [view, state] : states_)
    if (!table_->is_of_copy(view)) left.keep(state.missing);
  return left;
}

Usage KnownViews::waiting(View view) const {
  const State& state = states_.at(view);
  if (state.messages) return {state.messages->count(), state.messages->octets()};
  return count_without(*all_, state.missing).usage;
}

void KnownViews::fill(IndexContent& index) const {
  const bool is_unsaid = table_->is_unsaid();
  index.messages = is_unsaid ? states_.at(View::kDefault).messages : all_;
  index.retrieved = states_.at(View::kDefault).retrieved;
  if (is_unsaid) return;
  index.views = *table_;
  for (const auto& [view, state] : states_) index.marks[view] = {state.missing, state.retrieved};
}

std::uint64_t KnownViews::memory_bytes() const {
  std::uint64_t bytes = all_ ? all_->count() * sizeof(MessageEntry) : 0;
  for (const auto& [view, state] : states_) {
    if (state.messages && state.messages != all_)
      bytes += state.messages->count() * sizeof(MessageEntry);
    bytes += (state.missing.ranges().size() + state.retrieved.ranges().size()) *
             sizeof(SequenceSet::Range);
  }
  return bytes;
}

}  // namespace restante::maildrop::log
