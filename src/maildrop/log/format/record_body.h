// The bodies of the records that are no messages (docs/format.md, section 3): what a view lost,
// read and got back, what views there are, and uids that must never come again.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "maildrop/log/format/record_format.h"
#include "maildrop/log/format/sequence_set.h"
#include "maildrop/log/format/view_record.h"

namespace restante::maildrop::log {

/// Stands for an imported uid whose message is gone. Two uids with one hash cost an import, no
/// mail.
using UidHash = std::array<std::byte, 16>;
UidHash hash_uid(std::string_view uid);

/// The content of one of these records; the parts that its type does not have are empty.
struct RecordContent {
  SequenceSet deletions;    ///< Deletion, retrieval, twofold deletion.
  SequenceSet everywhere;   ///< Twofold deletion: those that hold in every view.
  SequenceSet retrievals;   ///< Retrieval, twofold deletion.
  SequenceSet undeletions;  ///< Undeletion.
  std::vector<UidHash> forgotten;
  std::optional<ViewRecord> view;  ///< View.
  SequenceSet unseen;              ///< View: messages that it does not see from its beginning on.
  /// Deletion, retrieval: what was deleted has left every view that there was, but those of other
  /// copies. Stands in the flags.
  bool in_every_view = false;
};

/// Errors: kCorrupt.
Result<RecordContent> decode_content(RecordType type, ByteView body);
std::string encode_content(RecordType type, const RecordContent& content);
/// The flags of the record's header, and the content that they complete.
std::uint16_t flags_of(const RecordContent& content);
void take_flags(std::uint16_t flags, RecordContent& content);
/// What stands in the header's `octets`: of how many messages or uids it mainly speaks.
std::uint64_t count_of(RecordType type, const RecordContent& content);

}  // namespace restante::maildrop::log
