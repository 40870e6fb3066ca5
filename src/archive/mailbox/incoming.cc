#include "archive/mailbox/incoming.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "base/check.h"

namespace restante::archive {
namespace {

constexpr std::size_t kBufferBytes = 64U << 10;
constexpr std::string_view kOurs = ".restante-incoming";
constexpr int kAttemptsMax = 100;

std::string random_name() {
  std::array<unsigned char, 12> random{};
  RESTANTE_CHECK(::getrandom(random.data(), random.size(), 0) ==
                 static_cast<ssize_t>(random.size()));
  constexpr std::string_view kDigits = "0123456789abcdef";
  // The process's number tells a person whose file it is. Alone it would not do: archives on
  // network disks have several machines.
  std::string name = std::to_string(::getpid()) + ".";
  for (const unsigned char byte : random) {
    name += kDigits[byte >> 4U];
    name += kDigits[byte & 0xFU];
  }
  return name.append(kOurs);
}

/// Locked, so that no process takes it for abandoned. Between open() and flock() one may: then it
/// has no name any more, and there is another try.
Result<std::pair<Path, Descriptor>> make_locked(const Path& tmp) {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    Path path = tmp / random_name();
    RESTANTE_TRY(Descriptor file, open_file(path, O_RDWR | O_CREAT | O_EXCL));
    struct stat status {};
    if (::flock(file.number(), LOCK_EX | LOCK_NB) == 0 && ::fstat(file.number(), &status) == 0 &&
        status.st_nlink > 0)
      return std::pair(std::move(path), std::move(file));
  }
  return Error(Errc::kBusy, tmp.string() + ": files are removed as fast as they are made");
}

}  // namespace

Result<std::unique_ptr<Incoming>> Incoming::begin(const Path& tmp) {
  RESTANTE_TRY(auto made, make_locked(tmp));
  return std::unique_ptr<Incoming>(new Incoming(std::move(made.first), std::move(made.second)));
}

Incoming::~Incoming() {
  if (!path_.empty()) static_cast<void>(remove_file(path_));
}

Status Incoming::write(std::string_view octets) {
  RESTANTE_CHECK(!finished_);
  while (!octets.empty()) {
    const std::string_view piece = octets.substr(0, kBufferBytes);
    octets.remove_prefix(piece.size());
    sum_.update(piece);
    essence_.feed(piece);
    received_.octets += piece.size();
    if (!as_received_ && !form_.write(piece, pending_))
      RESTANTE_CHECKED(give_up_disk_form(piece));
    else if (as_received_)
      pending_.append(piece);
    if (pending_.size() >= kBufferBytes) RESTANTE_CHECKED(flush());
  }
  return ok();
}

Status Incoming::flush() {
  RESTANTE_CHECKED(write_all(file_, pending_, path_));
  received_.file_bytes += pending_.size();
  pending_.clear();
  return ok();
}

Status Incoming::give_up_disk_form(std::string_view piece) {
  form_.finish(pending_);
  RESTANTE_CHECKED(flush());
  RESTANTE_TRY(auto again, make_locked(path_.parent_path()));
  auto& [path, file] = again;
  std::swap(path_, path);
  std::swap(file_, file);
  received_.file_bytes = 0;
  as_received_ = true;
  // The first file, now `path`, is removed, also when the copy fails.
  const Status copied = copy_as_received(file, path);
  RESTANTE_CHECKED(remove_file(path));
  if (copied) pending_.append(piece);
  return copied;
}

Status Incoming::copy_as_received(const Descriptor& from, const Path& path) {
  if (::lseek(from.number(), 0, SEEK_SET) != 0) return system_error("lseek", path);
  std::string buffer(kBufferBytes, '\0');
  for (;;) {
    RESTANTE_TRY(const std::string_view piece, read_some(from, buffer, path));
    if (piece.empty()) return ok();
    append_received_form(piece, pending_);
    RESTANTE_CHECKED(flush());
  }
}

Result<Received> Incoming::finish() {
  RESTANTE_CHECK(!finished_);
  form_.finish(pending_);
  RESTANTE_CHECKED(flush());
  pending_ = std::string();  // Its room: hundreds of finished messages wait for their group's sync.
  received_.sha256 = sum_.finish();
  received_.essence = essence_.finish();
  finished_ = true;
  return received_;
}

Status Incoming::sync() {
  RESTANTE_CHECK(finished_);
  if (synced_) return ok();
  RESTANTE_CHECKED(sync_data(file_, path_));
  synced_ = true;
  return ok();
}

Status Incoming::publish(const Path& to) {
  RESTANTE_CHECKED(sync());
  // The name comes after the content: a file in new/ is a whole message for every program, at any
  // moment.
  RESTANTE_CHECKED(rename_file(path_, to));
  path_.clear();
  file_ = Descriptor();
  return ok();
}

void remove_abandoned(const Path& tmp) {
  const auto names = names_in(tmp);
  if (!names) return;
  for (const std::string& name : *names) {
    if (!name.ends_with(kOurs)) continue;
    const auto file = open_file(tmp / name, O_RDWR | O_NOFOLLOW);
    // By its lock and not by its age: a message of gigabytes over a slow line is under way for
    // hours.
    if (file && ::flock(file->number(), LOCK_EX | LOCK_NB) == 0)
      static_cast<void>(remove_file(tmp / name));
  }
}

}  // namespace restante::archive
