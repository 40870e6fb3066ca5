#include "server/alarm/trouble_finder.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/numbers.h"

namespace restante::server {
namespace {

using namespace std::chrono_literals;

constexpr auto kDay = std::chrono::days(1);
constexpr std::chrono::milliseconds kSoon = 15min;
// What is looked for once a day has had its chance by then.
constexpr std::chrono::milliseconds kLong = 2 * kDay;
// A maildrop that was busy for a moment is tried again, and is no trouble.
constexpr std::uint64_t kFailuresMin = 5;

std::string left_text(std::chrono::milliseconds left) {
  if (left <= 0ms) return "has ended";
  if (left < 2 * kDay) return fmt::format("ends in {} hours", left / 1h);
  return fmt::format("ends in {} days", left / kDay);
}

void look_at_certificate(const Facts& facts, const TroubleLimits& limits,
                         std::vector<Trouble>& out) {
  if (!facts.certificate_ends) return;
  const auto left = *facts.certificate_ends - facts.now;
  if (left > limits.certificate_days) return;
  out.emplace_back(TroubleKind::kCertificate,
                   fmt::format("The certificate {} {}", facts.certificate, left_text(left)),
                   facts.certificate);
}

void look_at_backups(const Facts& facts, const TroubleLimits& limits, std::vector<Trouble>& out) {
  if (!facts.last_backup || limits.backup_age == 0ms) return;
  const auto age = facts.now - *facts.last_backup;
  if (age <= limits.backup_age) return;
  out.emplace_back(TroubleKind::kBackups,
                   fmt::format("The last backup was made {} days ago", age / kDay));
}

}  // namespace

bool TroubleFinder::Riser::look(std::uint64_t value, std::uint64_t least,
                                std::chrono::milliseconds quiet, WallTime now) {
  if (value > value_) rose_ = now;
  value_ = value;
  // A clock that was set back must not keep it for ever.
  if (rose_ && (now - *rose_ >= quiet || now < *rose_)) rose_.reset();
  if (rose_) return risen() >= least || !before_.empty();
  from_ = value_;
  before_.clear();
  return false;
}

void TroubleFinder::Riser::resume(const std::string& what, WallTime now) {
  before_ = what;
  rose_ = now;
}

std::string TroubleFinder::Riser::sentence(const std::string& now) const {
  return risen() == 0 ? before_ : now;
}

void TroubleFinder::resume(const std::string& key, const std::string& what, WallTime now) {
  if (key == name_of(TroubleKind::kDamage)) damage_.resume(what, now);
  if (key == name_of(TroubleKind::kDeliveries)) deliveries_.resume(what, now);
  if (key == name_of(TroubleKind::kArchive)) archive_.resume(what, now);
  if (key == name_of(TroubleKind::kUpkeep)) upkeep_.resume(what, now);
  if (key == name_of(TroubleKind::kScrub)) scrub_.resume(what, now);
  if (key == name_of(TroubleKind::kJournal)) journal_.resume(what, now);
  for (const TroubleKind kind : {TroubleKind::kBackEnd, TroubleKind::kCopies}) {
    const std::string name(name_of(kind));
    if (key == name || key.starts_with(name + " ")) resumed_[key] = {what, now + kSoon};
  }
}

/// After a start it is not known at once that one is still down: it has to be asked first.
void TroubleFinder::look_at_down(TroubleKind kind, const std::map<std::string, std::string>& down,
                                 const Facts& facts, std::vector<Trouble>& out) {
  for (const auto& [where, reason] : down) {
    const Trouble& found = out.emplace_back(kind, where + " does not answer: " + reason, where);
    resumed_.erase(found.key());
  }
  std::erase_if(resumed_, [&](const auto& one) { return one.second.until <= facts.now; });
  const std::string name = std::string(name_of(kind)) + " ";
  for (const auto& [key, lasting] : resumed_)
    if (key.starts_with(name)) out.emplace_back(kind, lasting.what, key.substr(name.size()));
}

void TroubleFinder::look_at_copies(const Facts& facts, std::vector<Trouble>& out) {
  const std::string key(name_of(TroubleKind::kCopies));
  if (facts.copies_set_aside > 0) {
    resumed_.erase(key);
    out.emplace_back(TroubleKind::kCopies,
                     counted(facts.copies_set_aside, "message") + " set aside: refused for ever");
  } else if (const auto before = resumed_.find(key); before != resumed_.end()) {
    out.emplace_back(TroubleKind::kCopies, before->second.what);
  }
  look_at_down(TroubleKind::kCopies, facts.targets_down, facts, out);
}

void TroubleFinder::look_at_mail(const Facts& facts, std::vector<Trouble>& out) {
  if (damage_.look(facts.damage_found, 1, kLong, facts.now))
    out.emplace_back(TroubleKind::kDamage,
                     damage_.sentence(counted(damage_.risen(), "damaged record") + " found"));
  if (deliveries_.look(facts.deliveries_failed, kFailuresMin, kSoon, facts.now))
    out.emplace_back(
        TroubleKind::kDeliveries,
        deliveries_.sentence(counted(deliveries_.risen(), "delivery", "deliveries") + " failed"));
}

void TroubleFinder::look_at_archive(const Facts& facts, std::vector<Trouble>& out) {
  // The counter is looked at in any case: it has to be known when it rose.
  const bool rose = archive_.look(facts.archive_failures, 1, kSoon, facts.now);
  if (!facts.archive_broken.empty())
    out.emplace_back(TroubleKind::kArchive, facts.archive_broken);
  else if (rose)
    out.emplace_back(TroubleKind::kArchive,
                     archive_.sentence(counted(archive_.risen(), "mail") +
                                       " could not be archived: " + facts.archive_reason));
}

void TroubleFinder::look_at_upkeep(const Facts& facts, std::vector<Trouble>& out) {
  if (upkeep_.look(facts.upkeep_failures, 1, kLong, facts.now))
    out.emplace_back(TroubleKind::kUpkeep,
                     upkeep_.sentence(counted(upkeep_.risen(), "maildrop") + " without upkeep"));
  if (scrub_.look(facts.scrub_failures, 1, kLong, facts.now))
    out.emplace_back(TroubleKind::kScrub,
                     scrub_.sentence(counted(scrub_.risen(), "maildrop") + " could not be read"));
  if (journal_.look(facts.acts_dropped, 1, kSoon, facts.now))
    out.emplace_back(TroubleKind::kJournal,
                     journal_.sentence(counted(journal_.risen(), "act") + " missing"));
}

std::vector<Trouble> TroubleFinder::look(const Facts& facts, const TroubleLimits& limits) {
  std::vector<Trouble> out;
  if (!facts.data_dir_lost.empty()) out.emplace_back(TroubleKind::kDataDir, facts.data_dir_lost);
  if (!facts.disk_short.empty()) out.emplace_back(TroubleKind::kDisk, facts.disk_short);
  look_at_mail(facts, out);
  look_at_archive(facts, out);
  look_at_down(TroubleKind::kBackEnd, facts.back_ends_down, facts, out);
  look_at_certificate(facts, limits, out);
  if (facts.clock_is_doubtful)
    out.emplace_back(TroubleKind::kClock, "The machine's clock is more than a day ahead");
  look_at_upkeep(facts, out);
  look_at_backups(facts, limits, out);
  look_at_copies(facts, out);
  return out;
}

}  // namespace restante::server
