// The meaning of a log's records, said once: a follower is told of messages, changes of a view,
// views that begin and end, and uids that are gone, in the log's order.
#pragma once

#include "maildrop/log/format/log_scanner.h"

namespace restante::maildrop::log {

/// The view that a record speaks of.
inline View view_of(const RecordHeader& header) {
  return static_cast<View>(static_cast<std::uint32_t>(header.key));
}

/// Calls one of follower's add_message(const ScannedRecord&), change(View, const RecordContent&,
/// WallTime), set_view(View, const RecordContent&), end_view(View) and forget(const
/// std::vector<UidHash>&). A damaged record says nothing but that a message is there.
template <typename Follower>
void replay(const ScannedRecord& record, Follower& follower) {
  if (record.header.type == RecordType::kMessage) {
    follower.add_message(record);
  } else if (!record.intact) {
    return;
  } else if (record.header.type == RecordType::kForgottenUids) {
    follower.forget(record.content.forgotten);
  } else if (record.header.type == RecordType::kView) {
    follower.set_view(view_of(record.header), record.content);
  } else if (record.header.type == RecordType::kViewEnd) {
    follower.end_view(view_of(record.header));
  } else if (record.header.type == RecordType::kTwofoldDeletion) {
    RecordContent for_all;
    for_all.deletions = record.content.everywhere;
    for_all.in_every_view = true;
    follower.change(view_of(record.header), record.content, record.header.time);
    follower.change(view_of(record.header), for_all, record.header.time);
  } else {
    follower.change(view_of(record.header), record.content, record.header.time);
  }
}

}  // namespace restante::maildrop::log
