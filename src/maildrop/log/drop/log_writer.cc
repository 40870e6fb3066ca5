#include "maildrop/log/drop/log_writer.h"

namespace restante::maildrop::log {

LogWriter::Batch LogWriter::begin(std::size_t count) const { return {known_.end(), count > 1, {}}; }

Status LogWriter::write(Batch& batch, RecordHeader header, const RecordBody& body,
                        RecordContent content) {
  LogFile& log = *known_.log();
  // In the order of the file: a large body is written past the buffer, and what waits in it lies
  // before.
  if (batch.headers_later && (batch.buffer.is_full() || !is_small(body)))
    RESTANTE_CHECKED(flush(batch));
  RESTANTE_TRY(ScannedRecord record,
               batch.headers_later
                   ? log.write_body(batch.end, std::move(header), body, batch.buffer)
                   : log.write(batch.end, std::move(header), body));
  record.content = std::move(content);
  batch.end = record.end;
  batch.records.push_back(std::move(record));
  return ok();
}

/// If it fails, records of the batch lack their bodies.
Status LogWriter::flush(Batch& batch) {
  if (!batch.failed)
    if (Status written = batch.buffer.flush(known_.log()->file()); !written)
      batch.failed = std::move(written).error();
  if (batch.failed) return *batch.failed;
  return ok();
}

Status LogWriter::write_content(Batch& batch, RecordType type, View view, RecordContent content) {
  const std::string body = encode_content(type, content);
  if (body.size() > kListBytesMax) return Error(Errc::kLimit, "messages in one step");
  RecordHeader header;
  header.type = type;
  header.key = static_cast<std::uint32_t>(view);
  header.flags = flags_of(content);
  header.octets = count_of(type, content);
  header.time = environment_.clock.now();
  return write(batch, std::move(header), {body, nullptr}, std::move(content));
}

Status LogWriter::settle(Batch& batch) {
  Status settled = batch.records.empty() ? ok() : make_durable(batch);
  if (settled) known_.take(batch.records, batch.end);
  return settled;
}

/// A record alone is whole, or it is the log's torn end. Of several, power loss could leave the
/// last and half of the first, and that would look like damage to a message that was accepted. So
/// none of them has a header before all have their bodies: each is there whole, or not at all.
Status LogWriter::make_durable(Batch& batch) {
  LogFile& log = *known_.log();
  if (!batch.headers_later) return log.settle(known_.end());
  RESTANTE_CHECKED(log.settle(known_.end(), flush(batch)));
  return log.settle(known_.end(), log.write_headers(batch.records));
}

Status LogWriter::sync_unread() {
  Status synced = known_.log()->sync();
  is_behind_ = !synced;
  return synced;
}

Status LogWriter::cut_tail(std::uint64_t size) {
  const std::uint64_t end = known_.end();
  known_.report({end, size - end}, "incomplete at the end of the log: set aside");
  return known_.log()->cut_tail(end, size);
}

}  // namespace restante::maildrop::log
