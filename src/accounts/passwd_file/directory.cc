#include "accounts/passwd_file/directory.h"

#include <mutex>

#include "accounts/names/idna.h"
#include "accounts/own/overlay.h"
#include "accounts/passwd_file/contents.h"
#include "accounts/passwords/password.h"
#include "accounts/watched_file.h"

namespace restante::accounts::passwd_file {
namespace {

struct State {
  WatchedFile<Accounts> accounts;
  WatchedFile<Aliases> aliases;
};
using Shared = std::shared_ptr<const State>;

class PasswdDirectory : public Directory {
 public:
  PasswdDirectory(Settings settings, const Clock& clock)
      : settings_(std::move(settings)), clock_(clock) {}

  /// The first reading. Errors: kIo, kSyntax.
  Status open() {
    State fresh;
    const WallTime now = clock_.now();
    RESTANTE_CHECKED(
        fresh.accounts.open(settings_.path, now, accounts_reader(), teller<Accounts>()));
    RESTANTE_CHECKED(
        fresh.aliases.open(settings_.aliases, now, aliases_reader(fresh), teller<Aliases>()));
    // Both, or none: a snapshot is never of two times.
    publish(std::move(fresh));
    return ok();
  }

  [[nodiscard]] bool is_behind() override { return is_behind(*snapshot()); }

  Result<Account> find(std::string_view name) override { return find_in(*current(), name); }

  std::optional<Result<Account>> find_now(std::string_view name) override {
    const Shared state = snapshot();
    // A look at the files is a system call or two; to read them is for another thread.
    if (!FromMemory::here() && is_behind(*state)) return std::nullopt;
    return find_in(*state, name);
  }

  std::optional<Result<Account>> find_alike_now(std::string_view name) override {
    if (!FromMemory::here() && is_behind()) return std::nullopt;
    const FromMemory here;
    return find_alike(name);
  }

  Result<Account> find_alike(std::string_view name) override {
    const Shared state = current();
    if (const Account* const found = state->accounts.contents().find_alike(name)) return *found;
    if (state->accounts.is_uncertain()) return uncertain(settings_.path);
    return Error(Errc::kNotFound, "no such account");
  }

  Result<std::vector<std::string>> find_alias(std::string_view address) override {
    const Shared state = current();
    const auto& aliases = state->aliases.contents().aliases;
    const auto found = aliases.find(std::string(address));
    if (found != aliases.end()) return found->second;
    if (state->aliases.is_uncertain()) return uncertain(settings_.aliases);
    return Error(Errc::kNotFound, "no such alias");
  }

  Result<std::vector<std::string>> find_alias_alike(std::string_view address) override {
    const Shared state = current();
    if (const auto* const targets = state->aliases.contents().find_alike(address)) return *targets;
    if (state->aliases.is_uncertain()) return uncertain(settings_.aliases);
    return Error(Errc::kNotFound, "no such alias");
  }

  Result<bool> has_domain(std::string_view domain) override {
    const Shared state = current();
    const std::string key = to_a_labels(domain);
    if (state->accounts.contents().domains.contains(key)) return true;
    if (state->aliases.contents().domains.contains(key)) return true;
    if (state->accounts.is_uncertain()) return uncertain(settings_.path);
    if (state->aliases.is_uncertain()) return uncertain(settings_.aliases);
    return false;
  }

  Result<std::vector<SpellingClash>> spelling_clashes() override {
    const Shared state = current();
    const auto& accounts = state->accounts.contents().accounts;
    const auto& aliases = state->aliases.contents().aliases;
    // Spellings across both files, which the index of each file does not see.
    SpellingIndex all(settings_.names.fold_local_part);
    for (const auto& [name, account] : accounts) all.add(name);
    for (const auto& [address, targets] : aliases) all.add(address);
    // Two spellings that are the same would be one mailbox or two, by chance.
    return all.clashes([&accounts, &aliases](const std::string& name) {
      return accounts.contains(name) || aliases.contains(name);
    });
  }

  [[nodiscard]] std::string place_of(const Account& /*account*/) const override {
    return "passwd-file " + settings_.path.string();
  }

  Status reload() override {
    const std::lock_guard reading(reading_);
    return catch_up(Which::kBoth);
  }

 private:
  enum class Which : std::uint8_t { kChanged, kBoth };

  [[nodiscard]] Shared snapshot() const {
    const std::lock_guard lock(mutex_);
    return state_;
  }
  void publish(State fresh) {
    auto shared = std::make_shared<const State>(std::move(fresh));
    const std::lock_guard lock(mutex_);
    state_.swap(shared);
  }

  [[nodiscard]] bool is_behind(const State& state) const {
    const WallTime now = clock_.now();
    return state.accounts.is_behind(settings_.path, now) ||
           state.aliases.is_behind(settings_.aliases, now);
  }

  /// The present contents. May read the files.
  Shared current() {
    Shared state = snapshot();
    if (FromMemory::here() || !is_behind(*state)) return state;
    // One thread reads; the others wait, and then have what it has read.
    const std::lock_guard reading(reading_);
    static_cast<void>(catch_up(Which::kChanged));  // The error is reported, and the state has it.
    return snapshot();
  }

  /// Under reading_: reads the changed file, unless another thread has meanwhile. Errors: of either
  /// file.
  Status catch_up(Which which) {
    State fresh = *snapshot();
    const WallTime now = clock_.now();
    const bool both = which == Which::kBoth;
    Status done = ok();
    if (both || fresh.accounts.is_behind(settings_.path, now))
      // Aliases are judged by the accounts that there are, so these come first.
      done = fresh.accounts.catch_up(settings_.path, now, accounts_reader(), teller<Accounts>(),
                                     settings_.report);
    if (both || fresh.aliases.is_behind(settings_.aliases, now)) {
      Status read = fresh.aliases.catch_up(settings_.aliases, now, aliases_reader(fresh),
                                           teller<Aliases>(), settings_.report);
      if (!read) done = std::move(read);
    }
    // Also after an error: what could be read is newer than what is in force.
    publish(std::move(fresh));
    return done;
  }

  [[nodiscard]] WatchedFile<Accounts>::Read accounts_reader() const {
    return [this](LastLine last) { return read_accounts(settings_.path, settings_.names, last); };
  }
  [[nodiscard]] WatchedFile<Aliases>::Read aliases_reader(const State& state) const {
    return [this, accounts = state.accounts.shared()](LastLine last) {
      return read_aliases(settings_.aliases, settings_.names, last, *accounts);
    };
  }

  template <typename Contents>
  [[nodiscard]] typename WatchedFile<Contents>::Tell teller() const {
    if (!settings_.read) return {};
    return [this](const FileChange<Contents>& change) {
      constexpr bool kAccounts = std::is_same_v<Contents, Accounts>;
      FileNews news;
      news.path = kAccounts ? settings_.path : settings_.aliases;
      news.what = kAccounts ? "accounts" : "aliases";
      news.count = change.contents.size();
      news.mistakes = change.contents.mistakes;
      news.may_be_half = change.began_to_be_half;
      settings_.read(news);
    };
  }

  Result<Account> find_in(const State& state, std::string_view name) const {
    const auto& accounts = state.accounts.contents().accounts;
    const std::string key(name);
    const auto found = accounts.find(key);
    if (found != accounts.end()) return found->second;
    // An alias has no account of its name, so a passwd-file that is still being written does not
    // matter.
    if (state.accounts.is_uncertain() && !state.aliases.contents().aliases.contains(key))
      return uncertain(settings_.path);
    return Error(Errc::kNotFound, "no such account");
  }

  static Error uncertain(const std::filesystem::path& path) {
    return Error(Errc::kIo, path.string() +
                                " is being written, or cannot be read: who is missing from it may "
                                "be there all the same");
  }

  const Settings settings_;
  const Clock& clock_;        ///< Not owned.
  std::mutex reading_;        ///< Held while the files are read; taken before mutex_.
  mutable std::mutex mutex_;  ///< Guards what follows.
  Shared state_;
};

class PasswdAdmin : public AccountAdmin {
 public:
  PasswdAdmin(Settings settings, Accounts accounts, Aliases aliases)
      : settings_(std::move(settings)),
        accounts_(std::move(accounts)),
        aliases_(std::move(aliases)) {}

  Result<std::string> add(std::string_view, std::string_view) override { return read_only(); }
  Result<BulkOutcome> change_all(const std::vector<AccountChange>&, const BulkRules&) override {
    return read_only();
  }
  Result<Renamed> rename(std::string_view, std::string_view, OldName) override {
    return read_only();
  }
  Result<RemovedAliases> remove_with_aliases(std::string_view) override { return read_only(); }
  Result<std::string> secret_of(std::string_view) override { return read_only(); }
  Result<AliasEntry> change_alias(std::string_view, const TargetChange&) override {
    return read_only_aliases();
  }
  Result<BulkOutcome> change_all_aliases(const std::vector<AliasChange>&,
                                         const BulkRules&) override {
    return read_only_aliases();
  }
  Status remove(std::string_view) override { return read_only(); }
  Status set_secret(std::string_view, std::string_view) override { return read_only(); }
  Status set_enabled(std::string_view, bool) override { return read_only(); }
  Status bar_login(std::string_view) override { return read_only(); }
  Status set_networks(std::string_view, const std::shared_ptr<const Networks>&) override {
    return Error(Errc::kState,
                 "the accounts are in a passwd-file: an extra field allow_nets has the "
                 "networks; edit " +
                     settings_.path.string());
  }
  Result<Allowance> change_allowance(std::string_view,
                                     const std::function<void(Allowance&)>&) override {
    return Error(Errc::kState,
                 "the accounts are in a passwd-file: an extra field userdb_quota_rule has the "
                 "quota, [maildrop] in the configuration what has no field; edit " +
                     settings_.path.string());
  }
  Status add_alias(std::string_view, const std::vector<std::string>&) override {
    return read_only_aliases();
  }
  Result<std::string> remove_alias(std::string_view) override { return read_only_aliases(); }

  Result<std::vector<AccountEntry>> list() override {
    std::vector<AccountEntry> entries;
    entries.reserve(accounts_.accounts.size());
    for (const auto& [name, account] : accounts_.accounts) entries.push_back(entry_of(account));
    std::sort(entries.begin(), entries.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return entries;
  }

  Result<AccountEntry> show(std::string_view name) override {
    RESTANTE_TRY(const std::string canonical, canonical_name(name, settings_.names));
    const Account* found = accounts_.find(canonical);
    if (found == nullptr) found = accounts_.find_alike(canonical);
    if (found == nullptr) return Error(Errc::kNotFound, "no such account: " + canonical);
    return entry_of(*found);
  }

  Result<std::vector<AliasEntry>> list_aliases() override {
    std::vector<AliasEntry> entries;
    entries.reserve(aliases_.aliases.size());
    for (const auto& [address, targets] : aliases_.aliases)
      entries.push_back(AliasEntry{address, targets});
    std::sort(entries.begin(), entries.end(),
              [](const auto& a, const auto& b) { return a.address < b.address; });
    return entries;
  }

 private:
  static AccountEntry entry_of(const Account& account) {
    AccountEntry entry;
    entry.name = account.name;
    entry.maildrop = account.name;
    entry.scheme = scheme_of(account.secret);
    own::copy_values(account, entry);
    return entry;
  }

  [[nodiscard]] Error read_only() const {
    return Error(Errc::kState,
                 "the accounts are in a passwd-file; edit " + settings_.path.string());
  }
  [[nodiscard]] Error read_only_aliases() const {
    if (settings_.aliases.empty())
      return Error(Errc::kState,
                   "the accounts are in a passwd-file; set accounts.aliases to a file "
                   "of \"address: target, target\" lines");
    return Error(Errc::kState, "the aliases are in a file; edit " + settings_.aliases.string());
  }

  const Settings settings_;
  const Accounts accounts_;
  const Aliases aliases_;
};

}  // namespace

Result<std::unique_ptr<Directory>> open_directory(Settings settings, const Clock& clock) {
  auto directory = std::make_unique<PasswdDirectory>(std::move(settings), clock);
  RESTANTE_CHECKED(directory->open());
  return std::unique_ptr<Directory>(std::move(directory));
}

Result<std::unique_ptr<AccountAdmin>> open_admin(Settings settings) {
  // A tool is asked by a person: a last line without an end counts, and a mistake is told.
  RESTANTE_TRY(Accounts accounts, read_accounts(settings.path, settings.names, LastLine::kCounts));
  RESTANTE_TRY(Aliases aliases,
               read_aliases(settings.aliases, settings.names, LastLine::kCounts, accounts));
  return std::unique_ptr<AccountAdmin>(
      std::make_unique<PasswdAdmin>(std::move(settings), std::move(accounts), std::move(aliases)));
}

}  // namespace restante::accounts::passwd_file
