#include "history/measure.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace restante::history {
namespace {

constexpr std::array kMeasures{
    MeasureInfo{Measure::kRetrievalsAsked, "retrievals_asked", Kind::kSum,
                "messages asked for by RETR, and by TOP whole"},
    MeasureInfo{Measure::kRetrievalsWhole, "retrievals_whole", Kind::kSum,
                "of these, sent to their end"},
    MeasureInfo{Measure::kRetrievalsRefused, "retrievals_refused", Kind::kSum,
                "of these, damaged or not to be read"},
    MeasureInfo{Measure::kLoginsGood, "logins_good", Kind::kSum, "POP3 logins"},
    MeasureInfo{Measure::kLoginsFailed, "logins_failed", Kind::kSum, "POP3 logins that failed"},
    MeasureInfo{Measure::kLoginsRefused, "logins_refused", Kind::kSum,
                "POP3 logins that limits refused unheard"},
    MeasureInfo{Measure::kLoginMicroseconds, "login_microseconds", Kind::kSum,
                "what the good logins took, together"},
    MeasureInfo{Measure::kLoginsIn10Ms, "logins_in_10ms", Kind::kSum,
                "good logins that took at most 10 ms"},
    MeasureInfo{Measure::kLoginsIn100Ms, "logins_in_100ms", Kind::kSum, "at most 100 ms"},
    MeasureInfo{Measure::kLoginsIn1S, "logins_in_1s", Kind::kSum, "at most 1 s"},
    MeasureInfo{Measure::kOctetsRetrieved, "octets_retrieved", Kind::kSum,
                "octets sent by RETR and TOP"},
    MeasureInfo{Measure::kMessagesDeleted, "messages_deleted", Kind::kSum,
                "messages deleted by QUIT"},
    MeasureInfo{Measure::kMessagesExpired, "messages_expired", Kind::kSum,
                "messages deleted by retention"},
    MeasureInfo{Measure::kDeliveriesDone, "deliveries_done", Kind::kSum,
                "copies put into maildrops"},
    MeasureInfo{Measure::kDeliveriesFailed, "deliveries_failed", Kind::kSum,
                "copies that were not"},
    MeasureInfo{Measure::kOctetsDelivered, "octets_delivered", Kind::kSum,
                "octets put into maildrops"},
    MeasureInfo{Measure::kConnections, "connections", Kind::kSum, "connections accepted"},
    MeasureInfo{Measure::kConnectionsRefused, "connections_refused", Kind::kSum,
                "connections refused by limits"},
    MeasureInfo{Measure::kSessionsOpen, "sessions_open", Kind::kMost,
                "POP3 sessions at a time, at a minute's end"},
    MeasureInfo{Measure::kLiveBytes, "live_bytes", Kind::kLast, "bytes of messages that wait"},
    MeasureInfo{Measure::kDeadBytes, "dead_bytes", Kind::kLast,
                "bytes of what is deleted, or describes messages"},
    MeasureInfo{Measure::kAsideBytes, "aside_bytes", Kind::kLast, "bytes set aside"},
    MeasureInfo{Measure::kMessagesWaiting, "messages_waiting", Kind::kLast, "messages that wait"},
    MeasureInfo{Measure::kOctetsWaiting, "octets_waiting", Kind::kLast, "octets of these"},
    MeasureInfo{Measure::kMaildrops, "maildrops", Kind::kLast, "maildrops"},
    MeasureInfo{Measure::kDamageFound, "damage_found", Kind::kSum, "damaged records met"},
    MeasureInfo{Measure::kMemoryBytes, "memory_bytes", Kind::kMost, "memory of the server"},
    MeasureInfo{Measure::kOctetsDeleted, "octets_deleted", Kind::kSum,
                "octets deleted by QUIT and by retention"},
};

constexpr bool are_by_number() {
  for (std::size_t i = 0; i < kMeasures.size(); ++i)
    if (static_cast<std::size_t>(kMeasures[i].measure) != i + 1) return false;
  return true;
}
static_assert(are_by_number());

}  // namespace

std::span<const MeasureInfo> measures() { return kMeasures; }

const MeasureInfo& info_of(Measure measure) {
  const auto place = static_cast<std::size_t>(measure) - 1;
  RESTANTE_CHECK(place < kMeasures.size());
  return kMeasures[place];
}

const MeasureInfo* find_measure(std::string_view name) {
  const auto found = std::ranges::find(kMeasures, name, &MeasureInfo::name);
  return found == kMeasures.end() ? nullptr : &*found;
}

}  // namespace restante::history
