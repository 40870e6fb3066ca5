#include "maildrop/log/check/messages_of_log.h"

#include <algorithm>

#include "maildrop/log/file/entries.h"
#include "maildrop/log/file/history.h"
#include "maildrop/log/format/check_header.h"
#include "maildrop/log/format/uid.h"

namespace restante::maildrop::log {
namespace {

constexpr std::size_t kPieceBytes = 128U << 10;

LoggedMessage to_message(const ScannedRecord& record, std::string_view prefix) {
  LoggedMessage message;
  message.info = to_info(record.header);
  message.uid = record.header.uid;
  if (message.uid.empty()) append_derived_uid(prefix, message.info, message.uid);
  message.intact = record.intact;
  message.body_offset = record.body_offset;
  return message;
}

/// Reads the body in pieces; its checksum.
Result<Checksum> read_body(disk::File& file, const LoggedMessage& message,
                           const Content::Sink& sink) {
  std::string piece(kPieceBytes, '\0');
  ChecksumStream sum;
  for (std::uint64_t done = 0; done < message.info.wire_bytes;) {
    const std::uint64_t left = message.info.wire_bytes - done;
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), left));
    const MutableBytes bytes = std::as_writable_bytes(std::span(piece)).first(size);
    RESTANTE_TRY(const std::size_t got, file.read(message.body_offset + done, bytes));
    if (got != size) return Error(Errc::kIo, "the log became shorter while it was read");
    sum.update(bytes);
    RESTANTE_CHECKED(sink(std::string_view(piece).substr(0, size)));
    done += size;
  }
  return sum.digest();
}

}  // namespace

Result<std::vector<LoggedMessage>> messages_of_log(disk::File& file, std::uint64_t end,
                                                   const Pace& pace) {
  RESTANTE_TRY(const FoundHeader found, find_log_header(file));
  const std::string prefix = uid_prefix(found.header.id);
  std::vector<LoggedMessage> messages;
  History history;
  RESTANTE_CHECKED(scan_log(file, found.header.seed, {found.records_start(), end, true, &pace},
                            [&](ScannedRecord&& record) {
                              history.apply(record);
                              if (record.header.type == RecordType::kMessage)
                                messages.push_back(to_message(record, prefix));
                            }));
  const std::vector<View> views = history.views().live();
  for (std::size_t i = 0; i < messages.size(); ++i) messages[i].deleted = history.is_gone(views, i);
  return messages;
}

Status read_message(disk::File& file, const LoggedMessage& message, const Content::Sink& sink) {
  const auto corrupt = [&] { return Error(Errc::kCorrupt, "message " + message.uid); };
  if (!message.intact) return corrupt();
  // Twice: what is given out cannot be taken back, and it was some time ago that it was verified.
  RESTANTE_TRY(const Checksum before, read_body(file, message, [](auto) { return ok(); }));
  if (before != message.info.wire_checksum) return corrupt();
  RESTANTE_TRY(const Checksum sent, read_body(file, message, sink));
  return sent == message.info.wire_checksum ? ok() : Status(corrupt());
}

}  // namespace restante::maildrop::log
