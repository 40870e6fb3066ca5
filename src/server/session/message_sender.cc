#include "server/session/message_sender.h"

#include "base/limits.h"
#include "mail/top_cutter.h"

namespace restante::server {
namespace {

constexpr std::string_view kEnd = ".\r\n";
constexpr std::size_t kChunkBytes = limits::kOutputBytesMax;
// After this number of full buffers the other connections of the thread have their turn.
// 16 buffers are a mebibyte: some milliseconds.
constexpr std::uint32_t kBuffersATurn = 16;

/// Makes room for these bytes and the next answer: a string that grows by itself is moved at nearly
/// every message. Behind another message that was not sent yet, more messages are likely.
void make_room(std::string& output, std::size_t bytes) {
  constexpr std::size_t kAnswerBytesMax = 512;
  const std::size_t needed = output.size() + bytes + kAnswerBytesMax;
  if (needed <= output.capacity()) return;
  output.reserve(output.size() > kAnswerBytesMax ? std::max(needed, kChunkBytes / 2 * 3) : needed);
}

/// One for each thread: nothing is in it when its coroutines wait.
MutableBytes scratch() {
  thread_local const auto bytes = std::make_unique_for_overwrite<std::byte[]>(kChunkBytes);
  return {bytes.get(), kChunkBytes};
}

}  // namespace

bool MessageSender::send_cached(maildrop::Session& maildrop, const pop3::SendMessage& request) {
  refused_ = ok();
  sent_bytes_ = 0;
  std::string& output = session_.output();
  const std::uint64_t size = maildrop.info(request.number).wire_bytes;
  // TOP needs its cut, and a large message its pieces: both go the long way.
  if (request.body_lines || size > kChunkBytes) return false;
  // In the index of the maildrop, so that no file is opened to learn that it is not in memory.
  const auto reader = maildrop.read(request.number);
  if (!reader) return false;
  const MutableBytes bytes = scratch().first(static_cast<std::size_t>(size));
  const auto got = (*reader)->read_cached(bytes);
  // Not in memory: the long way, on a thread that may wait for the disk.
  if (!got) return false;
  // The checksum was compared with the whole message before any of it goes out.
  if (!*got) refused_ = got->error();
  session_.message_opened(refused_);
  if (!refused_) return true;
  make_room(output, bytes.size() + kEnd.size());
  output += as_text(bytes);
  output += kEnd;
  sent_bytes_ = size;
  return true;
}

net::Task<Status> MessageSender::send(maildrop::Session& maildrop, pop3::SendMessage request) {
  refused_ = ok();
  sent_bytes_ = 0;
  read_bytes_ = 0;
  auto reader = maildrop.read(request.number);
  if (!reader) {
    refused_ = std::move(reader).error();
    session_.message_opened(refused_);
    co_return ok();
  }
  whole_bytes_ = (*reader)->info().wire_bytes;
  // The first piece is read before +OK: a small message is then verified whole, and a damaged one
  // gets -ERR.
  std::string chunk;
  const Result<std::size_t> first = co_await read(**reader, chunk);
  if (!first) refused_ = first.error();
  session_.message_opened(refused_);
  if (!refused_) co_return ok();
  const Status sent = co_await send_rest(**reader, request, std::move(chunk));
  co_return sent;
}

net::Task<Status> MessageSender::send_rest(maildrop::MessageReader& reader,
                                           pop3::SendMessage request, std::string chunk) {
  std::string& output = session_.output();
  mail::TopCutter cutter(request.body_lines.value_or(0));
  std::uint32_t buffers = 0;
  while (!chunk.empty()) {
    std::size_t wanted = chunk.size();
    if (request.body_lines) wanted = cutter.done() ? 0 : cutter.pass(chunk);
    output.append(chunk, 0, wanted);
    sent_bytes_ += wanted;
    if (output.size() >= limits::kOutputBytesMax) {
      // The client's own pace: no more of a message is read than it takes.
      const Status sent = co_await connection_.send(output);
      if (!sent) co_return sent;
    }
    // A fast reader never makes send() wait, and a mail of a gigabyte would hold its thread for
    // seconds.
    if (++buffers % kBuffersATurn == 0) co_await connection_.yield();
    // Compared with the length and not with the end of the reading: the last read checks the
    // message's sum.
    if (read_bytes_ == reader.info().wire_bytes) break;
    // Behind TOP's cut the rest is read, but not sent: only the message's end tells that the octets
    // before it are good, and the final dot says so to the client.
    const Result<std::size_t> more = co_await read(reader, chunk);
    // Without the final dot the client knows that the message is not whole.
    if (!more) co_return Status(more.error());
  }
  output += kEnd;
  co_return ok();
}

net::Task<Result<std::size_t>> MessageSender::read(maildrop::MessageReader& reader,
                                                   std::string& chunk) {
  chunk.resize(std::min<std::uint64_t>(kChunkBytes, reader.info().wire_bytes - read_bytes_));
  const MutableBytes target = std::as_writable_bytes(std::span(chunk));
  auto cached = reader.read_cached(target);
  if (!cached) {
    auto work = [&reader, target] { return reader.read(target); };
    const auto source = reinterpret_cast<std::uintptr_t>(this);  // One piece at a time anyway.
    cached = co_await disk_pool_.run_for(net::Errand::kOwner, source, work);
  }
  chunk.resize(*cached ? **cached : 0);
  read_bytes_ += chunk.size();
  co_return std::move(*cached);
}

}  // namespace restante::server
