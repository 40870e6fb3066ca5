// The messages of a maildrop's views, in memory: one list of all that any view sees, and of each
// view what it does not see of them. A view's own list is made of both when it is wanted; most
// maildrops have the default view alone, whose list is that of all.
//
// No locks: used as KnownLog is. Lists that sessions have are never changed but at their end.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "maildrop/log/file/history.h"
#include "maildrop/log/file/log_index_file.h"
#include "maildrop/log/file/message_list.h"
#include "maildrop/log/file/view_table.h"
#include "maildrop/store.h"

namespace restante::maildrop::log {

/// What several records say of views together, so that a long log is not sorted record by record.
struct ViewChanges {
  struct Change {
    SequenceSum deleted;
    SequenceSum deleted_for_all;  ///< Part of deleted_everywhere.
    SequenceSum retrieved;
    bool undeleted = false;
  };

  void change(View view, const RecordContent& content);

  std::map<View, Change> of_views;
  SequenceSum deleted_everywhere;                   ///< But from the views of copies.
  std::vector<std::pair<View, RecordContent>> set;  ///< Made or changed, in their order.
  std::vector<View> ended;
};

/// What stays for views.
struct Held {
  Usage usage;
  std::uint64_t log_bytes = 0;  ///< Of their records, with padding.
  std::optional<WallTime> oldest;

  /// One more, behind the others.
  void add(const MessageEntry& entry);
};

/// The table of nearly every maildrop: one for all, since thousands are opened and given up.
const std::shared_ptr<const ViewTable>& no_views();

class KnownViews {
 public:
  struct State {
    std::shared_ptr<MessageList> messages;  ///< nullptr: not in memory.
    SequenceSet retrieved;                  ///< Those that a retrieval is recorded of.
    SequenceSet missing;                    ///< Of all messages, those that it does not see.
  };

  /// Forgets all that was known for what an index says.
  void begin(const IndexContent& index);
  /// A message that all views see.
  void append(const MessageEntry& entry);
  void apply(ViewChanges& changes);

  /// It is not in memory where a message stands that came back: the log has to be read again.
  [[nodiscard]] bool is_stale() const { return is_stale_; }
  /// Its list is in memory.
  [[nodiscard]] bool has(View view) const;
  /// One that is in memory.
  [[nodiscard]] const State& at(View view) const { return states_.at(view); }
  /// Puts a view's list in memory, if it can be made of what is there.
  bool load(View view);
  /// Takes everything from a reading of the whole log; `entries` as the history's messages.
  void reload(const std::vector<MessageEntry>& entries, const History& history);
  /// There is a view of which no record has spoken. Then all is stale.
  void mention(View view);

  /// The same messages in other places; `find` gives an entry's new one, or nothing: it is gone.
  template <typename Find>
  void move_to(std::shared_ptr<UidPool> uids, Find find);

  [[nodiscard]] const std::shared_ptr<const ViewTable>& table() const { return table_; }
  /// All that any view sees.
  [[nodiscard]] const std::shared_ptr<MessageList>& all() const { return all_; }
  [[nodiscard]] const std::map<View, State>& states() const { return states_; }
  /// What stays for the views that hold. Nothing holds: what any view sees.
  [[nodiscard]] Held held(WallTime now, ViewsExpire expire) const;
  /// What the views of copies alone see.
  [[nodiscard]] SequenceSet left_for_copies() const;
  /// What a view sees. It is live.
  [[nodiscard]] Usage waiting(View view) const;
  /// What an index has to say; the list of the default view is in memory.
  void fill(IndexContent& index) const;
  [[nodiscard]] std::uint64_t memory_bytes() const;

 private:
  void set_view(View view, const RecordContent& content);
  void remove(State& state, const SequenceSet& deleted);
  void drop_unseen();
  void go_stale();

  std::shared_ptr<UidPool> uids_;
  std::shared_ptr<MessageList> all_;
  std::shared_ptr<const ViewTable> table_ = no_views();
  std::map<View, State> states_;  // Of all live views.
  bool is_stale_ = false;
  struct Counted {
    std::vector<View> holding;
    Held held;
  };
  mutable std::optional<Counted> counted_;  // Where there are several views.
};

template <typename Find>
void KnownViews::move_to(std::shared_ptr<UidPool> uids, Find find) {
  uids_ = std::move(uids);
  counted_.reset();
  if (is_stale_) return;
  auto moved = std::make_shared<MessageList>(uids_);
  std::vector<Sequence> gone;
  for (std::uint32_t i = 0; i < all_->count(); ++i) {
    if (const std::optional<MessageEntry> entry = find((*all_)[i])) {
      moved->append(*entry);
    } else {
      gone.push_back((*all_)[i].info.sequence);
    }
  }
  all_ = std::move(moved);
  const SequenceSet left(gone);
  for (auto& [view, state] : states_) {
    const bool was_wanted = state.messages != nullptr;
    state.messages.reset();
    state.retrieved.remove(left);
    state.missing.remove(left);
    if (was_wanted) (void)load(view);
  }
}

}  // namespace restante::maildrop::log
