// A log's messages as tools want to see them: the deleted ones too, with what happened to them.
#pragma once

#include <functional>

#include "maildrop/log/file/log_file.h"
#include "maildrop/log/file/message_list.h"

namespace restante::maildrop::log {

/// In words, for a record whose body does not match its checksum.
const char* describe_damage(RecordType type);

/// What a message's record header says of it.
MessageInfo to_info(const RecordHeader& header);

/// A message's record as an entry; a uid that it brought along is put into the pool.
MessageEntry entry_of(const ScannedRecord& record, UidPool& uids);

/// All messages of the log before `end`, in its order, as `view` has them. Their bodies are not
/// read. Errors: kIo, kCorrupt.
Result<std::vector<Store::Entry>> read_entries(const LogFile& log, std::uint64_t end, View view);
/// The same, each given out in its turn; the log is read twice.
Status read_each_entry(const LogFile& log, std::uint64_t end, View view,
                       const std::function<void(Store::Entry&&)>& take);

}  // namespace restante::maildrop::log
