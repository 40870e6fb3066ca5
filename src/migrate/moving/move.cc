#include "migrate/moving/move.h"

#include <cstring>
#include <deque>
#include <memory>
#include <thread>

#include "base/numbers.h"
#include "base/thread.h"
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

struct Waiting {
  Waiting(std::string wire, const Item& item, const std::string& uid)
      : text(std::move(wire)),
        message("", text, octets_of(text.text())),
        place(item.place),
        listed_octets(item.octets) {
    // A source that knows no time of arrival: now, as for mail that is delivered.
    message.arrived = item.arrived.value_or(system_clock().now());
    message.flags.utf8_header = has_utf8_header(text.text());
    message.uid = uid;
  }
  WireText text;
  maildrop::NewMessage message;
  std::string place;
  std::uint64_t listed_octets;  ///< For the progress.
};

/// Messages that go to the disk together.
class Batch {
 public:
  void add(std::string wire, const Item& item, const std::string& uid) {
    bytes_ += wire.size();
    waiting_.emplace_back(std::move(wire), item, uid);
  }
  [[nodiscard]] bool is_full(std::uint64_t bytes_max) const {
    return waiting_.size() >= kBatchMessages || bytes_ >= bytes_max;
  }
  [[nodiscard]] bool empty() const { return waiting_.empty(); }
  [[nodiscard]] const Waiting& at(std::size_t index) const { return waiting_[index]; }
  [[nodiscard]] std::vector<const maildrop::NewMessage*> messages() const {
    std::vector<const maildrop::NewMessage*> all;
    for (const Waiting& waiting : waiting_) all.push_back(&waiting.message);
    return all;
  }

 private:
  std::deque<Waiting> waiting_;  // Its elements stay where they are.
  std::uint64_t bytes_ = 0;
};

class Mover {
 public:
  Mover(Source& source, maildrop::Store& store, const MoveOptions& options)
      : source_(source), store_(store), options_(options) {}

  Moved run() {
    if (Status done = work(); !done) moved_.failure = std::move(done).error();
    // A batch may be at the disk when the source fails: its outcome counts.
    if (Status settled = settle(); !settled && !moved_.failure)
      moved_.failure = std::move(settled).error();
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
    // Asked before the first message: half a mailbox on a full disk helps no user.
    if (options_.has_room) RESTANTE_CHECKED(options_.has_room(plan.octets));
    std::vector<const Item*> wanted;
    for (const Planned& planned : plan.fresh) wanted.push_back(&listing.items[planned.item]);
    source_.expect(wanted);
    for (const Planned& planned : plan.fresh) RESTANTE_CHECKED(take(listing, planned));
    RESTANTE_CHECKED(deliver());
    return settle();
  }

  /// All of the mail or nothing: with half a mailbox its owner would miss the rest.
  Status check_quota(const Plan& plan) {
    const maildrop::Quota& quota = options_.quota;
    if (options_.ignores_quota || plan.fresh.empty()) return ok();
    if (quota.messages == 0 && quota.octets == 0) return ok();
    RESTANTE_TRY(const maildrop::Usage usage, store_.usage(options_.account));
    if (quota.messages != 0 && usage.messages + plan.fresh.size() > quota.messages)
      return Error(Errc::kLimit, "it would have " +
                                     counted(usage.messages + plan.fresh.size(), "message") +
                                     ", and its quota is " + std::to_string(quota.messages));
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
      // A message that the source cannot read is told, and the others are moved.
      moved_.skipped.push_back({item.place, read.error().detail});
      return tell(item.octets);
    }
    batch_->add(std::move(wire), item, planned.uid);
    return batch_->is_full(options_.batch_bytes) ? deliver() : ok();
  }

  /// Gives the batch to the store, on a thread of its own: meanwhile the next one is read.
  Status deliver() {
    // At most one batch is under way: the store is one, and memory is bounded by two batches.
    RESTANTE_CHECKED(settle());
    if (batch_->empty()) return ok();
    under_way_ = std::move(batch_);
    batch_ = std::make_unique<Batch>();
    const auto work = [this] {
      receipts_ = store_.deliver_together(options_.account, under_way_->messages());
    };
    // Without a thread it is only slower.
    if (auto started = start_thread(work)) {
      thread_ = std::move(*started);
    } else {
      work();
    }
    return ok();
  }

  /// Waits for the batch at the disk, and counts its outcome.
  Status settle() {
    if (thread_.joinable()) thread_.join();
    if (!under_way_) return ok();
    const std::unique_ptr<Batch> batch = std::move(under_way_);
    Status verdict = ok();
    for (std::size_t i = 0; i < receipts_.size(); ++i) {
      const Waiting& waiting = batch->at(i);
      if (receipts_[i]) {
        ++moved_.moved;
        moved_.moved_octets += waiting.message.octets;
      } else if (receipts_[i].error().code == Errc::kExists) {
        ++moved_.deleted;  // Deleted so long ago that only its id is known.
      } else if (is_of_message(receipts_[i].error().code)) {
        moved_.skipped.push_back({waiting.place, receipts_[i].error().detail});
      } else {
        verdict = receipts_[i].error();
        continue;
      }
      if (Status told = tell(waiting.listed_octets); !told && verdict) verdict = told;
    }
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
  std::unique_ptr<Batch> batch_ = std::make_unique<Batch>();  // Being filled.
  std::unique_ptr<Batch> under_way_;                          // The thread's, until it is joined.
  std::vector<Result<maildrop::Receipt>> receipts_;           // The same.
  std::thread thread_;
};

}  // namespace

Moved move_mail(Source& source, maildrop::Store& store, const MoveOptions& options) {
  return Mover(source, store, options).run();
}

}  // namespace restante::migrate
