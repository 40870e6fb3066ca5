#include "accounts/passwd_file/directory.h"

#include <mutex>
#include <thread>

#include "accounts/idna.h"
#include "accounts/passwd_file/contents.h"
#include "accounts/password.h"

namespace restante::accounts::passwd_file {
namespace {

constexpr auto kLookInterval = std::chrono::seconds(1);

struct Stamps {
  explicit Stamps(const BackendSettings& settings)
      : accounts(stamp_of(settings.path)), aliases(stamp_of(settings.aliases)) {}
  bool operator==(const Stamps&) const = default;

  Stamp accounts;
  Stamp aliases;
};

using Shared = std::shared_ptr<const Contents>;

Result<Shared> load(const BackendSettings& settings) {
  RESTANTE_TRY(Contents contents, read_contents(settings.path, settings.aliases, settings.names));
  return std::make_shared<const Contents>(std::move(contents));
}

class PasswdDirectory : public Directory {
 public:
  PasswdDirectory(BackendSettings settings, const Clock& clock, Stamps stamps, Shared contents)
      : settings_(std::move(settings)),
        clock_(clock),
        looked_(clock.now()),
        stamps_(stamps),
        contents_(std::move(contents)) {}

  ~PasswdDirectory() override {
    if (reader_.joinable()) reader_.join();
  }
  PasswdDirectory(const PasswdDirectory&) = delete;
  PasswdDirectory& operator=(const PasswdDirectory&) = delete;

  Result<Account> find(std::string_view name) override {
    const Shared contents = current();
    const Account* const found = contents->find(std::string(name));
    if (found == nullptr) return Error(Errc::kNotFound, "no such account");
    return *found;
  }

  Result<Account> find_alike(std::string_view name) override {
    const Shared contents = current();
    const Account* const found = contents->find_alike(name);
    if (found == nullptr) return Error(Errc::kNotFound, "no such account");
    return *found;
  }

  Result<std::vector<std::string>> find_alias(std::string_view address) override {
    const Shared contents = current();
    const auto found = contents->aliases.find(std::string(address));
    if (found == contents->aliases.end()) return Error(Errc::kNotFound, "no such alias");
    return found->second;
  }

  Result<std::vector<std::string>> find_alias_alike(std::string_view address) override {
    const Shared contents = current();
    const auto& aliases = contents->aliases;
    const auto found = aliases.find(contents->spellings.find(
        address, [&aliases](const std::string& other) { return aliases.contains(other); }));
    if (found == aliases.end()) return Error(Errc::kNotFound, "no such alias");
    return found->second;
  }

  Result<bool> has_domain(std::string_view domain) override {
    return current()->domains.contains(to_a_labels(domain));
  }

  Result<std::vector<SpellingClash>> spelling_clashes() override {
    const Shared contents = current();
    return contents->spellings.clashes([&contents](const std::string& name) {
      return contents->accounts.contains(name) || contents->aliases.contains(name);
    });
  }

  [[nodiscard]] std::string place_of(const Account& /*account*/) const override {
    return "passwd-file " + settings_.path.string();
  }

  Status reload() override {
    // Taken before the files are read: what changes in between is seen by the next look.
    const Stamps stamps(settings_);
    auto fresh = load(settings_);
    const std::lock_guard lock(mutex_);
    looked_ = clock_.now();
    stamps_ = stamps;
    if (!fresh) return std::move(fresh).error();
    contents_ = std::move(*fresh);
    return ok();
  }

 private:
  /// Looks at the files when a second has gone by, and reads them when they have changed.
  Shared current() {
    const std::lock_guard lock(mutex_);
    const WallTime now = clock_.now();
    // A clock set back must not stop the looking.
    if (now >= looked_ && now - looked_ < kLookInterval) return contents_;
    looked_ = now;
    const Stamps stamps(settings_);
    if (stamps == stamps_) return contents_;
    if (reading_) return contents_;
    stamps_ = stamps;
    if (!settings_.read_elsewhere) {
      take(load(settings_));
      return contents_;
    }
    reading_ = true;
    if (reader_.joinable()) reader_.join();  // It has said that it is done.
    reader_ = std::thread([this, stamps] {
      auto fresh = load(settings_);
      const std::lock_guard taking(mutex_);
      // A reload() in between has read what is newer.
      if (stamps == stamps_) take(std::move(fresh));
      reading_ = false;
    });
    return contents_;
  }

  /// Under the mutex. What has mistakes leaves the old state.
  void take(Result<Shared> fresh) {
    if (fresh) {
      contents_ = std::move(*fresh);
    } else if (settings_.report) {
      settings_.report(fresh.error());
    }
  }

  const BackendSettings settings_;
  const Clock& clock_;  ///< Not owned.
  std::mutex mutex_;    ///< Guards everything below.
  WallTime looked_;
  Stamps stamps_;
  Shared contents_;
  bool reading_ = false;
  std::thread reader_;  ///< Reads a changed file; waits for nothing but the disk and the mutex.
};

class PasswdAdmin : public AccountAdmin {
 public:
  PasswdAdmin(BackendSettings settings, Contents contents)
      : settings_(std::move(settings)), contents_(std::move(contents)) {}

  Result<std::string> add(std::string_view, std::string_view) override { return read_only(); }
  Result<std::vector<std::size_t>> import(const std::vector<NewAccount>&) override {
    return read_only();
  }
  Status remove(std::string_view) override { return read_only(); }
  Status set_secret(std::string_view, std::string_view) override { return read_only(); }
  Status set_enabled(std::string_view, bool) override { return read_only(); }
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
  Status remove_alias(std::string_view) override { return read_only_aliases(); }

  Result<std::vector<AccountEntry>> list() override {
    std::vector<AccountEntry> entries;
    entries.reserve(contents_.accounts.size());
    for (const auto& [name, account] : contents_.accounts) entries.push_back(entry_of(account));
    std::sort(entries.begin(), entries.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return entries;
  }

  Result<AccountEntry> show(std::string_view name) override {
    RESTANTE_TRY(const std::string canonical, canonical_name(name, settings_.names));
    const Account* found = contents_.find(canonical);
    if (found == nullptr) found = contents_.find_alike(canonical);
    if (found == nullptr) return Error(Errc::kNotFound, "no such account: " + canonical);
    return entry_of(*found);
  }

  Result<std::vector<AliasEntry>> list_aliases() override {
    std::vector<AliasEntry> entries;
    entries.reserve(contents_.aliases.size());
    for (const auto& [address, targets] : contents_.aliases)
      entries.push_back(AliasEntry{address, targets});
    std::sort(entries.begin(), entries.end(),
              [](const auto& a, const auto& b) { return a.address < b.address; });
    return entries;
  }

 private:
  static AccountEntry entry_of(const Account& account) {
    AccountEntry entry;
    entry.name = account.name;
    entry.scheme = scheme_of(account.secret);
    entry.enabled = account.enabled;
    entry.allowance = account.allowance;
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

  const BackendSettings settings_;
  const Contents contents_;
};

}  // namespace

Result<std::unique_ptr<Directory>> open_directory(const BackendSettings& settings,
                                                  const Clock& clock) {
  const Stamps stamps(settings);
  RESTANTE_TRY(Shared contents, load(settings));
  return std::unique_ptr<Directory>(
      std::make_unique<PasswdDirectory>(settings, clock, stamps, std::move(contents)));
}

Result<std::unique_ptr<AccountAdmin>> open_admin(const BackendSettings& settings) {
  RESTANTE_TRY(Contents contents, read_contents(settings.path, settings.aliases, settings.names));
  return std::unique_ptr<AccountAdmin>(
      std::make_unique<PasswdAdmin>(settings, std::move(contents)));
}

}  // namespace restante::accounts::passwd_file
