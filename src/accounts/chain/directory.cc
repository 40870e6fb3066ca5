#include "accounts/chain/directory.h"

#include <algorithm>
#include <tuple>

namespace restante::accounts::chain {
namespace {

using Directories = std::vector<std::unique_ptr<Directory>>;

bool is_slow(const std::unique_ptr<Directory>& directory) { return directory->is_slow(); }

class ChainDirectory : public Directory {
 public:
  explicit ChainDirectory(Directories directories)
      : directories_(std::move(directories)),
        is_slow_(std::any_of(directories_.begin(), directories_.end(), chain::is_slow)) {}

  [[nodiscard]] bool is_slow() const override { return is_slow_; }

  [[nodiscard]] std::vector<std::size_t> questions_at_once() const override {
    std::vector<std::size_t> all;
    for (const auto& directory : directories_)
      // Each back end has a pool of its own size, so that a slow one does not take the threads of
      // the next.
      all.push_back(directory->questions_at_once().front());
    return all;
  }

  [[nodiscard]] bool is_behind() override {
    return std::any_of(directories_.begin(), directories_.end(),
                       [](const auto& directory) { return directory->is_behind(); });
  }

  /// The back ends before the one that has the account were asked, too.
  [[nodiscard]] bool is_slow_for(const Account& account) const override {
    return std::any_of(directories_.begin(), directories_.begin() + account.source + 1,
                       chain::is_slow);
  }

  Result<Account> find(std::string_view name) override {
    for (std::size_t i = 0; i < directories_.size(); ++i) {
      // Only "not found" goes on to the next: a back end that is down may have the account, and a
      // later one of that name must not get its mail.
      auto found = directories_[i]->find(name);
      if (!passes_on(found)) return from(i, std::move(found));
    }
    return Error(Errc::kNotFound, "no such account");
  }

  Result<Account> find_owner(std::string_view maildrop) override {
    for (std::size_t i = 0; i < directories_.size(); ++i) {
      auto found = directories_[i]->find_owner(maildrop);
      if (!passes_on(found)) return from(i, std::move(found));
    }
    return Error(Errc::kNotFound, "no such account");
  }

  std::optional<Result<Account>> find_now(std::string_view name) override {
    for (std::size_t i = 0; i < directories_.size(); ++i) {
      auto found = directories_[i]->find_now(name);
      // One that cannot answer at once might have the name, so what is behind it is not asked.
      if (!found) return std::nullopt;
      if (!passes_on(*found)) return from(i, std::move(*found));
    }
    return Error(Errc::kNotFound, "no such account");
  }

  std::optional<Result<Account>> find_alike_now(std::string_view name) override {
    // Of files alone the answer is at hand, unless one of them has to be read again.
    if (is_slow_ || (!FromMemory::here() && is_behind())) return std::nullopt;
    const FromMemory here;
    return find_alike(name);
  }

  Result<Account> find_alike(std::string_view name) override {
    for (std::size_t i = 0; i < directories_.size(); ++i) {
      auto found = directories_[i]->find_alike(name);
      if (!passes_on(found)) return from(i, std::move(found));
    }
    return Error(Errc::kNotFound, "no such account");
  }

  Result<std::vector<std::string>> find_alias(std::string_view address) override {
    return first_alias(&Directory::find_alias, address);
  }
  Result<std::vector<std::string>> find_alias_alike(std::string_view address) override {
    return first_alias(&Directory::find_alias_alike, address);
  }

  Result<bool> has_domain(std::string_view domain) override {
    for (const auto& directory : directories_) {
      // An error, too: "no such domain" must be known of all.
      auto found = directory->has_domain(domain);
      if (!found || *found) return found;
    }
    return false;
  }

  Status check_password(const Account& account, std::string_view password,
                        std::string_view peer) override {
    // A secret that is known here is compared here, without a question to a back end. The same
    // holds for the price of an unknown name.
    if (!account.asks_back_end()) return Directory::check_password(account, password, peer);
    return directories_.at(account.source)->check_password(account, password, peer);
  }

  /// The last back end: an unknown name was asked for in all of them, so the last one was waited
  /// for, too.
  std::optional<Account> nobody(std::string_view name) override {
    auto account = directories_.back()->nobody(name);
    if (account) account->source = static_cast<std::uint32_t>(directories_.size() - 1);
    return account;
  }

  Result<RetentionSpread> retention_spread() override {
    RetentionSpread all;
    for (const auto& directory : directories_) {
      RESTANTE_TRY(const RetentionSpread one, directory->retention_spread());
      all.include(one);
    }
    return all;
  }

  Result<std::vector<AccountCopy>> copies() override {
    std::vector<AccountCopy> all;
    for (const auto& directory : directories_) {
      RESTANTE_TRY(auto some, directory->copies());
      all.insert(all.end(), std::make_move_iterator(some.begin()),
                 std::make_move_iterator(some.end()));
    }
    std::ranges::sort(all, {},
                      [](const AccountCopy& one) { return std::tie(one.account, one.copy.label); });
    return all;
  }

  Result<std::vector<SpellingClash>> spelling_clashes() override {
    std::vector<SpellingClash> all;
    for (const auto& directory : directories_) {
      RESTANTE_TRY(auto some, directory->spelling_clashes());
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }

  void device_used(const Account& account, WallTime now) override {
    directories_.at(account.source)->device_used(account, now);
  }
  Status save_device_uses() override { return each(&Directory::save_device_uses); }
  Status reload() override { return each(&Directory::reload); }

  [[nodiscard]] std::string place_of(const Account& account) const override {
    return directories_.at(account.source)->place_of(account);
  }

 private:
  /// Calls all of them, also after one has failed, so that one broken back end does not stop the
  /// others. An error of any.
  Status each(Status (Directory::*call)()) {
    Status all = ok();
    for (const auto& directory : directories_) {
      Status one = (*directory.*call)();
      if (!one) all = std::move(one);
    }
    return all;
  }

  Result<std::vector<std::string>> first_alias(
      Result<std::vector<std::string>> (Directory::*find)(std::string_view),
      std::string_view address) {
    for (const auto& directory : directories_) {
      auto found = (*directory.*find)(address);
      if (!passes_on(found)) return found;
    }
    return Error(Errc::kNotFound, "no such alias");
  }

  template <typename T>
  static bool passes_on(const Result<T>& found) {
    return !found && found.error().code == Errc::kNotFound;
  }

  static Result<Account> from(std::size_t place, Result<Account> found) {
    if (found) found->source = static_cast<std::uint32_t>(place);
    return found;
  }

  const Directories directories_;
  const bool is_slow_;
};

}  // namespace

std::unique_ptr<Directory> make_directory(Directories directories) {
  return std::make_unique<ChainDirectory>(std::move(directories));
}

}  // namespace restante::accounts::chain
