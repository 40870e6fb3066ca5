#include "fetch/plan/listing.h"

#include "base/numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace restante::fetch {
namespace {

/// Sorts by number, and drops unreadable lines and those that name a number again.
template <typename Line>
void clean(std::string_view what, std::vector<Line>& lines, std::vector<std::string>& wrong) {
  const auto unreadable = std::erase_if(lines, [](const Line& line) { return line.number == 0; });
  if (unreadable > 0)
    wrong.push_back(fmt::format("{} has {}", what, counted(unreadable, "unreadable line")));
  // Stable: of two lines with one number the first that the server wrote stays.
  std::stable_sort(lines.begin(), lines.end(),
                   [](const Line& a, const Line& b) { return a.number < b.number; });
  const auto rest = std::unique(lines.begin(), lines.end(),
                                [](const Line& a, const Line& b) { return a.number == b.number; });
  if (rest == lines.end()) return;
  wrong.push_back(
      fmt::format("{} names {} twice", what,
                  counted(static_cast<std::size_t>(lines.end() - rest), "message number")));
  // The first stays: the session would get the same message for either of them.
  lines.erase(rest, lines.end());
}

void compare_counts(std::string_view what, std::uint64_t count, std::uint64_t stat,
                    // Equal counts prove little, but other counts prove that one of the lists is
                    // wrong.
                    std::vector<std::string>& contradictions) {
  if (count == stat) return;
  contradictions.push_back(
      fmt::format("STAT says {}, {} names {}", counted(stat, "message"), what, count));
}

using Sizes = std::vector<pop3::ListedSize>;
using Uids = std::vector<pop3::ListedUid>;

/// Takes both lists apart into one; how many messages only one of them has.
std::size_t merge(Sizes& sizes, Uids& uids, std::vector<Listed>& messages) {
  std::size_t alone = 0;
  auto size = sizes.begin();
  auto uid = uids.begin();
  while (size != sizes.end() || uid != uids.end()) {
    const bool from_size =
        uid == uids.end() || (size != sizes.end() && size->number <= uid->number);
    const bool from_uid = size == sizes.end() || (uid != uids.end() && uid->number <= size->number);
    Listed& message = messages.emplace_back();
    if (from_size) {
      message.number = size->number;
      // Some servers list 0 for what they have not looked at yet.
      if (size->octets > 0) message.octets = size->octets;
      ++size;
    }
    if (from_uid) {
      message.number = uid->number;
      message.uid = std::move(uid->uid);
      ++uid;
    }
    if (from_size != from_uid) ++alone;
  }
  return alone;
}

/// Takes away the ids that more than one message has.
void drop_shared_uids(std::vector<Listed>& messages) {
  std::unordered_map<std::string_view, std::size_t> times;
  for (const Listed& message : messages)
    if (message.identified()) ++times[message.uid];
  std::vector<Listed*> ambiguous;
  for (Listed& message : messages)
    if (message.identified() && times[message.uid] > 1) ambiguous.push_back(&message);
  times.clear();  // Its keys are the ids that are emptied now.
  for (Listed* message : ambiguous) message->uid.clear();
}

}  // namespace

Listing combine(std::uint64_t stat_messages, Sizes sizes, std::optional<Uids> uids) {
  Listing listing;
  std::vector<std::string>& wrong = listing.contradictions;
  listing.has_uids = uids.has_value();
  clean("LIST", sizes, wrong);
  compare_counts("LIST", sizes.size(), stat_messages, wrong);
  if (uids) {
    clean("UIDL", *uids, wrong);
    compare_counts("UIDL", uids->size(), stat_messages, wrong);
  } else {
    uids.emplace();
  }
  const std::size_t alone = merge(sizes, *uids, listing.messages);
  // Told once: where a count is wrong already, this follows from it.
  if (listing.has_uids && alone > 0 && wrong.empty())
    wrong.push_back(counted(alone, "message is", "messages are") + " in one of LIST and UIDL only");
  // An id of two messages names neither: with it one of them would be taken for known and never
  // fetched.
  drop_shared_uids(listing.messages);
  if (listing.has_uids)
    listing.without_own_uid = static_cast<std::size_t>(
        std::count_if(listing.messages.begin(), listing.messages.end(),
                      [](const Listed& message) { return !message.identified(); }));
  return listing;
}

}  // namespace restante::fetch
