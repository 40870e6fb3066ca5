// The index: what a scan of the log's first part would find out, in a file beside it. Derived, so
// it may be deleted, cut, outdated or another log's at any time; then the log is read instead.
#pragma once

#include <limits>
#include <map>
#include <memory>
#include <optional>

#include "maildrop/log/file/log_file.h"
#include "maildrop/log/file/message_list.h"
#include "maildrop/log/file/view_table.h"

namespace restante::maildrop::log {

/// No message is given this number: there is none behind it, and 0 would begin all over.
inline constexpr std::uint64_t kNoSequence = std::numeric_limits<std::uint64_t>::max();

/// How far a log has been read, and the proof that it is that log.
struct Coverage {
  std::uint64_t end = 0;            ///< Behind the last record, without padding.
  std::uint64_t last_record = 0;    ///< Its offset; 0: there is none.
  Checksum last_checksum = 0;       ///< Its header's.
  std::uint64_t next_sequence = 1;  ///< kNoSequence: none is left.
};

/// Of a view's messages.
struct ViewMarks {
  SequenceSet missing;    ///< Of all messages that any view sees, those that it does not see.
  SequenceSet retrieved;  ///< Those that a retrieval is recorded of.
};

struct IndexContent {
  Coverage coverage;
  std::shared_ptr<UidPool> uids;
  std::shared_ptr<MessageList> messages;  ///< That any view sees.
  SequenceSet retrieved;                  ///< Of the default view's.
  ViewTable views;                        ///< Unsaid: the messages are the default view's.
  std::map<View, ViewMarks> marks;        ///< Of live views, when they are not unsaid.
};

/// The index file's bytes, for a log with this header.
std::string encode_index(const LogHeader& log, const IndexContent& content);
/// Errors: kCorrupt: damaged, of another version, or another log's, be it the same maildrop's.
Result<IndexContent> decode_index(ByteView bytes, const LogHeader& log);

/// What it covers, of an index file of this size whose bytes are whole. Errors: kCorrupt, kIo.
Result<Coverage> check_index_bytes(disk::File& file, std::uint64_t size, const LogHeader& log);

/// Reads the index and compares it with the log; nothing when it is of no use. The caller holds the
/// append lock. `log_bytes`: the size of the log.
std::optional<IndexContent> load_index(const Environment& environment, const LogFile& log,
                                       std::uint64_t log_bytes);
/// True when the log holds the last covered record in its place, ending where the coverage does.
/// `coverage` has a last record.
bool is_log_of(const LogFile& log, const Coverage& coverage);
/// Replaces the index. Not synced: one that power loss damaged is known by its checksum.
Status save_index(const Environment& environment, const LogFile& log, const IndexContent& content);

}  // namespace restante::maildrop::log
