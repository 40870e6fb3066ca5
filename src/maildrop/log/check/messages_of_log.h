// The messages of a log, whole, for tools that hand mail out beside its owner's sessions: whose
// octets match their checksum, and no others.
#pragma once

#include <vector>

#include "disk/disk.h"
#include "maildrop/store.h"

namespace restante::maildrop::log {

struct LoggedMessage : StoredMessage {
  std::uint64_t body_offset = 0;
};

/// Every message whose record can be read, in the log's order, with its body verified; `end`: of
/// the log while no process wrote it. Errors: kIo, kClosed (`pace` said stop), kState (the log was
/// never completed), kCorrupt (no header can be read, or a newer version wrote it).
Result<std::vector<LoggedMessage>> messages_of_log(disk::File& file, std::uint64_t end,
                                                   const Pace& pace);

/// Gives the sink a message's octets, in wire form, in pieces. Nothing of a message that is not
/// intact; a sink's error ends it. Errors: kIo, kCorrupt.
Status read_message(disk::File& file, const LoggedMessage& message, const Content::Sink& sink);

}  // namespace restante::maildrop::log
