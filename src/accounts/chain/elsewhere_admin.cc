#include "accounts/chain/elsewhere_admin.h"

namespace restante::accounts {
namespace {

class ElsewhereAdmin : public AccountAdmin {
 public:
  explicit ElsewhereAdmin(std::string where) : where_(std::move(where)) {}

  Result<std::string> add(std::string_view, std::string_view) override { return elsewhere(); }
  Result<BulkOutcome> change_all(const std::vector<AccountChange>&, const BulkRules&) override {
    return elsewhere();
  }
  Result<Renamed> rename(std::string_view, std::string_view, OldName) override {
    return elsewhere();
  }
  Result<RemovedAliases> remove_with_aliases(std::string_view) override { return elsewhere(); }
  Result<std::string> secret_of(std::string_view) override { return elsewhere(); }
  Result<AliasEntry> change_alias(std::string_view, const TargetChange&) override {
    return elsewhere();
  }
  Result<BulkOutcome> change_all_aliases(const std::vector<AliasChange>&,
                                         const BulkRules&) override {
    return elsewhere();
  }
  Status remove(std::string_view) override { return elsewhere(); }
  Status set_secret(std::string_view, std::string_view) override { return elsewhere(); }
  Status set_enabled(std::string_view, bool) override { return elsewhere(); }
  Status bar_login(std::string_view) override { return elsewhere(); }
  Status set_networks(std::string_view, const std::shared_ptr<const Networks>&) override {
    return elsewhere();
  }
  Result<Allowance> change_allowance(std::string_view,
                                     const std::function<void(Allowance&)>&) override {
    return elsewhere();
  }
  Result<std::vector<AccountEntry>> list() override { return elsewhere(); }
  Result<AccountEntry> show(std::string_view) override { return elsewhere(); }
  Status add_alias(std::string_view, const std::vector<std::string>&) override {
    return elsewhere();
  }
  Result<std::string> remove_alias(std::string_view) override { return elsewhere(); }
  Result<std::vector<AliasEntry>> list_aliases() override { return elsewhere(); }

 private:
  [[nodiscard]] Error elsewhere() const {
    return Error(Errc::kState, "the accounts are managed elsewhere (" + where_ +
                                   "); \"restantectl account test NAME\" looks one up there");
  }

  const std::string where_;
};

}  // namespace

std::unique_ptr<AccountAdmin> make_elsewhere_admin(std::string where) {
  return std::make_unique<ElsewhereAdmin>(std::move(where));
}

}  // namespace restante::accounts
