#include "maildrop/log/log_store.h"

#include <algorithm>
#include <list>
#include <mutex>
#include <unordered_map>

#include "maildrop/log/check/check.h"
#include "maildrop/log/check/check_places.h"
#include "maildrop/log/check/log_content.h"
#include "maildrop/log/file/account_list.h"
#include "maildrop/log/log_session.h"

namespace restante::maildrop {
namespace log {
namespace {

Environment make_environment(disk::Disk& disk, LogStoreSettings settings) {
  Reporter report = std::move(settings.report);
  if (!report) report = [](const Damage&) {};
  return {disk,
          settings.clock,
          std::move(settings.root),
          std::move(settings.random),
          std::move(report),
          std::move(settings.patience),
          settings.index_worth_bytes,
          settings.place,
          settings.view_expires};
}

/// The maildrops in memory, the least recently used of the idle ones given up first. Its lock is
/// held for look-ups only.
class LogStore final : public Store {
 public:
  LogStore(disk::Disk& disk, LogStoreSettings settings)
      : idle_maildrops_max_(settings.idle_maildrops_max),
        idle_bytes_max_(settings.idle_bytes_max),
        environment_(make_environment(disk, std::move(settings))) {}

  Result<std::unique_ptr<Session>> open(const std::string& account, View view) override {
    RESTANTE_CHECKED(environment_.check_lost_place());
    std::shared_ptr<Maildrop> maildrop = find_or_add(account);
    auto snapshot = maildrop->begin_session(view);
    if (!snapshot) return std::move(snapshot).error();
    return make_session(std::move(maildrop), view, std::move(*snapshot));
  }

  std::optional<Result<std::unique_ptr<Session>>> open_cached(const std::string& account,
                                                              View view) override {
    if (environment_.is_place_lost()) return std::nullopt;
    std::shared_ptr<Maildrop> maildrop = find(account);
    if (!maildrop) return std::nullopt;
    auto snapshot = maildrop->begin_session_cached(view);
    if (!snapshot) return std::nullopt;
    if (!*snapshot) return Result<std::unique_ptr<Session>>(std::move(*snapshot).error());
    return make_session(std::move(maildrop), view, std::move(**snapshot));
  }

  Result<std::unique_ptr<Session>> open_trash(const std::string& account,
                                              std::chrono::seconds window) override {
    RESTANTE_CHECKED(environment_.check_lost_place());
    std::shared_ptr<Maildrop> maildrop = find_or_add(account);
    RESTANTE_TRY(Snapshot snapshot, maildrop->begin_trash(window));
    return make_session(std::move(maildrop), View::kTrash, std::move(snapshot));
  }

  Result<Receipt> deliver(const std::string& account, const NewMessage& message) override {
    RESTANTE_CHECKED(environment_.check_place());
    return find_or_add(account)->deliver(message);
  }
  std::vector<Result<Receipt>> deliver_together(
      const std::string& account, const std::vector<const NewMessage*>& messages) override {
    if (const Status there = environment_.check_place(); !there)
      return std::vector<Result<Receipt>>(messages.size(), there.error());
    return find_or_add(account)->deliver_together(messages);
  }
  Result<Usage> usage(const std::string& account) override {
    RESTANTE_CHECKED(environment_.check_lost_place());
    return find_or_add(account)->usage();
  }
  Result<Usage> least_usage(const std::string& account) override {
    RESTANTE_CHECKED(environment_.check_lost_place());
    return find_or_add(account)->least_usage();
  }
  std::optional<Usage> usage_cached(const std::string& account) override {
    if (environment_.is_place_lost()) return std::nullopt;
    const std::shared_ptr<Maildrop> maildrop = find(account);
    return maildrop ? maildrop->usage_cached() : std::nullopt;
  }
  Result<View> make_view(const std::string& account, const NewView& view) override {
    RESTANTE_CHECKED(environment_.check_place());
    return find_or_add(account)->make_view(view);
  }
  Result<FoundView> find_view(const std::string& account, std::string_view name) override {
    RESTANTE_CHECKED(environment_.check_lost_place());
    return find_or_add(account)->find_view(name);
  }
  std::optional<Result<FoundView>> find_view_cached(const std::string& account,
                                                    std::string_view name) override {
    if (environment_.is_place_lost()) return std::nullopt;
    const std::shared_ptr<Maildrop> maildrop = find(account);
    return maildrop ? maildrop->find_view_cached(name) : std::nullopt;
  }
  Status end_view(const std::string& account, View view) override {
    RESTANTE_CHECKED(environment_.check_lost_place());
    return find_or_add(account)->end_view(view);
  }
  Status set_role(const std::string& account, View view, ViewRole role) override {
    RESTANTE_CHECKED(environment_.check_lost_place());
    return find_or_add(account)->set_role(view, role);
  }
  Result<std::vector<ViewInfo>> views(const std::string& account) override {
    RESTANTE_CHECKED(environment_.check_lost_place());
    return find_or_add(account)->views();
  }
  Result<std::vector<std::string>> accounts() override {
    RESTANTE_CHECKED(environment_.check_place());
    return list_accounts(environment_);
  }
  Result<std::vector<std::string>> undelete(const std::string& account, View view,
                                            const UndeleteRequest& request) override {
    RESTANTE_CHECKED(environment_.check_lost_place());
    return find_or_add(account)->undelete(view, request);
  }
  Result<UpkeepReport> upkeep(const std::string& account, const UpkeepPolicy& policy,
                              const Pace& pace) override {
    RESTANTE_CHECKED(environment_.check_lost_place());
    return find_or_add(account)->upkeep(policy, pace);
  }
  Result<RepairReport> repair(const std::string& account, const Pace& pace) override {
    RESTANTE_CHECKED(environment_.check_lost_place());
    RESTANTE_TRY(RepairReport report, find_or_add(account)->repair(pace));
    report.kept_in = log_paths(environment_.root, account).aside;
    return report;
  }
  Result<HealReport> heal(const std::string& account, const std::string& copy,
                          const Pace& pace) override {
    RESTANTE_CHECKED(environment_.check_lost_place());
    RESTANTE_TRY(HealReport report, find_or_add(account)->heal(copy, pace));
    report.kept_in = log_paths(environment_.root, account).aside;
    return report;
  }
  Result<bool> purge(const std::string& account) override {
    RESTANTE_CHECKED(environment_.check_place());
    return find_or_add(account)->purge();
  }
  Result<std::vector<Entry>> list(const std::string& account, View view) override {
    RESTANTE_CHECKED(environment_.check_lost_place());
    return find_or_add(account)->list(view);
  }

  Status list_each(const std::string& account, View view,
                   const std::function<void(Entry&&)>& take) override {
    RESTANTE_CHECKED(environment_.check_lost_place());
    return find_or_add(account)->list_each(view, take);
  }

  // What follows reads files, and knows no maildrop of ours.

  Result<StoredMaildrop> stored(const std::string& account) override {
    const std::string path = log_paths(environment_.root, account).log;
    return stored_log(environment_.disk, environment_.root,
                      path.substr(environment_.root.size() + 1));
  }
  Result<std::vector<StoredMaildrop>> all_stored() override {
    RESTANTE_TRY(auto names, list_logs(environment_.disk, environment_.root));
    std::vector<StoredMaildrop> all;
    all.reserve(names.size());
    for (std::string& name : names)
      all.push_back(stored_log(environment_.disk, environment_.root, std::move(name)));
    return all;
  }
  std::optional<WallTime> last_written() override {
    return last_written_log(environment_.disk, environment_.root);
  }
  Result<CheckReport> check_stored(const StoredMaildrop& maildrop, CheckDepth depth,
                                   const Pace& pace) override {
    return check_log(environment_.disk, paths_beside(environment_.root + '/' + maildrop.name),
                     depth, pace);
  }
  Result<CheckReport> check(const std::string& account, const Pace& pace) override {
    return check_maildrop(environment_.disk, environment_.root, account, pace);
  }
  Result<std::unique_ptr<Content>> content(const std::string& account, const Pace& pace) override {
    return open_content(environment_.disk, environment_.root, account, pace);
  }

  Status close() override {
    Maildrops all;
    {
      const std::lock_guard guard(mutex_);
      all.swap(maildrops_);
      order_.clear();
    }
    Status done = ok();
    for (const auto& [account, slot] : all)
      if (Status saved = slot.maildrop->save_index(); !saved) done = std::move(saved);
    return done;
  }

 private:
  using Order = std::list<std::string>;  // Accounts, the least recently used first.
  struct Slot {
    std::shared_ptr<Maildrop> maildrop;
    Order::iterator place;
  };
  using Maildrops = std::unordered_map<std::string, Slot>;

  static Result<std::unique_ptr<Session>> make_session(std::shared_ptr<Maildrop> maildrop,
                                                       View view, Snapshot snapshot) {
    return std::unique_ptr<Session>(
        std::make_unique<LogSession>(std::move(maildrop), view, std::move(snapshot)));
  }

  std::shared_ptr<Maildrop> find(const std::string& account) {
    const std::lock_guard guard(mutex_);
    const auto at = maildrops_.find(account);
    if (at == maildrops_.end()) return nullptr;
    order_.splice(order_.end(), order_, at->second.place);
    return at->second.maildrop;
  }

  std::shared_ptr<Maildrop> find_or_add(const std::string& account) {
    if (auto found = find(account)) return found;
    std::shared_ptr<Maildrop> maildrop;
    std::vector<std::shared_ptr<Maildrop>> given_up;
    {
      const std::lock_guard guard(mutex_);
      Slot& slot = maildrops_[account];
      if (!slot.maildrop) {
        slot.maildrop = std::make_shared<Maildrop>(environment_, account);
        slot.place = order_.insert(order_.end(), account);
      }
      maildrop = slot.maildrop;
      given_up = take_idle();
    }
    // An index is a help, not a promise: without it the next start reads more.
    for (const auto& idle : given_up) (void)idle->save_index();
    return maildrop;
  }

  /// Removes idle maildrops until few enough are left. The lock is held, so no session can start to
  /// use one that only the map holds.
  std::vector<std::shared_ptr<Maildrop>> take_idle() {
    std::uint64_t bytes = environment_.memory_bytes;
    std::vector<std::shared_ptr<Maildrop>> taken;
    std::size_t looked_at = 0;
    for (auto at = order_.begin(); at != order_.end() && looked_at < kLookedAtMax; ++looked_at) {
      if (maildrops_.size() <= idle_maildrops_max_ && bytes <= idle_bytes_max_) break;
      const auto slot = maildrops_.find(*at);
      // A poisoned one stays: its memory alone knows that the log is given up.
      if (slot->second.maildrop.use_count() > 1 || slot->second.maildrop->is_poisoned()) {
        ++at;
        continue;
      }
      bytes -= std::min(bytes, slot->second.maildrop->memory_bytes());
      taken.push_back(std::move(slot->second.maildrop));
      maildrops_.erase(slot);
      at = order_.erase(at);
    }
    return taken;
  }

  static constexpr std::size_t kLookedAtMax = 64;  // Busy ones at the front must not cost us all.

  const std::size_t idle_maildrops_max_;
  const std::uint64_t idle_bytes_max_;
  const Environment environment_;
  std::mutex mutex_;
  Maildrops maildrops_;
  Order order_;
};

}  // namespace
}  // namespace log

Result<std::unique_ptr<Store>> open_log_store(disk::Disk& disk, log::LogStoreSettings settings) {
  return std::unique_ptr<Store>(std::make_unique<log::LogStore>(disk, std::move(settings)));
}

}  // namespace restante::maildrop
