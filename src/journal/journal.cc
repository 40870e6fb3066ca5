#include "journal/journal.h"

#include <fcntl.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <chrono>
#include <iterator>
#include <utility>

#include "base/thread.h"
#include "files/errors.h"
#include "journal/act_line.h"

namespace restante::journal {
namespace {

// What waits longer than this is lost by a kill.
constexpr std::chrono::milliseconds kPause{250};
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kHiddenBytes = 12;

/// The folder's own, made with it.
Result<std::string> key_of(const files::Path& folder) {
  const files::Path path = folder / "key";
  auto key = files::read_file(path, kKeyBytes);
  if (key && key->size() == kKeyBytes) return key;
  if (!key && key.error().code != Errc::kNotFound) return key;
  std::string fresh(kKeyBytes, '\0');
  if (::RAND_bytes(reinterpret_cast<unsigned char*>(fresh.data()), kKeyBytes) != 1)
    return Error(Errc::kIo, "no random octets");
  RESTANTE_CHECKED(files::replace_durably(path, fresh));
  return fresh;
}

Status append_now(const files::Path& folder, const Limits& limits, WallTime now,
                  std::string_view lines) {
  RESTANTE_TRY(const files::Descriptor lock, lock_folder(folder));
  RESTANTE_TRY(const files::Path file, file_to_grow(folder, now, limits));
  RESTANTE_CHECKED(append(file, lines));
  return remove_old(folder, now, limits);
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(files::Path folder, const Limits& limits,
                                               const Clock& clock) {
  RESTANTE_CHECKED(files::make_folders(folder));
  RESTANTE_TRY(std::string key, key_of(folder));
  std::unique_ptr<Journal> journal(new Journal(std::move(folder), limits, clock, std::move(key)));
  RESTANTE_TRY(std::thread thread, start_thread([self = journal.get()] { self->run(); }));
  journal->thread_ = std::move(thread);
  return journal;
}

Journal::~Journal() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  noted_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Journal::note(Act act) {
  act.when = clock_.now();
  const std::lock_guard lock(mutex_);
  ++noted_count_;
  if (waiting_.size() >= kWaitingMax) {
    ++dropped_;
    ++written_count_;
    return;
  }
  waiting_.push_back(std::move(act));
}

void Journal::note(std::vector<Act> acts) {
  for (Act& act : acts) note(std::move(act));
}

void Journal::note_poll(Act act) {
  std::optional<std::uint64_t> count;
  {
    const std::lock_guard lock(mutex_);
    count = polls_.add(act.account, clock_.now());
  }
  if (!count) return;
  act.kind = Kind::kPolled;
  act.count = *count;
  note(std::move(act));
}

std::string Journal::hidden(std::string_view name) const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned bytes = 0;
  ::HMAC(::EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
         reinterpret_cast<const unsigned char*>(name.data()), name.size(), digest.data(), &bytes);
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "sha256:";
  for (std::size_t i = 0; i < kHiddenBytes && i < bytes; ++i) {
    out += kHex[digest[i] >> 4U];
    out += kHex[digest[i] & 15U];
  }
  return out;
}

void Journal::settle() {
  std::unique_lock lock(mutex_);
  const std::uint64_t wanted = noted_count_;
  hurries_ = true;
  noted_.notify_all();
  written_.wait(lock, [&] { return written_count_ >= wanted; });
}

std::uint64_t Journal::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

void Journal::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    noted_.wait_for(lock, kPause, [this] { return ends_ || hurries_; });
    hurries_ = false;
    std::vector<Act> acts = std::exchange(waiting_, {});
    const bool ends = ends_;
    lock.unlock();
    if (!acts.empty()) write(acts);
    lock.lock();
    written_count_ += acts.size();
    written_.notify_all();
    if (ends && waiting_.empty()) return;
  }
}

void Journal::write(std::vector<Act>& acts) {
  std::uint64_t untold = 0;
  {
    const std::lock_guard lock(mutex_);
    untold = dropped_ - dropped_told_;
  }
  std::string lines;
  if (untold > 0) {
    Act lost;
    lost.kind = Kind::kDropped;
    lost.when = acts.front().when;
    lost.count = untold;
    append_line(lost, lines);
  }
  for (const Act& act : acts) append_line(act, lines);
  const Status written = write_lines(lines);
  const std::lock_guard lock(mutex_);
  if (written)
    dropped_told_ += untold;
  else
    dropped_ += acts.size();
}

Status Journal::write_lines(const std::string& lines) {
  return append_now(folder_, limits_, clock_.now(), lines);
}

Status note_once(const files::Path& folder, const Limits& limits, const Act& act) {
  std::string line;
  append_line(act, line);
  return append_now(folder, limits, act.when, line);
}

}  // namespace restante::journal
