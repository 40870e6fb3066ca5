#include "server/start/installation.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "base/ascii.h"
#include "disk/posix.h"
#include "disk/random.h"
#include "files/file.h"
#include "maildrop/store_place.h"

namespace restante::server {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFirstWords = "restante installation ";
constexpr std::size_t kIdBytes = 16;
constexpr std::string_view kUnreadable = "unreadable";
constexpr std::string_view kHex = "0123456789abcdef";

fs::path maildrops_of(const fs::path& data_dir) { return data_dir / maildrop::kMaildropsFolder; }

std::string text_of(const std::string& id) { return std::string(kFirstWords) + id + '\n'; }

/// The mark of a folder; nullopt: it has none. `failure`: errno, where it could not be read.
struct Mark {
  std::optional<std::string> id;
  int failure = 0;
};

Mark read_mark(const fs::path& folder) {
  const fs::path path = folder / kInstallationName;
  const files::Descriptor file(
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.is_open()) return {std::nullopt, errno};
  std::array<char, 128> bytes{};
  const ssize_t got = ::read(file.number(), bytes.data(), bytes.size());
  if (got < 0) return {std::nullopt, errno};
  const std::string_view text(bytes.data(), static_cast<std::size_t>(got));
  const bool whole = text.starts_with(kFirstWords) && text.ends_with('\n') &&
                     text.size() == kFirstWords.size() + 2 * kIdBytes + 1;
  // A text that is no whole mark of ours gives kUnreadable, which equals no id.
  return {std::string(whole ? text.substr(kFirstWords.size(), 2 * kIdBytes) : kUnreadable), 0};
}

/// Whether the process lacks resources: then nothing is known about the folder.
bool is_shortage(int failure) {
  return failure == EMFILE || failure == ENFILE || failure == ENOMEM || failure == EINTR;
}

Status check_mark(const fs::path& folder, const std::string& id) {
  const Mark mark = read_mark(folder);
  if (mark.id == id || is_shortage(mark.failure)) return ok();
  if (mark.id)
    return Error(Errc::kIo, folder.string() + " is not the one that was in use: its mark (" +
                                kInstallationName + ") names installation " + *mark.id +
                                ", and this is " + id);
  return Error(Errc::kIo, folder.string() +
                              " is gone, or is not the one that was in use: no mark " +
                              (folder / kInstallationName).string() + " (" +
                              files::reason_of(mark.failure) + "); is its file system mounted?");
}

Result<std::string> make_id() {
  std::array<std::byte, kIdBytes> bytes{};
  RESTANTE_CHECKED(disk::fill_random(bytes));
  std::string id;
  for (const std::byte byte : bytes) {
    id += kHex[std::to_integer<unsigned>(byte) >> 4U];
    id += kHex[std::to_integer<unsigned>(byte) & 15U];
  }
  return id;
}

/// The whole mark or none of it, durably.
Status write_mark(const fs::path& folder, const std::string& id) {
  return files::as_io(files::replace_durably(folder / kInstallationName, text_of(id)));
}

/// Whether there is any maildrop: each lies in a folder with a name of two characters.
bool has_maildrops(const fs::path& data_dir) {
  std::error_code failure;
  const fs::directory_iterator end;
  fs::directory_iterator at(maildrops_of(data_dir), failure);
  for (; !failure && at != end; at.increment(failure))
    if (at->path().filename().native().size() == 2) return true;
  return false;
}

Error gone(const InstallationPlaces& places, const std::string& id) {
  return Error(
      Errc::kBusy,
      "data_dir " + places.data_dir.string() + " is not the one that was in use (installation " +
          id + ", by " + (places.witness_dir / kInstallationName).string() +
          "): is its file system mounted? If that data is gone for good, put a backup back "
          "(restantectl restore), or remove the file named here, and a new data_dir is begun");
}

Error foreign(const InstallationPlaces& places, const std::string& found, const std::string& id) {
  return Error(Errc::kBusy,
               "data_dir " + places.data_dir.string() + " belongs to installation " + found +
                   ", and the one in use was " + id + " (" +
                   (places.witness_dir / kInstallationName).string() +
                   "): mount the right one; if it was replaced on purpose, remove the file named "
                   "here");
}

/// The mark of data_dir comes last: it promises that the folder of maildrops has one.
Status mark_both(const fs::path& data_dir, const std::string& id) {
  RESTANTE_CHECKED(write_mark(maildrops_of(data_dir), id));
  return write_mark(data_dir, id);
}

}  // namespace

InstallationPlaces::InstallationPlaces(const settings::Config& config)
    : data_dir(config.data_dir), witness_dir(config.witness_dir) {
  if (!witness_dir.empty()) return;
  witness_dir = data_dir.lexically_normal();
  if (!witness_dir.has_filename()) witness_dir = witness_dir.parent_path();
  witness_dir += ".witness";
}

Result<std::string> find_installation(const InstallationPlaces& places) {
  const Mark witness = read_mark(places.witness_dir);
  const Mark data = read_mark(places.data_dir);
  // Without the right to look, an absence is not proven (root on NFS, say).
  const bool is_absent = data.failure == ENOENT || data.failure == ENOTDIR;
  if (!data.id && witness.id && is_absent) return gone(places, *witness.id);
  if (!data.id && !is_absent) {
    errno = data.failure;
    return files::io_error(places.data_dir / kInstallationName);
  }
  if (data.id == kUnreadable)
    return Error(Errc::kIo, (places.data_dir / kInstallationName).string() +
                                " is damaged: put the one of data_dir/maildrops in its place");
  if (data.id && witness.id && *data.id != *witness.id)
    return foreign(places, *data.id, *witness.id);
  if (data.id) return *data.id;
  // data_dir has no mark: a crash may have come between the two marks.
  return read_mark(maildrops_of(places.data_dir)).id.value_or("");
}

Status check_installation(const fs::path& data_dir, const std::string& id) {
  RESTANTE_CHECKED(check_mark(data_dir, id));
  return check_mark(maildrops_of(data_dir), id);
}

bool witness_shares_fate(const InstallationPlaces& places) {
  struct stat data {};
  struct stat witness {};
  struct stat root {};
  if (::stat(places.data_dir.c_str(), &data) != 0 || ::stat("/", &root) != 0 ||
      ::stat(places.witness_dir.c_str(), &witness) != 0)
    return false;
  return data.st_dev == witness.st_dev && data.st_dev != root.st_dev;
}

Result<Begun> begin_installation(const InstallationPlaces& places, const std::string& found) {
  Begun begun;
  // Another process may have marked it: the look before was without the lock.
  const auto own = read_mark(places.data_dir).id;
  begun.id = own ? *own : found;
  begun.is_marked = !own;
  begun.is_new = begun.is_marked && !has_maildrops(places.data_dir);
  if (begun.id.empty()) {
    RESTANTE_TRY(auto made, make_id());
    begun.id = std::move(made);
  }
  if (begun.is_marked) RESTANTE_CHECKED(mark_both(places.data_dir, begun.id));
  if (!read_mark(places.witness_dir).id) begun.witness = write_mark(places.witness_dir, begun.id);
  return begun;
}

Result<Begun> renew_installation(const InstallationPlaces& places) {
  Begun begun;
  begun.is_marked = true;
  RESTANTE_TRY(auto made, make_id());
  begun.id = std::move(made);
  // The witness first: the old data_dir, should it come back, is known not to be this one. Until
  // data_dir has its mark, the witness refuses it, as it refuses a restore cut short.
  if (read_mark(places.witness_dir).failure != ENOENT || fs::exists(places.witness_dir))
    begun.witness = write_mark(places.witness_dir, begun.id);
  const fs::path maildrops = maildrops_of(places.data_dir);  // A backup may have none.
  if (::mkdir(maildrops.c_str(), 0700) != 0 && errno != EEXIST) return files::io_error(maildrops);
  RESTANTE_CHECKED(mark_both(places.data_dir, begun.id));
  return begun;
}

}  // namespace restante::server
