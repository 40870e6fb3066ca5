#include "accounts/pam/directory.h"

#include <mutex>

#include "accounts/idna.h"
#include "accounts/pam/transaction.h"
#include "accounts/pam/users.h"
#include "accounts/passwd_file/contents.h"

namespace restante::accounts::pam {
namespace {

// A user that no system has: a module that knows nobody of this name does what it does for unknown
// ones (pam_unix: a hash all the same).
constexpr const char* kNobody = "restante-nobody";

/// Where libpam looks for a service's rules.
Status check_service(const Settings& settings) {
  std::vector<std::filesystem::path> folders = {"/etc/pam.d", "/usr/lib/pam.d"};
  if (!settings.service_dir.empty()) folders = {settings.service_dir};
  std::error_code failure;
  for (const auto& folder : folders)
    if (std::filesystem::exists(folder / settings.service, failure)) return ok();
  // Without one libpam takes the service "other", which says no to everybody.
  return Error(Errc::kIo, "PAM has no service " + settings.service + ": write " +
                              (folders.front() / settings.service).string());
}

class PamDirectory : public Directory {
 public:
  PamDirectory(Settings settings, UserList users)
      : settings_(std::move(settings)),
        stamp_(passwd_file::stamp_of(settings_.users)),
        users_(std::move(users)) {}

  [[nodiscard]] bool is_slow() const override { return true; }
  [[nodiscard]] std::string place_of(const Account&) const override {
    return "pam " + settings_.service;
  }

  Result<Account> find(std::string_view name) override {
    RESTANTE_TRY(const bool exists, has_user(name));
    if (!exists) return Error(Errc::kNotFound, "no such account");
    Account account;
    account.name = name;
    account.handle = settings_.full_name ? name : local_part_of(name);
    account.peer_matters = true;
    return account;
  }

  Result<Account> find_alike(std::string_view name) override {
    if (settings_.users.empty()) return find_alike_user(name);
    std::string own;
    {
      const std::lock_guard lock(users_mutex_);
      refresh();
      own = users_.find_alike(name);
    }
    if (own.empty()) return Error(Errc::kNotFound, "no such account");
    return find(own);
  }

  Result<std::vector<std::string>> find_alias(std::string_view) override {
    return Error(Errc::kNotFound, "no such alias");
  }

  Result<bool> has_domain(std::string_view domain) override {
    if (settings_.users.empty()) return same_domain(domain, settings_.names.default_domain);
    const std::lock_guard lock(users_mutex_);
    refresh();
    return std::any_of(users_.names.begin(), users_.names.end(), [domain](const std::string& name) {
      return same_domain(domain_of(name), domain);
    });
  }

  Result<std::vector<SpellingClash>> spelling_clashes() override {
    const std::lock_guard lock(users_mutex_);
    return users_.spellings.clashes(
        [this](const std::string& name) { return users_.names.contains(name); });
  }

  Status check_password(const Account& account, std::string_view password,
                        std::string_view peer) override {
    const std::unique_lock lock(pam_mutex_, settings_.timeout);
    if (!lock.owns_lock())
      return Error(Errc::kIo, "PAM service " + settings_.service + " is busy with another login");
    return authenticate(settings_, account.handle, password, peer);
  }

  std::optional<Account> nobody(std::string_view name) override {
    Account account;
    account.name = name;
    account.handle = kNobody;
    return account;
  }

  Status reload() override {
    if (settings_.users.empty()) return ok();
    const passwd_file::Stamp stamp = passwd_file::stamp_of(settings_.users);
    RESTANTE_TRY(UserList fresh, read_users(settings_.users, settings_.names));
    const std::lock_guard lock(users_mutex_);
    stamp_ = stamp;
    users_ = std::move(fresh);
    return ok();
  }

 private:
  /// A system's users all have the default domain, in the one spelling that it is set in.
  Result<Account> find_alike_user(std::string_view name) {
    const std::string at_domain = "@" + settings_.names.default_domain;
    if (!same_domain(domain_of(name), settings_.names.default_domain))
      return Error(Errc::kNotFound, "no such account");
    const std::string tidy = tidy_spelling(name, settings_.names.fold_local_part);
    std::vector<std::string> others{std::string(local_part_of(name)) + at_domain};
    const std::string folded = std::string(local_part_of(tidy)) + at_domain;
    if (folded != others.front()) others.push_back(folded);
    std::erase(others, name);
    for (const std::string& other : others) {
      auto found = find(other);
      if (found || found.error().code != Errc::kNotFound) return found;
    }
    return Error(Errc::kNotFound, "no such account");
  }

  Result<bool> has_user(std::string_view name) {
    // Only the default domain's: a system has one set of local parts.
    if (settings_.users.empty())
      return domain_of(name) == settings_.names.default_domain
                 ? is_system_user(std::string(local_part_of(name)), settings_.min_uid)
                 : false;
    const std::lock_guard lock(users_mutex_);
    refresh();
    return users_.names.contains(std::string(name));
  }

  /// Under the mutex: reads the list again when it has changed; one with mistakes leaves the old.
  void refresh() {
    const passwd_file::Stamp stamp = passwd_file::stamp_of(settings_.users);
    if (stamp == stamp_) return;
    stamp_ = stamp;
    auto fresh = read_users(settings_.users, settings_.names);
    if (fresh)
      users_ = std::move(*fresh);
    else if (settings_.report)
      settings_.report(fresh.error());
  }

  const Settings settings_;
  std::timed_mutex pam_mutex_;
  std::mutex users_mutex_;  ///< Guards everything below.
  passwd_file::Stamp stamp_;
  UserList users_;
};

}  // namespace

Result<std::unique_ptr<Directory>> open_directory(Settings settings) {
  RESTANTE_CHECKED(check_service(settings));
  UserList users(settings.names);
  if (!settings.users.empty()) {
    RESTANTE_TRY(UserList read, read_users(settings.users, settings.names));
    users = std::move(read);
  }
  return std::unique_ptr<Directory>(
      std::make_unique<PamDirectory>(std::move(settings), std::move(users)));
}

}  // namespace restante::accounts::pam
