// Messages that go from one mailbox into another, which may be on another disk. Each is durable
// there before it is removed here: after a crash it is in one of them, or in both.
#include <utility>

#include "archive/mailbox/mailbox.h"
#include "archive/mailbox/stored_message.h"

namespace restante::archive {

Result<std::vector<Kept>> Mailbox::move_to(Mailbox& target, const std::vector<std::string>& sums) {
  if (target.poisoned_)
    return Error(Errc::kState, target.folder_.string() + ": a sync has failed before");
  std::vector<Kept> moved;
  for (const std::string& sha256 : sums) {
    // It may have been moved before a crash, or received twice.
    const auto before = target.kept_before(sha256);
    Result<Kept> kept = before ? *before : hand_over(sha256, target);
    if (!kept) return std::move(kept).error();
    moved.push_back(std::move(*kept));
  }
  RESTANTE_CHECKED(target.sync_names());
  // Only now: a disk of its own may have forgotten them here before the other knows them.
  for (const std::string& sha256 : sums) {
    if (const auto place = find(sha256)) RESTANTE_CHECKED(remove_file(path_of(*place)));
    // Gone from here also for what follows, though its removal is not durable yet.
    names_.erase(sha256);
  }
  // Only so that they do not come back here: there, they are durable.
  unsynced_ = true;
  RESTANTE_CHECKED(sync_names());
  return moved;
}

/// On one disk it is in one place at any time; a copy on another disk leaves it here, too.
Result<Kept> Mailbox::hand_over(const std::string& sha256, Mailbox& target) {
  const auto here = find(sha256);
  if (!here) return Error(Errc::kNotFound, "no message " + sha256);
  const Path file = path_of(*here);
  // A damaged file is replaced, under its name.
  const auto damaged = target.find(sha256);
  Result<Place> there =
      damaged ? *damaged
              : named_place(sha256, Place{Folder::kNew, "", "", here->seconds, here->file_bytes});
  target.unsynced_ = true;
  if (const Status renamed = rename_file(file, target.path_of(*there)); renamed) {
    names_.erase(sha256);
  } else {
    // EXDEV has no code of its own. Anything else that it could be, the copy will meet again, and
    // say.
    if (renamed.error().code != Errc::kIo) return renamed.error();
    // The two are on different disks, most likely.
    there = target.copy_in(file, sha256, std::move(*there));
    if (!there) return std::move(there).error();
  }
  target.names_.put(sha256, *there);
  const bool repaired = damaged.has_value();
  return Kept{sha256, there->name, 0, repaired, there->seconds, there->folder, repaired};
}

Result<Place> Mailbox::copy_in(const Path& file, const std::string& sha256, Place to) {
  RESTANTE_TRY(const Judged judged, judge_file(file, sha256));
  const Error damaged(Errc::kCorrupt,
                      file.string() + ": the message is damaged: it stays where it is");
  if (judged.damaged) return damaged;
  RESTANTE_TRY(const auto incoming, begin());
  RESTANTE_CHECKED(send_received(file, judged.form,
                                 [&](std::string_view octets) { return incoming->write(octets); }));
  RESTANTE_TRY(const Received received, incoming->finish());
  // Only now its sum is known to be right on the other disk as well.
  if (received.sha256 != sha256) return damaged;  // The file has changed since it was judged.
  to.file_bytes = received.file_bytes;
  // Under the name of a damaged file it keeps that name, with its flags.
  if (!find(sha256)) to = named_place(sha256, std::move(to));
  if (Status published = incoming->publish(path_of(to)); !published) {
    poisoned_ = published.error().code == Errc::kIo;
    return std::move(published).error();
  }
  return to;
}

}  // namespace restante::archive
