#include "accounts/pam/directory.h"

#include <mutex>

#include "accounts/names/idna.h"
#include "accounts/pam/processes.h"
#include "accounts/pam/transaction.h"
#include "accounts/pam/users.h"
#include "accounts/watched_file.h"

namespace restante::accounts::pam {
namespace {

// A user that no system has: a module treats it as it treats unknown users (pam_unix: it computes a
// hash all the same).
constexpr const char* kNobody = "restante-nobody";

/// Looks where libpam looks for a service's rules.
Status check_service(const Settings& settings) {
  std::vector<std::filesystem::path> folders = {"/etc/pam.d", "/usr/lib/pam.d"};
  if (!settings.service_dir.empty()) folders = {settings.service_dir};
  std::error_code failure;
  for (const auto& folder : folders)
    if (std::filesystem::exists(folder / settings.service, failure)) return ok();
  // That is the same as a wrong password for all, without a word about why.
  // Without rules libpam takes the service "other", which refuses every user.
  return Error(Errc::kIo, "PAM has no service " + settings.service + ": write " +
                              (folders.front() / settings.service).string());
}

class PamDirectory : public Directory {
 public:
  explicit PamDirectory(Settings settings) : settings_(std::move(settings)) {}

  /// Starts the processes, and reads the list of users, if there is one. Errors: kIo, kLimit,
  /// kSyntax.
  Status open() {
    if (settings_.in_processes) {
      RESTANTE_TRY(auto started, Processes::start(settings_));
      processes_ = std::move(started);
    }
    if (settings_.users.empty()) return ok();
    return users_.open(settings_.users, system_clock().now(), reader(), {});
  }

  [[nodiscard]] bool is_slow() const override { return true; }
  [[nodiscard]] std::vector<std::size_t> questions_at_once() const override {
    return {settings_.connections};
  }
  [[nodiscard]] std::string place_of(const Account&) const override {
    return "pam " + settings_.service;
  }

  Result<Account> find(std::string_view name) override {
    RESTANTE_TRY(const bool exists, has_user(name));
    if (!exists) return Error(Errc::kNotFound, "no such account");
    Account account;
    account.name = name;
    account.handle = settings_.full_name ? name : local_part_of(name);
    // A module may have rules by address (pam_access), so an answer holds for one alone.
    account.peer_matters = true;
    return account;
  }

  Result<Account> find_alike(std::string_view name) override {
    if (settings_.users.empty()) return find_alike_user(name);
    std::string own;
    {
      const std::lock_guard lock(users_mutex_);
      refresh();
      own = users_.contents().names.find_alike(name);
      // A list that is being written may lack the name for a moment: mail for it must not bounce.
      if (own.empty() && users_.is_uncertain()) return uncertain();
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
    const UserList& list = users_.contents().names;
    const bool found = std::any_of(
        list.names.begin(), list.names.end(),
        [domain](const std::string& name) { return same_domain(domain_of(name), domain); });
    if (!found && users_.is_uncertain()) return uncertain();
    return found;
  }

  Result<std::vector<SpellingClash>> spelling_clashes() override {
    if (settings_.users.empty()) return std::vector<SpellingClash>();
    const std::lock_guard lock(users_mutex_);
    const UserList& list = users_.contents().names;
    return list.spellings.clashes(
        [&list](const std::string& name) { return list.names.contains(name); });
  }

  Status check_password(const Account& account, std::string_view password,
                        std::string_view peer) override {
    // A module may leave anything behind in its process, so the server has none in its own.
    if (processes_) return processes_->ask(account.handle, password, peer);
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
    const std::lock_guard lock(users_mutex_);
    return catch_up();
  }

 private:
  /// A system's users all have the default domain, in the one spelling that is configured.
  Result<Account> find_alike_user(std::string_view name) {
    const std::string at_domain = "@" + settings_.names.default_domain;
    if (!same_domain(domain_of(name), settings_.names.default_domain))
      return Error(Errc::kNotFound, "no such account");
    const std::string tidy = tidy_spelling(name, settings_.names.fold_local_part);
    // As it was typed, then folded: users of a system are told apart by case.
    std::vector<std::string> others{std::string(local_part_of(name)) + at_domain};
    const std::string folded = std::string(local_part_of(tidy)) + at_domain;
    if (folded != others.front()) others.push_back(folded);
    // The name that was asked for has been looked up before.
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
    const bool found = users_.contents().names.names.contains(std::string(name));
    if (!found && users_.is_uncertain()) return uncertain();
    return found;
  }

  /// Under the mutex: reads the list again when it has changed; a list with mistakes leaves the old
  /// one in force.
  void refresh() {
    if (!users_.is_behind(settings_.users, system_clock().now())) return;
    static_cast<void>(catch_up());  // The error is reported there.
  }

  Status catch_up() {
    return users_.catch_up(settings_.users, system_clock().now(), reader(), {}, settings_.report);
  }

  [[nodiscard]] WatchedFile<Users>::Read reader() const {
    return [this](LastLine last) { return read_users(settings_.users, settings_.names, last); };
  }

  [[nodiscard]] Error uncertain() const {
    return Error(Errc::kIo, settings_.users.string() +
                                " is being written, or cannot be read: who is missing from it may "
                                "be there all the same");
  }

  const Settings settings_;
  std::unique_ptr<Processes> processes_;  ///< Null: one question at a time.
  std::mutex users_mutex_;                ///< Guards everything below.
  WatchedFile<Users> users_;
};

}  // namespace

Result<std::unique_ptr<Directory>> open_directory(Settings settings) {
  RESTANTE_CHECKED(check_service(settings));
  auto directory = std::make_unique<PamDirectory>(std::move(settings));
  RESTANTE_CHECKED(directory->open());
  return std::unique_ptr<Directory>(std::move(directory));
}

}  // namespace restante::accounts::pam
