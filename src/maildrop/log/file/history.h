// What a log's records say of each message, replayed in their order: when it was deleted from which
// view, and when it was first retrieved; and which views there are. In memory; made on demand, by
// one thread.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "maildrop/log/file/view_table.h"
#include "maildrop/log/format/replay.h"
#include "maildrop/store.h"

namespace restante::maildrop::log {

class History {
 public:
  /// The next record of the log.
  void apply(const ScannedRecord& record) { replay(record, *this); }
  /// The parts of it, as replay() tells them.
  void add_message(const ScannedRecord& record) {
    sequences_.push_back(Sequence{record.header.key});
  }
  void change(View view, const RecordContent& content, WallTime time);
  void forget(const std::vector<UidHash>& /*hashes*/) {}
  void set_view(View view, const RecordContent& content);
  void end_view(View view);
  /// Deletions and undeletions that no record tells of.
  void add_deletions(View view, const SequenceSet& set, WallTime time);
  void take_back(View view, const SequenceSet& set);
  /// What is known of the views in place of what the records say.
  void set_views(ViewTable views) { views_ = std::move(views); }

  /// Messages, numbered from 0 in the log's order.
  [[nodiscard]] std::size_t size() const { return sequences_.size(); }
  [[nodiscard]] Sequence sequence(std::size_t index) const { return sequences_[index]; }
  /// The view has not deleted it, and saw it from its beginning on.
  [[nodiscard]] bool is_seen(View view, std::size_t index) const;
  /// None of these views sees it.
  [[nodiscard]] bool is_gone(const std::vector<View>& views, std::size_t index) const;
  /// Nothing: it is not deleted from this view; perhaps the view never saw it.
  [[nodiscard]] std::optional<WallTime> deleted_at(View view, std::size_t index) const;
  [[nodiscard]] std::optional<WallTime> retrieved_at(View view, std::size_t index) const;
  [[nodiscard]] const ViewTable& views() const { return views_; }

 private:
  struct Track {
    std::vector<WallTime> deleted;    // kNever, as what lies behind its end, or kUnseen.
    std::vector<WallTime> retrieved;  // The same.
  };
  static constexpr WallTime kNever = WallTime::min();
  static constexpr WallTime kUnseen = WallTime::min() + WallTime::duration(1);

  void mark(std::vector<WallTime>& times, const SequenceSet& set, WallTime time);
  [[nodiscard]] WallTime mark_of(View view, std::size_t index) const;

  std::deque<Sequence> sequences_;  // Ascending. Grows without a second copy of all.
  std::map<View, Track> tracks_;
  ViewTable views_;
};

}  // namespace restante::maildrop::log
