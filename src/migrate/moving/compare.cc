#include "migrate/moving/compare.h"

#include <algorithm>
#include <unordered_map>

#include "base/bytes.h"
#include "migrate/moving/known_uids.h"

namespace restante::migrate {
namespace {

using Numbers = std::unordered_map<std::string, MessageNumber>;

Numbers numbers_of(const maildrop::Session& session) {
  Numbers numbers;
  for (std::uint32_t number = 1; number <= session.count(); ++number) {
    std::string uid;
    session.append_uid(MessageNumber{number}, uid);
    numbers.emplace(std::move(uid), MessageNumber{number});
  }
  return numbers;
}

/// Empty: no difference.
Result<std::string> find_difference(maildrop::Session& session, MessageNumber number,
                                    std::string_view wire) {
  const std::uint64_t bytes = session.info(number).wire_bytes;
  // The size first: it is known without reading, and tells more than the place of the first octet.
  if (bytes != wire.size())
    return "has " + std::to_string(bytes) + " octets here, and " + std::to_string(wire.size()) +
           " there";
  RESTANTE_TRY(const auto reader, session.read(number));
  std::string buffer(1U << 16, '\0');
  std::size_t done = 0;
  for (;;) {
    RESTANTE_TRY(const std::size_t count, reader->read(std::as_writable_bytes(std::span(buffer))));
    if (count == 0) break;
    if (wire.substr(done, count) != std::string_view(buffer).substr(0, count))
      return std::string("has other octets here than there");
    done += count;
  }
  return done == wire.size() ? std::string() : std::string("ends early here");
}

class Comparer {
 public:
  Comparer(Source& source, maildrop::Store& store, const CompareOptions& options)
      : source_(source), store_(store), options_(options) {}

  Compared run() {
    if (Status done = work(); !done) compared_.failure = std::move(done).error();
    return std::move(compared_);
  }

 private:
  Status work() {
    RESTANTE_TRY(Listing listing, source_.list());
    RESTANTE_TRY(const auto session, store_.open(options_.account, maildrop::View::kDefault));
    RESTANTE_TRY(const KnownUids known, known_uids(store_, options_.account));
    const Plan plan = make_plan(listing, known, options_.unnumbered);
    compared_.deleted = plan.deleted;
    compared_.unnumbered = plan.unnumbered;
    for (Skipped& skipped : listing.skipped) compared_.differences.push_back(std::move(skipped));
    for (const Planned& planned : plan.fresh) note(listing.items[planned.item], "is not here");
    // By id, as clients do: numbers differ as soon as one message is deleted on one side.
    const Numbers numbers = numbers_of(*session);
    std::vector<const Item*> wanted;
    // Only what is compared is announced: the source would read the rest for nothing.
    for (const Planned& planned : plan.present)
      if (numbers.contains(planned.uid)) wanted.push_back(&listing.items[planned.item]);
    source_.expect(wanted);
    for (const Planned& planned : plan.present) {
      Item& item = listing.items[planned.item];
      const auto found = numbers.find(planned.uid);
      // Its id is known, but it is not in the session: it came a moment ago.
      if (found == numbers.end()) {
        note(item, "came after the comparison had begun");
      } else {
        RESTANTE_CHECKED(compare(*session, found->second, item));
      }
      if (options_.progress && !options_.progress(item.octets))
        return Error(Errc::kClosed, "stopped");
    }
    return ok();
  }

  Status compare(maildrop::Session& session, MessageNumber number, Item& item) {
    std::string wire;
    if (const Status read = source_.read(item, wire); !read) {
      // A message that cannot be read is one difference, and not the end of the comparison.
      if (!is_of_message(read.error().code)) return read.error();
      note(item, read.error().detail);
      return ok();
    }
    auto difference = find_difference(session, number, wire);
    if (!difference) {
      // A damaged message is one difference; a disk that fails is no statement about the mail.
      if (difference.error().code != Errc::kCorrupt) return std::move(difference).error();
      note(item, "is damaged here: " + difference.error().detail);
      return ok();
    }
    const WallTime arrived = session.info(number).arrived;
    if (difference->empty() && item.arrived && arrived != *item.arrived)
      *difference =
          "arrived " + to_rfc3339(arrived) + " here, and " + to_rfc3339(*item.arrived) + " there";
    if (difference->empty()) {
      ++compared_.same;
    } else {
      note(item, *std::move(difference));
    }
    return ok();
  }

  void note(const Item& item, std::string what) {
    compared_.differences.push_back({item.place, std::move(what)});
  }

  Source& source_;
  maildrop::Store& store_;
  const CompareOptions& options_;
  Compared compared_;
};

}  // namespace

Compared compare_mail(Source& source, maildrop::Store& store, const CompareOptions& options) {
  return Comparer(source, store, options).run();
}

}  // namespace restante::migrate
