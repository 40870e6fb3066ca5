#include "accounts/own/directory.h"

#include <algorithm>

#include "accounts/own/overlay.h"

namespace restante::accounts::own {
namespace {

class OwnDirectory : public Directory {
 public:
  OwnDirectory(std::unique_ptr<Directory> back_end, std::unique_ptr<SettingsReader> settings)
      : back_end_(std::move(back_end)), settings_(std::move(settings)) {}

  [[nodiscard]] bool is_slow() const override {
    return back_end_->is_slow() || settings_->is_slow();
  }
  [[nodiscard]] bool is_behind() override { return back_end_->is_behind(); }
  [[nodiscard]] bool is_slow_for(const Account& account) const override {
    return settings_->is_slow() || back_end_->is_slow_for(account);
  }

  [[nodiscard]] std::vector<std::size_t> questions_at_once() const override {
    std::vector<std::size_t> all = back_end_->questions_at_once();
    for (std::size_t& one : all) one = std::max(one, settings_->questions_at_once());
    return all;
  }

  Result<Account> find(std::string_view name) override {
    return complete(name, back_end_->find(name));
  }
  Result<Account> find_owner(std::string_view maildrop) override {
    return complete(back_end_->find_owner(maildrop));
  }
  Result<Account> find_alike(std::string_view name) override {
    return complete(back_end_->find_alike(name));
  }

  std::optional<Result<Account>> find_now(std::string_view name) override {
    if (settings_->is_slow()) return std::nullopt;
    auto found = back_end_->find_now(name);
    if (!found) return std::nullopt;
    return complete(name, *std::move(found));
  }
  std::optional<Result<Account>> find_alike_now(std::string_view name) override {
    if (settings_->is_slow()) return std::nullopt;
    auto found = back_end_->find_alike_now(name);
    if (!found) return std::nullopt;
    return complete(*std::move(found));
  }

  Result<Account> with_present_settings(Account account) override {
    RESTANTE_TRY(Account found, back_end_->with_present_settings(std::move(account)));
    if (settings_->is_slow()) return found;
    return complete(std::move(found));
  }

  Status check_password(const Account& account, std::string_view password,
                        std::string_view peer) override {
    return back_end_->check_password(account, password, peer);
  }
  std::optional<Account> nobody(std::string_view name) override { return back_end_->nobody(name); }

  Result<std::vector<std::string>> find_alias(std::string_view address) override {
    return back_end_->find_alias(address);
  }
  Result<std::vector<std::string>> find_alias_alike(std::string_view address) override {
    return back_end_->find_alias_alike(address);
  }
  Result<bool> has_domain(std::string_view domain) override {
    return back_end_->has_domain(domain);
  }
  Result<std::vector<SpellingClash>> spelling_clashes() override {
    return back_end_->spelling_clashes();
  }

  Result<RetentionSpread> retention_spread() override {
    RESTANTE_TRY(RetentionSpread all, back_end_->retention_spread());
    RESTANTE_TRY(const RetentionSpread own, settings_->retention_spread());
    all.include(own);
    return all;
  }

  /// The settings of all back ends lie in one place: its word is the whole.
  Result<std::vector<AccountCopy>> copies() override { return settings_->copies(); }

  void device_used(const Account& account, WallTime now) override {
    settings_->note_use(account, now);
  }
  Status save_device_uses() override { return settings_->save_uses(); }

  Status reload() override {
    const Status back_end = back_end_->reload();
    RESTANTE_CHECKED(settings_->reload());
    return back_end;
  }

  [[nodiscard]] std::string place_of(const Account& account) const override {
    return back_end_->place_of(account);
  }

 private:
  Result<Account> complete(Result<Account> found) {
    if (!found) return found;
    RESTANTE_TRY(const SettingsPointer settings, settings_->find(found->name));
    lay_over(settings.get(), *found);
    return found;
  }

  Result<Account> complete(std::string_view asked, Result<Account> found) {
    if (found || found.error().code != Errc::kNotFound) return complete(std::move(found));
    RESTANTE_CHECKED(settings_->find(asked));
    return found;
  }

  const std::unique_ptr<Directory> back_end_;
  const std::unique_ptr<SettingsReader> settings_;
};

}  // namespace

std::unique_ptr<Directory> make_directory(std::unique_ptr<Directory> back_end,
                                          std::unique_ptr<SettingsReader> settings) {
  return std::make_unique<OwnDirectory>(std::move(back_end), std::move(settings));
}

}  // namespace restante::accounts::own
