#include "archive/mailbox/mailbox.h"

#include <algorithm>
#include <utility>

#include "archive/mailbox/stored_message.h"
#include "archive/mailbox/sync_together.h"
#include "base/check.h"

namespace restante::archive {
namespace {

// A folder that changed so lately may change again with the same time stamp.
constexpr std::int64_t kSettledNs = 2'000'000'000;

const char* name_of(Folder folder) { return folder == Folder::kNew ? "new" : "cur"; }

std::int64_t nanoseconds(const Clock& clock) {
  return std::chrono::nanoseconds(clock.now().time_since_epoch()).count();
}

}  // namespace

Result<Mailbox> Mailbox::open(const Path& archive, std::string_view account, Create create,
                              const Clock& clock) {
  Mailbox mailbox(archive / account_folder(account), std::string(account), clock);
  for (const char* const name : {"cur", "new", "tmp"}) {
    if (create == Create::kYes) RESTANTE_CHECKED(make_folders(mailbox.folder_ / name));
  }
  // Only by a caller that may write: a reader of the archive may have no right to it, or lie on a
  // read-only disk.
  if (create == Create::kYes) remove_abandoned(mailbox.folder_ / "tmp");
  RESTANTE_CHECKED(mailbox.refresh());
  return mailbox;
}

Result<std::unique_ptr<Incoming>> Mailbox::begin() {
  if (poisoned_) return Error(Errc::kState, folder_.string() + ": a sync has failed before");
  return Incoming::begin(folder_ / "tmp");
}

Result<std::vector<Kept>> Mailbox::keep(std::vector<std::unique_ptr<Incoming>>&& batch) {
  if (poisoned_) return Error(Errc::kState, folder_.string() + ": a sync has failed before");
  RESTANTE_CHECKED(sync_contents(batch));
  std::vector<Kept> kept;
  for (const auto& incoming : batch) {
    RESTANTE_TRY(Kept one, keep_one(*incoming));
    kept.push_back(std::move(one));
  }
  batch.clear();
  // Once for the group: a folder's sync costs as much as a file's.
  RESTANTE_CHECKED(sync_names());
  return kept;
}

Status Mailbox::sync_contents(const std::vector<std::unique_ptr<Incoming>>& batch) {
  std::vector<Incoming*> fresh;
  for (const auto& incoming : batch)
    // A message that is there already is only read back, so its new file need not be durable.
    if (!find(incoming->received_.sha256)) fresh.push_back(incoming.get());
  Status synced = sync_together(fresh);
  // The disk's content is unknown after a failed sync (no room is no such failure).
  if (!synced) poisoned_ = synced.error().code == Errc::kIo;
  return synced;
}

Result<Kept> Mailbox::keep_one(Incoming& incoming) {
  RESTANTE_CHECK(incoming.finished_);
  const Received& received = incoming.received_;
  Kept kept{received.sha256, "", received.octets, false, 0, Folder::kNew, false};
  if (auto before = kept_before(received.sha256)) {
    before->size = received.octets;
    return *before;
  }
  // A damaged file is replaced under its name: its flags and its time stay.
  const auto damaged = find(received.sha256);
  const auto now =
      std::chrono::floor<std::chrono::seconds>(clock_->now()).time_since_epoch().count();
  const Place place = damaged ? *damaged
                              : named_place(received.sha256, Place{Folder::kNew, "", "",
                                                                   incoming.arrived_.value_or(now),
                                                                   received.file_bytes});
  unsynced_ = true;
  if (Status published = incoming.publish(path_of(place)); !published) {
    // Whether a failed sync or no room: this file is given up, and with it nothing is claimed.
    poisoned_ = published.error().code == Errc::kIo;
    return std::move(published).error();
  }
  names_.put(received.sha256, place);
  kept.name = place.name;
  kept.seconds = place.seconds;
  kept.folder = place.folder;
  kept.was_there = kept.repaired = damaged.has_value();
  return kept;
}

/// What the mailbox has already, and whole. After nothing, find() says where a damaged file is.
std::optional<Kept> Mailbox::kept_before(std::string_view sha256) {
  if (!is_whole(sha256, Look::kContent)) return std::nullopt;
  const auto place = find(sha256);
  return Kept{std::string(sha256), place->name,   0,    /*was_there=*/true,
              place->seconds,      place->folder, false};
}

bool Mailbox::is_whole(std::string_view sha256, Look look) {
  auto place = find(sha256);
  if (place && !stamp_of(path_of(*place))) {
    look_again(sha256);
    place = find(sha256);
  }
  return place && is_sound(*place, sha256, look);
}

bool Mailbox::is_sound(const Place& place, std::string_view sha256, Look look) const {
  const auto stamp = stamp_of(path_of(place));
  if (!stamp || !stamp->is_regular) return false;
  if (look == Look::kSize && stamp->bytes == place.file_bytes) return true;
  // Another program may have changed the size in the name: then the content decides.
  const auto sums = sums_of(path_of(place));
  return sums && sums->form_for(sha256);
}

/// A mail reader may have renamed the file since the last look, or removed it.
void Mailbox::look_again(std::string_view sha256) {
  static_cast<void>(refresh());
  // Moved on meanwhile, or the folder cannot be read: it counts as gone.
  if (const auto place = find(sha256); place && !stamp_of(path_of(*place))) names_.erase(sha256);
}

Status Mailbox::sync_names() {
  if (!unsynced_) return ok();
  // Both: a mail reader may have moved a message into cur/, and its name there is not durable yet.
  for (const char* const name : {"new", "cur"}) {
    if (Status synced = sync_folder(folder_ / name); !synced) {
      poisoned_ = true;
      return synced;
    }
  }
  unsynced_ = false;
  return ok();
}

Path Mailbox::path_of(const Place& place) const {
  return folder_ / name_of(place.folder) / place.name;
}

Result<bool> Mailbox::refresh() {
  RESTANTE_TRY(const files::Stamp new_stamp, stamp_of(folder_ / "new"));
  RESTANTE_TRY(const files::Stamp cur_stamp, stamp_of(folder_ / "cur"));
  // A name that came or went has changed its folder's time.
  if (new_stamp.modified_ns == new_changed_ns_ && cur_stamp.modified_ns == cur_changed_ns_)
    return false;
  RESTANTE_CHECKED(reload());
  const std::int64_t now = nanoseconds(*clock_);
  // A second change within the clock's step would show the same time, so a young one is not
  // believed.
  const auto settled = [&](std::int64_t changed) {
    return now - changed > kSettledNs ? changed : 0;
  };
  // As they were before the reading: what changed during it shows the next time.
  new_changed_ns_ = settled(new_stamp.modified_ns);
  cur_changed_ns_ = settled(cur_stamp.modified_ns);
  return true;
}

Status Mailbox::reload() {
  names_.clear();
  unsynced_ = true;
  new_changed_ns_ = 0;
  cur_changed_ns_ = 0;
  // A file that moves from new/ to cur/ between the two readings is found in both, not in none.
  RESTANTE_CHECKED(read_folder(Folder::kNew));
  return read_folder(Folder::kCur);
}

std::optional<std::pair<std::int64_t, std::int64_t>> Mailbox::settled_stamps() const {
  if (new_changed_ns_ == 0 || cur_changed_ns_ == 0) return std::nullopt;
  return std::pair(new_changed_ns_, cur_changed_ns_);
}

Status Mailbox::read_folder(Folder folder) {
  RESTANTE_TRY(const auto names, names_in(folder_ / name_of(folder)));
  for (const std::string& name : names)
    if (!name.starts_with('.')) names_.add(folder, name);  // Else no message, by Maildir's rules.
  return ok();
}

Result<Place> Mailbox::set_flags(std::string_view sha256, std::string_view flags) {
  const auto place = find(sha256);
  if (!place) return Error(Errc::kNotFound, "no message " + std::string(sha256));
  const Place there = named_place(
      sha256, Place{Folder::kCur, "", std::string(flags), place->seconds, place->file_bytes});
  unsynced_ = true;
  // Not durable by itself: flags that a crash loses do no harm.
  RESTANTE_CHECKED(rename_file(path_of(*place), path_of(there)));
  names_.put(sha256, there);
  return there;
}

Status Mailbox::remove(const Place& place) {
  // One sync for each: who removes mail is told that it is gone, and a power loss must not bring it
  // back.
  RESTANTE_CHECKED(remove_file(path_of(place)));
  if (const auto parsed = parse_file_name(place.name)) names_.erase(parsed->sha256);
  return sync_folder(folder_ / name_of(place.folder));
}

Result<std::vector<std::string>> accounts_in(const Path& archive) {
  RESTANTE_TRY(const auto names, names_in(archive));
  std::vector<std::string> accounts;
  for (const std::string& name : names) {
    const auto account = account_of_folder(name);
    std::error_code ignored;
    // A folder without cur/ is none of ours: an operator's notes, or .restante.
    if (account && std::filesystem::is_directory(archive / name / "cur", ignored))
      accounts.push_back(*account);
  }
  std::sort(accounts.begin(), accounts.end());
  return accounts;
}

}  // namespace restante::archive
