// What a log's records say of each message, replayed in their order: when it was deleted from which
// view, and when it was first retrieved. In memory; made on demand, by one thread.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

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
  /// Deletions and undeletions that no record tells of.
  void add_deletions(View view, const SequenceSet& set, WallTime time);
  void take_back(View view, const SequenceSet& set);

  /// Messages, numbered from 0 in the log's order.
  [[nodiscard]] std::size_t size() const { return sequences_.size(); }
  [[nodiscard]] Sequence sequence(std::size_t index) const { return sequences_[index]; }
  /// Nothing: it is not deleted from this view.
  [[nodiscard]] std::optional<WallTime> deleted_at(View view, std::size_t index) const;
  [[nodiscard]] std::optional<WallTime> retrieved_at(View view, std::size_t index) const;
  /// The default one, and every other of which a record speaks.
  [[nodiscard]] std::vector<View> views() const;

 private:
  struct Track {
    std::vector<WallTime> deleted;    // kNever, as what lies behind its end.
    std::vector<WallTime> retrieved;  // The same.
  };
  static constexpr WallTime kNever = WallTime::min();

  void mark(std::vector<WallTime>& times, const SequenceSet& set, WallTime time);

  std::deque<Sequence> sequences_;  // Ascending. Grows without a second copy of all.
  std::map<View, Track> tracks_;
};

}  // namespace restante::maildrop::log
