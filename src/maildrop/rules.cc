#include "maildrop/rules.h"

#include "config/keys.h"

namespace restante::maildrop {
namespace {

using namespace std::chrono_literals;
using config::Count;
using config::Duration;
using config::key;
using config::OneOf;
using config::Plain;
using config::Size;

constexpr auto kDay = std::chrono::days(1);
constexpr auto kTenYears = 3650 * kDay;
// What the database of accounts and the store can hold, with room to add.
constexpr std::uint64_t kQuotaMax = 1ULL << 62;
constexpr std::uint64_t kReserveMax = 1ULL << 50;
constexpr std::uint64_t kRetentionDaysMax = 36500;
// Slower would never end, faster than any disk.
constexpr std::uint64_t kRateMin = 64ULL << 10;
constexpr std::uint64_t kRateMax = 64ULL << 30;

constexpr auto kRetentionFroms = std::to_array<config::Choice<Retention::From>>(
    {{"arrival", Retention::From::kArrival}, {"retrieval", Retention::From::kRetrieval}});

/// 452: the sender keeps it and tries again; 552: it tells the author.
Result<std::uint64_t> quota_reply(const config::Value& value) {
  const auto number = Count(452, 552).parse(value);
  if (number && *number != 452 && *number != 552) return config::wrong_value("must be 452 or 552");
  return number;
}

}  // namespace

const config::Keys<Rules>& keys() {
  static const config::Keys<Rules> keys = {
      key("backend", &Rules::backend, OneOf(kBackEnds),
          "How maildrops are stored: one append-only file for each ([format.md](format.md))."),
      key("undelete_window", &Rules::undelete_window, Duration(0s, kTenYears),
          "How long at least the octets of a deleted message stay for `restantectl maildrop "
          "undelete`."),
      key("reserve", &Rules::reserve, Size(0, kReserveMax),
          "Space that deliveries leave free on the disk for deletions and reclaiming; mail that "
          "would take it is refused with 452 4.3.1."),
      key("quota_octets", &Rules::quota_octets, Size(0, kQuotaMax),
          "The most that may wait in a maildrop, as POP3 counts; more is refused with "
          "`maildrop.quota_reply`. 0: no limit."),
      key("quota_messages", &Rules::quota_messages, Count(0, kQuotaMax),
          "The same for the number of messages."),
      key("quota_warning", &Rules::quota_warning, Count(0, 100),
          "At this part of a quota the owner and `server.operator` get a message, once each time. "
          "0: no message."),
      key("quota_reply", &Rules::quota_reply, Plain(quota_reply, "`452`, `552`"),
          "The reply for a full maildrop, at RCPT and after the mail; see below."),
      key("retention_days", &Rules::retention_days, Count(0, kRetentionDaysMax),
          "After this many days mail is deleted without its owner's word. 0: never. CAPA announces "
          "it (EXPIRE, RFC 2449 s.6.7)."),
      key("retention_from", &Rules::retention_from, OneOf(kRetentionFroms),
          "The event that the days count from: the delivery, or the first QUIT after the whole "
          "message was sent; see below."),
      key("upkeep_interval", &Rules::upkeep_interval, Duration(1s, 30 * kDay),
          "How often retention and reclaiming look at every maildrop."),
      key("upkeep_rate", &Rules::upkeep_rate, Size(kRateMin, kRateMax),
          "The most that upkeep reads and writes in a second, so that clients do not notice."),
      key("scrub_interval", &Rules::scrub_interval, Duration(0s, kTenYears),
          "Within this time every stored message is compared with its checksum once. `\"0s\"`: "
          "never."),
      key("scrub_rate", &Rules::scrub_rate, Size(kRateMin, kRateMax),
          "The most that the scrub reads in a second."),
      key("views_max", &Rules::views_max, Count(0, 100),
          "The most views of one maildrop beside the default one; see [devices.md](devices.md)."),
      key("view_expires", &Rules::view_expires, Duration(0s, kTenYears),
          "After this time without a login a view holds no mail back any more. `\"0s\"`: never."),
      key("trash_view", &Rules::trash_view, config::kBoolean,
          "Whether a login with the label `trash` shows what was deleted within "
          "`maildrop.undelete_window`; needs `auth.view_separator`."),
      key("trash_purge", &Rules::trash_purge, config::kBoolean,
          "Whether a message that is deleted in the trash, too, goes without waiting for the rest "
          "of `maildrop.undelete_window`."),
      key("lock_timeout", &Rules::lock_timeout, Duration(1s, 5min),
          "How long a delivery, a login or a QUIT waits for a maildrop that another program has "
          "locked; then 451 or `-ERR [SYS/TEMP]`."),
  };
  return keys;
}

const config::Keys<Rules>& limit_keys() {
  static const config::Keys<Rules> keys = {
      key("idle_maildrops", &Rules::idle_maildrops, Count(0, 1'000'000),
          "Indexes of maildrops that stay in memory without a user."),
  };
  return keys;
}

}  // namespace restante::maildrop
