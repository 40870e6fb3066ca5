#include "journal/journal.h"

#include <chrono>
#include <utility>

#include "base/thread.h"
#include "journal/act_line.h"
#include "journal/key.h"

namespace restante::journal {
namespace {

// What waits longer than this is lost by a kill.
constexpr std::chrono::milliseconds kPause{250};

Status append_now(const files::Path& folder, const Limits& limits, WallTime now,
                  std::string_view lines) {
  RESTANTE_TRY(const files::Descriptor lock, lock_folder(folder));
  RESTANTE_CHECKED(check_room(folder, limits));
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
  const WallTime when = act.when == WallTime() ? clock_.now() : act.when;
  Message message{std::exchange(act.uid, {}), std::exchange(act.octets, 0)};
  auto like = std::make_shared<const Act>(std::move(act));
  const std::lock_guard lock(mutex_);
  add({std::move(like), std::move(message), when});
}

void Journal::note_all(std::vector<Act>& acts) {
  for (Act& act : acts) note(std::move(act));
  acts.clear();
}

void Journal::note_each(const std::shared_ptr<const Act>& like, std::vector<Message>& messages) {
  const WallTime now = clock_.now();
  const std::lock_guard lock(mutex_);
  for (Message& message : messages) add({like, std::move(message), now});
  messages.clear();
}

void Journal::add(Noted noted) {
  ++noted_count_;
  if (waiting_.size() < kWaitingMax) {
    waiting_.push_back(std::move(noted));
    return;
  }
  ++dropped_;
  ++written_count_;
}

void Journal::note_poll(const Act& login) {
  std::optional<std::uint64_t> count;
  {
    const std::lock_guard lock(mutex_);
    count = polls_.add(login.account, clock_.now());
  }
  if (!count) return;
  Act act = login;
  act.kind = Kind::kPolled;
  act.count = *count;
  note(std::move(act));
}

std::string Journal::hidden(std::string_view name) const { return hash_of(name, key_); }

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
    std::vector<Noted> noted = std::exchange(waiting_, {});
    const bool ends = ends_;
    lock.unlock();
    if (!noted.empty()) write(noted);
    lock.lock();
    written_count_ += noted.size();
    written_.notify_all();
    if (ends && waiting_.empty()) return;
  }
}

void Journal::write(const std::vector<Noted>& noted) {
  std::uint64_t untold = 0;
  {
    const std::lock_guard lock(mutex_);
    untold = dropped_ - dropped_told_;
  }
  std::string lines;
  if (untold > 0) {
    Act lost;
    lost.kind = Kind::kDropped;
    lost.count = untold;
    append_line(lost, {noted.front().when, "", 0}, lines);
  }
  for (const Noted& each : noted)
    append_line(*each.like, {each.when, each.message.uid, each.message.octets}, lines);
  const Status written = write_lines(lines);
  const std::lock_guard lock(mutex_);
  if (written)
    dropped_told_ += untold;
  else
    dropped_ += noted.size();
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
