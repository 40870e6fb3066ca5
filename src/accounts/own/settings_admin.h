// The part of a write side that is the same for the accounts of any back end: changes of what is
// set for it here, and of its devices. Who the account is, and in which store its settings are,
// the write side says.
#pragma once

#include "accounts/own/changes.h"

namespace restante::accounts::own {

class SettingsAdmin : public AccountAdmin {
 public:
  Status set_enabled(std::string_view name, bool enabled) override;
  Status bar_login(std::string_view name) override;
  Status set_networks(std::string_view name,
                      const std::shared_ptr<const Networks>& networks) override;
  Status set_route(std::string_view name, const std::shared_ptr<const Route>& route) override;
  Status set_operator(std::string_view name, bool is_operator) override;
  Result<Allowance> change_allowance(std::string_view name,
                                     const std::function<void(Allowance&)>& change) override;
  Result<NewDevice> add_device(std::string_view name, std::string_view label) override;
  Status remove_device(std::string_view name, std::string_view label) override;
  Status add_copy(std::string_view name, const Copy& copy) override;
  Status set_copy_paused(std::string_view name, std::string_view label, bool paused) override;
  Status remove_copy(std::string_view name, std::string_view label) override;
  Result<std::vector<AccountEntry>> list() override;
  Result<std::vector<AliasEntry>> list_aliases() override;

 protected:
  /// `clock` is not owned and outlives it.
  explicit SettingsAdmin(const Clock& clock) : clock_(clock) {}

  /// Gives `work` the store of the settings and the owner that `name` means, within one
  /// transaction. Errors: kNotFound, those of `work`; then nothing has changed.
  using Work = std::function<Status(SettingsWriter&, const SettingsOwner&)>;
  virtual Status in_settings_of(std::string_view name, const Work& work) = 0;

  [[nodiscard]] const Clock& clock() const { return clock_; }

 private:
  Status change_settings(std::string_view name,
                         const std::function<void(AccountSettings&)>& change);

  const Clock& clock_;
};

}  // namespace restante::accounts::own
