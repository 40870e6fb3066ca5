#include "migrate/moving/move.h"

#include <cstring>
#include <deque>

#include "mail/header_scanner.h"
#include "mail/wire_counter.h"
#include "migrate/moving/known_uids.h"

namespace restante::migrate {
namespace {

/// A message in memory.
class WireText final : public maildrop::Source {
 public:
  explicit WireText(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] std::uint64_t size() const override { return text_.size(); }
  Status read(std::uint64_t offset, MutableBytes target) override {
    std::memcpy(target.data(), text_.data() + offset, target.size());
    return ok();
  }
  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  const std::string text_;
};

struct Waiting {
  Waiting(std::string wire, std::string place_) : text(std::move(wire)), place(std::move(place_)) {}
  WireText text;
  std::string place;
  std::uint64_t listed_octets = 0;  ///< For the progress.
};

std::uint64_t octets_of(std::string_view wire) {
  mail::WireCounter counter;
  counter.write(wire);
  return counter.octets();
}

bool has_utf8_header(std::string_view wire) {
  mail::HeaderScanner scanner;
  scanner.feed(wire);
  return scanner.has_8bit();
}

class Mover {
 public:
  Mover(Source& source, maildrop::Store& store, const MoveOptions& options)
      : source_(source), store_(store), options_(options) {}

  Moved run() {
    if (Status done = work(); !done) moved_.failure = std::move(done).error();
    return std::move(moved_);
  }

 private:
  Status work() {
    RESTANTE_TRY(Listing listing, source_.list());
    RESTANTE_TRY(const KnownUids known, known_uids(store_, options_.account));
    const Plan plan = make_plan(listing, known, options_.unnumbered);
    moved_.ids = std::move(listing.ids);
    moved_.listed = listing.items.size();
    moved_.present = plan.present.size();
    moved_.deleted = plan.deleted;
    moved_.unnumbered = plan.unnumbered;
    moved_.mapped = plan.mapped;
    moved_.planned = plan.fresh.size();
    moved_.planned_octets = plan.octets;
    moved_.skipped = std::move(listing.skipped);
    moved_.folders = std::move(listing.folders);
    if (options_.planned) options_.planned(plan);
    RESTANTE_CHECKED(check_quota(plan));
    if (options_.only_look || plan.fresh.empty()) return ok();
    if (options_.has_room) RESTANTE_CHECKED(options_.has_room(plan.octets));
    std::vector<const Item*> wanted;
    for (const Planned& planned : plan.fresh) wanted.push_back(&listing.items[planned.item]);
    source_.expect(wanted);
    for (const Planned& planned : plan.fresh) RESTANTE_CHECKED(take(listing, planned));
    return deliver();
  }

  /// All of it, or nothing: half a mailbox would be found out by its owner.
  Status check_quota(const Plan& plan) {
    const maildrop::Quota& quota = options_.quota;
    if (options_.ignores_quota || plan.fresh.empty()) return ok();
    if (quota.messages == 0 && quota.octets == 0) return ok();
    RESTANTE_TRY(const maildrop::Usage usage, store_.usage(options_.account));
    if (quota.messages != 0 && usage.messages + plan.fresh.size() > quota.messages)
      return Error(Errc::kLimit,
                   "it would have " + std::to_string(usage.messages + plan.fresh.size()) +
                       " messages, and its quota is " + std::to_string(quota.messages));
    if (quota.octets != 0 && usage.octets + plan.octets > quota.octets)
      return Error(Errc::kLimit, "it would have about " +
                                     std::to_string(usage.octets + plan.octets) +
                                     " octets, and its quota is " + std::to_string(quota.octets));
    return ok();
  }

  Status take(Listing& listing, const Planned& planned) {
    Item& item = listing.items[planned.item];
    std::string wire;
    if (Status read = source_.read(item, wire); !read) {
      if (!is_of_message(read.error().code)) return std::move(read).error();
      moved_.skipped.push_back({item.place, read.error().detail});
      return tell(item.octets);
    }
    batch_bytes_ += wire.size();
    Waiting& waiting = batch_.emplace_back(std::move(wire), item.place);
    waiting.listed_octets = item.octets;
    const std::string_view text = waiting.text.text();
    maildrop::NewMessage& message = messages_.emplace_back("", waiting.text, octets_of(text));
    message.arrived = item.arrived.value_or(system_clock().now());
    message.flags.utf8_header = has_utf8_header(text);
    message.uid = planned.uid;
    const bool is_full = batch_.size() >= kBatchMessages || batch_bytes_ >= kBatchBytes;
    return is_full ? deliver() : ok();
  }

  Status deliver() {
    if (batch_.empty()) return ok();
    std::vector<const maildrop::NewMessage*> all;
    for (const maildrop::NewMessage& message : messages_) all.push_back(&message);
    const auto receipts = store_.deliver_together(options_.account, all);
    Status verdict = ok();
    for (std::size_t i = 0; i < receipts.size(); ++i) {
      if (receipts[i]) {
        ++moved_.moved;
        moved_.moved_octets += messages_[i].octets;
      } else if (receipts[i].error().code == Errc::kExists) {
        ++moved_.deleted;  // So long ago that nothing but its id is known.
      } else if (is_of_message(receipts[i].error().code)) {
        moved_.skipped.push_back({batch_[i].place, receipts[i].error().detail});
      } else {
        verdict = receipts[i].error();
        continue;
      }
      if (Status told = tell(batch_[i].listed_octets); !told && verdict) verdict = told;
    }
    messages_.clear();
    batch_.clear();
    batch_bytes_ = 0;
    return verdict;
  }

  Status tell(std::uint64_t octets) {
    if (!options_.progress || options_.progress(octets)) return ok();
    return Error(Errc::kClosed, "stopped");
  }

  Source& source_;
  maildrop::Store& store_;
  const MoveOptions& options_;
  Moved moved_;
  std::deque<Waiting> batch_;  // Its elements stay where they are.
  std::deque<maildrop::NewMessage> messages_;
  std::uint64_t batch_bytes_ = 0;
};

}  // namespace

Moved move_mail(Source& source, maildrop::Store& store, const MoveOptions& options) {
  return Mover(source, store, options).run();
}

}  // namespace restante::migrate
