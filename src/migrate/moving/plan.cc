#include "migrate/moving/plan.h"

#include "migrate/formats/uid_rule.h"

namespace restante::migrate {
namespace {

/// Gives each message of a listing its id in the maildrop, and none twice.
class Namer {
 public:
  std::string name(const std::string& uid) {
    const std::size_t number = ++seen_[uid];
    return number == 1 ? storable_uid(uid) : repeated_uid(uid, number);
  }

 private:
  std::unordered_map<std::string, std::size_t> seen_;
};

}  // namespace

Plan make_plan(const Listing& listing, const KnownUids& known, Unnumbered unnumbered) {
  Plan plan;
  Namer namer;
  for (std::size_t i = 0; i < listing.items.size(); ++i) {
    const Item& item = listing.items[i];
    // An earlier last run may have moved it by its own id, before the old server gave it another
    // one.
    auto found = item.own_uid.empty() ? known.end() : known.find(item.own_uid);
    std::string uid = item.own_uid;
    if (!item.uid.empty()) {
      std::string named = namer.name(item.uid);
      if (found == known.end()) {
        found = known.find(named);
        uid = std::move(named);
      }
    }
    // Nothing of a known id is moved again: a client that has deleted it must not get it back.
    if (found != known.end()) {
      if (found->second) {
        ++plan.deleted;
      } else {
        plan.present_octets += item.octets;
        plan.present.push_back({i, std::move(uid)});
      }
      continue;
    }
    // Without an id of its own it could not be found again, and a second run would move it twice.
    if (item.uid.empty() && (unnumbered == Unnumbered::kLeft || item.own_uid.empty())) {
      ++plan.unnumbered;
      continue;
    }
    if (!item.uid.empty() && uid != item.uid) ++plan.mapped;
    plan.octets += item.octets;
    plan.fresh.push_back({i, std::move(uid)});
  }
  return plan;
}

}  // namespace restante::migrate
