// The body of a view's record (docs/format.md, section 3): all that is kept of a view beside its
// messages, and which of those it does not see from its beginning on.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "maildrop/log/format/sequence_set.h"
#include "maildrop/view.h"

namespace restante::maildrop::log {

struct ViewRecord {
  std::string name;  ///< Empty: the default view, the trash, or one that was never made in words.
  ViewRole role = ViewRole::kEach;
  bool of_device = false;    ///< The own view of a device.
  bool is_released = false;  ///< Holds nothing until it is used again.
  WallTime made{};
  WallTime used{};       ///< Last, to a day.
  bool of_copy = false;  ///< What it sees waits for a copy's target.

  /// Messages stay for it from this record on, as far as its last use alone does not say otherwise.
  [[nodiscard]] bool begins_to_hold() const {
    return of_copy || (!is_released && role != ViewRole::kReader);
  }
};

std::string encode_view(const ViewRecord& view, const SequenceSet& unseen);
/// Errors: kCorrupt; a role that this program does not know is one, too.
Result<ViewRecord> decode_view(ByteView body, SequenceSet& unseen);

}  // namespace restante::maildrop::log
