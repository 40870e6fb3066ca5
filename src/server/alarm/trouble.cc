#include "server/alarm/trouble.h"

#include <array>

namespace restante::server {
namespace {

struct Words {
  TroubleKind kind;
  std::string_view name;
  std::string_view title;
  std::string_view advice;
};

constexpr auto kWords = std::to_array<Words>({
    {TroubleKind::kDataDir, "data-dir", "The mail is not there",
     "Mount the file system of data_dir again, or restore it from a backup. Until then no mail is "
     "accepted and none is handed out; nothing needs a restart."},
    {TroubleKind::kDisk, "disk", "The disk is nearly full",
     "Make room on the file system of data_dir, or make it larger. Until then mail is refused with "
     "a temporary error, so that its senders try again; it can still be fetched and deleted. "
     "\"restantectl maildrop stats\" names the largest maildrops."},
    {TroubleKind::kDamage, "damage", "Damaged mail was found",
     "The log names the maildrops. \"restantectl maildrop check NAME\" says what is damaged, and "
     "docs/operating.md how to bring it back. Look at the disk: its own report (smartctl) and the "
     "kernel's messages."},
    {TroubleKind::kDeliveries, "deliveries", "Deliveries fail",
     "Their senders were told to try again, so nothing is lost. The log has the reason of each: "
     "look for \"not delivered\"."},
    {TroubleKind::kArchive, "archive", "The archive takes no mail",
     "All mail is put off until it does, and its senders try again. Make the accounts of "
     "accounts.archive_account, raise their quotas (\"restantectl account quota\"), or look at "
     "their maildrops (\"restantectl maildrop check NAME\"); docs/archive.md has more."},
    {TroubleKind::kBackEnd, "back-end", "A back end of accounts does not answer",
     "Its users cannot log in, and mail for them waits at its senders. See whether it runs, and "
     "whether it can be reached: \"restantectl account test NAME\" asks it."},
    {TroubleKind::kCertificate, "certificate", "A certificate ends soon",
     "Renew it. A changed file is used without a restart. When it has ended, clients refuse to "
     "connect."},
    {TroubleKind::kClock, "clock", "The clock jumped ahead",
     "Set it right, or say that it is right: \"restantectl upkeep --confirm-clock\". Until then, "
     "or "
     "for a day, nothing is deleted by its age."},
    {TroubleKind::kUpkeep, "upkeep", "Some maildrops have no upkeep",
     "Their deleted mail keeps its space, and retention does not hold for them. The log has the "
     "reason of each: look for \"upkeep failed\"."},
    {TroubleKind::kScrub, "scrub", "Some maildrops cannot be read",
     "They could not be compared with their checksums. The log has the reason of each: look for "
     "\"scrub failed\"."},
    {TroubleKind::kJournal, "journal", "The journal of acts has gaps",
     "Acts were not written: the disk was too full or too slow. Mail is not affected."},
    {TroubleKind::kBackups, "backups", "The last backup is old",
     "Run \"restantectl backup\", and see why it no longer runs by itself. alarm.backup_age says "
     "what is old."},
    {TroubleKind::kCopies, "copies", "Copies of mail do not go out",
     "\"restantectl copies\" shows which, and what their receiver says. What waits is sent as soon "
     "as it takes mail again; what it has refused waits for \"restantectl copies retry\" or "
     "\"drop\"."},
});

constexpr bool in_order() {
  for (std::size_t i = 0; i < kWords.size(); ++i)
    if (static_cast<std::size_t>(kWords[i].kind) != i) return false;
  return kWords.size() == static_cast<std::size_t>(TroubleKind::kCopies) + 1;
}
static_assert(in_order(), "each kind has its words, in the order of the kinds");

const Words& words_of(TroubleKind kind) { return kWords.at(static_cast<std::size_t>(kind)); }

}  // namespace

std::string Trouble::key() const {
  std::string key(name_of(kind));
  if (!about.empty()) key += " " + about;
  return key;
}

std::string_view name_of(TroubleKind kind) { return words_of(kind).name; }
std::string_view title_of(TroubleKind kind) { return words_of(kind).title; }
std::string_view advice_for(TroubleKind kind) { return words_of(kind).advice; }

}  // namespace restante::server
