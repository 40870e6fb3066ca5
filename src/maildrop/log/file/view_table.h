// Which views a maildrop has, by its log's records in their order, and for which of them messages
// wait. In memory; by one thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "maildrop/log/format/view_record.h"
#include "maildrop/view.h"

namespace restante::maildrop::log {

/// A view holds nothing any more when it was not used for so long; nullopt: it holds for ever.
using ViewsExpire = std::optional<std::chrono::seconds>;

class ViewTable {
 public:
  /// It was made, or is another one now.
  void set(View view, ViewRecord record);
  void end(View view);
  /// Numbers up to this one were given.
  void give_out(View last) {
    last_ = std::max(last_, static_cast<std::uint32_t>(last));
    was_made_ = was_made_ || last_ > 0;
  }
  /// A record speaks of a view that no record has made: it is there, and holds, without a name.
  void mention(View view);

  [[nodiscard]] bool is_live(View view) const;
  /// What it sees waits for a copy's target; it has no reader.
  [[nodiscard]] bool is_of_copy(View view) const;
  [[nodiscard]] bool has_copies() const;
  /// Those that were made in words for readers: what a limit of views means.
  [[nodiscard]] std::size_t readers_made() const;
  /// Nothing but the default view: then its role means nothing, and it holds.
  [[nodiscard]] bool is_alone() const { return made_.empty() && mentioned_.empty(); }
  /// No record has said anything of any view.
  [[nodiscard]] bool is_unsaid() const {
    return made_.empty() && !default_ && !trash_ && !was_made_;
  }
  /// nullptr: it was never made in words, as the default view before its first change.
  [[nodiscard]] const ViewRecord* find(View view) const;
  [[nodiscard]] std::optional<View> find(std::string_view name) const;
  /// The default one first, the trash not among them.
  [[nodiscard]] std::vector<View> live() const;
  /// Those that were made in words, without the default view and the trash.
  [[nodiscard]] const std::map<View, ViewRecord>& made() const { return made_; }
  /// All that a new log has to say: also of the default view and the trash.
  [[nodiscard]] std::map<View, ViewRecord> said() const;
  /// A number that no view ever had, and the last that one has or had: 0, where there was none.
  [[nodiscard]] View next() const { return View{last_ + 1}; }
  [[nodiscard]] View last() const { return View{last_}; }
  [[nodiscard]] const std::vector<View>& mentioned() const { return mentioned_; }
  /// It was given to a view that has ended.
  [[nodiscard]] bool has_ended(View view) const;

  /// What others delete may leave this view: it holds nothing, another one is the main view, or a
  /// copy may stand in the place of all.
  [[nodiscard]] bool others_decide(View view) const;
  /// What is known of a view, with what holds where nothing is.
  [[nodiscard]] ViewRecord record_of(View view) const;
  /// Those that messages wait for: the view that was used last among them, however long ago, and
  /// those of copies. Where these alone would hold, all views.
  [[nodiscard]] std::vector<View> holding(WallTime now, ViewsExpire expire) const;

 private:
  std::map<View, ViewRecord> made_;
  std::vector<View> mentioned_;
  std::optional<ViewRecord> default_;
  std::optional<ViewRecord> trash_;
  std::uint32_t last_ = 0;  // The highest number of all.
  bool was_made_ = false;   // A record has made one.
};

}  // namespace restante::maildrop::log
