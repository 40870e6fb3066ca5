#include "archive/mailbox.h"

#include <algorithm>
#include <cstring>
#include <tuple>
#include <utility>

#include "archive/sha256.h"
#include "archive/stored_message.h"
#include "archive/sync_together.h"
#include "base/ascii.h"
#include "base/check.h"

namespace restante::archive {
namespace {

constexpr std::string_view kFlagLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
// A folder that changed so lately may change again with the same time stamp.
constexpr std::int64_t kSettledNs = 2'000'000'000;

const char* name_of(Folder folder) { return folder == Folder::kNew ? "new" : "cur"; }

std::uint64_t flag_bits(std::string_view flags) {
  std::uint64_t bits = 0;
  for (const char c : flags) bits |= std::uint64_t{1} << kFlagLetters.find(c);
  return bits;
}

std::string flag_letters(std::uint64_t bits) {
  std::string flags;
  for (std::size_t i = 0; i < kFlagLetters.size(); ++i) {
    if ((bits >> i & 1U) != 0) flags += kFlagLetters[i];
  }
  return flags;
}

unsigned nibble(char c) {
  return is_digit(c) ? static_cast<unsigned>(c - '0') : static_cast<unsigned>(c - 'a') + 10U;
}

std::int64_t nanoseconds(const Clock& clock) {
  return std::chrono::nanoseconds(clock.now().time_since_epoch()).count();
}

}  // namespace

std::size_t Mailbox::KeyHash::operator()(const Key& key) const {
  std::size_t hash = 0;  // A part of a cryptographic hash needs no more mixing.
  std::memcpy(&hash, key.data(), sizeof hash);
  return hash;
}

std::optional<Mailbox::Key> Mailbox::to_key(std::string_view sha256) {
  if (!is_sha256(sha256)) return std::nullopt;
  Key key;
  for (std::size_t i = 0; i < key.size(); ++i)
    key[i] = static_cast<std::uint8_t>(nibble(sha256[2 * i]) * 16 + nibble(sha256[2 * i + 1]));
  return key;
}

std::string Mailbox::to_text(const Key& key) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : key) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 0xFU];
  }
  return text;
}

Place Mailbox::to_place(const Key& key, const Entry& entry) const {
  const FileName name{entry.seconds, to_text(key), entry.file_bytes, flag_letters(entry.flags)};
  Place place{entry.folder, entry.folder == Folder::kNew ? new_name(name) : cur_name(name),
              name.flags, name.seconds, name.bytes};
  if (const auto odd = odd_names_.find(key); odd != odd_names_.end()) place.name = odd->second;
  return place;
}

Result<Mailbox> Mailbox::open(const Path& archive, std::string_view account, Create create,
                              const Clock& clock) {
  Mailbox mailbox(archive / account_folder(account), std::string(account), clock);
  for (const char* const name : {"cur", "new", "tmp"}) {
    if (create == Create::kYes) RESTANTE_CHECKED(make_folders(mailbox.folder_ / name));
  }
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
  RESTANTE_CHECKED(sync_names());
  return kept;
}

Status Mailbox::sync_contents(const std::vector<std::unique_ptr<Incoming>>& batch) {
  std::vector<Incoming*> fresh;
  for (const auto& incoming : batch)
    if (!find(incoming->received_.sha256)) fresh.push_back(incoming.get());
  Status synced = sync_together(fresh);
  // Nobody knows what the disk holds after a failed sync (no room is no such failure).
  if (!synced) poisoned_ = synced.error().code == Errc::kIo;
  return synced;
}

Result<Kept> Mailbox::keep_one(Incoming& incoming) {
  RESTANTE_CHECK(incoming.finished_);
  const Received& received = incoming.received_;
  Kept kept{received.sha256, "", received.octets, false, 0, Folder::kNew};
  if (auto before = kept_before(received.sha256)) {
    before->size = received.octets;
    return *before;
  }
  const Key key = *to_key(received.sha256);
  Entry entry;
  entry.seconds =
      std::chrono::floor<std::chrono::seconds>(clock_->now()).time_since_epoch().count();
  entry.file_bytes = received.file_bytes;
  const Place place = to_place(key, entry);
  unsynced_ = true;
  if (Status published = incoming.publish(path_of(place)); !published) {
    // Whether a failed sync or no room: this file is given up, and with it nothing is claimed.
    poisoned_ = published.error().code == Errc::kIo;
    return std::move(published).error();
  }
  entries_[key] = entry;
  kept.name = place.name;
  kept.seconds = place.seconds;
  return kept;
}

/// What the mailbox has already; a mail reader may have removed it since the last look.
std::optional<Kept> Mailbox::kept_before(std::string_view sha256) const {
  const auto place = find(sha256);
  if (!place || !stamp_of(path_of(*place))) return std::nullopt;
  return Kept{std::string(sha256), place->name, 0, true, place->seconds, place->folder};
}

Result<std::vector<Kept>> Mailbox::move_to(Mailbox& target, const std::vector<std::string>& sums) {
  if (target.poisoned_)
    return Error(Errc::kState, target.folder_.string() + ": a sync has failed before");
  std::vector<Kept> moved;
  for (const std::string& sha256 : sums) {
    const auto place = find(sha256);
    if (const auto before = target.kept_before(sha256)) {
      if (place) RESTANTE_CHECKED(remove_file(path_of(*place)));
      moved.push_back(*before);
    } else if (place) {
      RESTANTE_TRY(Kept kept,
                   target.take_over(path_of(*place), sha256, entries_.at(*to_key(sha256))));
      moved.push_back(std::move(kept));
    } else {
      return Error(Errc::kNotFound, "no message " + sha256);
    }
    if (const auto key = to_key(sha256)) entries_.erase(*key);
  }
  RESTANTE_CHECKED(target.sync_names());
  // Only so that they do not come back here: there, they are durable.
  unsynced_ = true;
  RESTANTE_CHECKED(sync_names());
  return moved;
}

Result<Kept> Mailbox::take_over(const Path& file, std::string_view sha256, Entry entry) {
  entry.folder = Folder::kNew;
  entry.flags = 0;
  const Key key = *to_key(sha256);
  odd_names_.erase(key);
  const Place place = to_place(key, entry);
  unsynced_ = true;
  const Status renamed = rename_file(file, path_of(place));
  if (!renamed && renamed.error().code != Errc::kIo) return renamed.error();
  // The two are on different disks, most likely.
  if (!renamed) RESTANTE_CHECKED(copy_in(file, sha256, path_of(place)));
  entries_[key] = entry;
  return Kept{std::string(sha256), place.name, 0, false, place.seconds, place.folder};
}

Status Mailbox::copy_in(const Path& file, std::string_view sha256, const Path& to) {
  RESTANTE_TRY(const Judged judged, judge_file(file, sha256));
  if (judged.damaged)
    return Error(Errc::kCorrupt, file.string() + ": the message is damaged: it stays where it is");
  RESTANTE_TRY(const auto incoming, begin());
  RESTANTE_CHECKED(send_received(file, judged.form,
                                 [&](std::string_view octets) { return incoming->write(octets); }));
  RESTANTE_CHECKED(incoming->finish());
  if (Status published = incoming->publish(to); !published) {
    poisoned_ = published.error().code == Errc::kIo;
    return published;
  }
  return remove_file(file);
}

Status Mailbox::sync_names() {
  if (!unsynced_) return ok();
  for (const char* const name : {"new", "cur"}) {
    if (Status synced = sync_folder(folder_ / name); !synced) {
      poisoned_ = true;
      return synced;
    }
  }
  unsynced_ = false;
  return ok();
}

std::optional<Place> Mailbox::find(std::string_view sha256) const {
  const auto key = to_key(sha256);
  const auto found = key ? entries_.find(*key) : entries_.end();
  if (found == entries_.end()) return std::nullopt;
  return to_place(found->first, found->second);
}

Path Mailbox::path_of(const Place& place) const {
  return folder_ / name_of(place.folder) / place.name;
}

Result<bool> Mailbox::refresh() {
  RESTANTE_TRY(const FileStamp new_stamp, stamp_of(folder_ / "new"));
  RESTANTE_TRY(const FileStamp cur_stamp, stamp_of(folder_ / "cur"));
  if (new_stamp.changed_ns == new_changed_ns_ && cur_stamp.changed_ns == cur_changed_ns_)
    return false;
  RESTANTE_CHECKED(reload());
  const std::int64_t now = nanoseconds(*clock_);
  const auto settled = [&](std::int64_t changed) {
    return now - changed > kSettledNs ? changed : 0;
  };
  // As they were before the reading: what changed during it shows the next time.
  new_changed_ns_ = settled(new_stamp.changed_ns);
  cur_changed_ns_ = settled(cur_stamp.changed_ns);
  return true;
}

Status Mailbox::reload() {
  entries_.clear();
  odd_names_.clear();
  foreign_.clear();
  unsynced_ = true;
  new_changed_ns_ = 0;
  cur_changed_ns_ = 0;
  // What moves from new/ to cur/ between the two readings is found in both, not in none.
  RESTANTE_CHECKED(read_folder(Folder::kNew));
  return read_folder(Folder::kCur);
}

std::optional<std::pair<std::int64_t, std::int64_t>> Mailbox::settled_stamps() const {
  if (new_changed_ns_ == 0 || cur_changed_ns_ == 0) return std::nullopt;
  return std::pair(new_changed_ns_, cur_changed_ns_);
}

Status Mailbox::read_folder(Folder folder) {
  RESTANTE_TRY(const auto names, names_in(folder_ / name_of(folder)));
  for (const std::string& name : names) {
    if (name.starts_with('.')) continue;  // Not a message, by Maildir's rules.
    const auto parsed = parse_file_name(name);
    if (!parsed) {
      foreign_.push_back(Place{folder, name, flags_of(name), 0, 0});
      continue;
    }
    const Key key = *to_key(parsed->sha256);
    odd_names_.erase(key);
    const Entry entry{parsed->seconds, parsed->bytes, flag_bits(parsed->flags), folder};
    entries_[key] = entry;
    if (to_place(key, entry).name != name) odd_names_[key] = name;
  }
  return ok();
}

void Mailbox::for_each(
    const std::function<void(std::string_view sha256, const Place&)>& visit) const {
  std::vector<std::pair<std::int64_t, const Key*>> order;
  order.reserve(entries_.size());
  for (const auto& [key, entry] : entries_) order.emplace_back(entry.seconds, &key);
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first, *a.second) < std::tie(b.first, *b.second);
  });
  for (const auto& [seconds, key] : order) visit(to_text(*key), to_place(*key, entries_.at(*key)));
}

Result<Place> Mailbox::set_flags(std::string_view sha256, std::string_view flags) {
  const auto place = find(sha256);
  if (!place) return Error(Errc::kNotFound, "no message " + std::string(sha256));
  const Key key = *to_key(sha256);
  Entry entry = entries_[key];
  entry.flags = flag_bits(flags);
  entry.folder = Folder::kCur;
  odd_names_.erase(key);
  const Place there = to_place(key, entry);
  unsynced_ = true;
  RESTANTE_CHECKED(rename_file(path_of(*place), path_of(there)));
  entries_[key] = entry;
  return there;
}

Status Mailbox::remove(const Place& place) {
  RESTANTE_CHECKED(remove_file(path_of(place)));
  if (const auto parsed = parse_file_name(place.name)) entries_.erase(*to_key(parsed->sha256));
  return sync_folder(folder_ / name_of(place.folder));
}

Result<std::vector<std::string>> accounts_in(const Path& archive) {
  RESTANTE_TRY(const auto names, names_in(archive));
  std::vector<std::string> accounts;
  for (const std::string& name : names) {
    const auto account = account_of_folder(name);
    std::error_code ignored;
    if (account && std::filesystem::is_directory(archive / name / "cur", ignored))
      accounts.push_back(*account);
  }
  std::sort(accounts.begin(), accounts.end());
  return accounts;
}

}  // namespace restante::archive
