#include "restantectl/migrate/migrate_tasks.h"
#include "files/file.h"

#include <sys/stat.h>

#include <cerrno>
#include <set>

#include "accounts/login/login_name.h"

namespace restante::ctl {
namespace {

constexpr std::size_t kMapBytesMax = 256U << 20;

class Finder {
 public:
  Finder(Office& office, const MigrateOptions& options, const MigrateFiles& files)
      : office_(office), options_(options), files_(files) {}

  void add(const migrate::MapLine& line, const std::string& at) {
    const std::string& source = line.source.empty() ? options_.source : line.source;
    if (source.empty()) return refuse(Exit::kUsage, at + "no SOURCE for " + line.account);
    const auto account = find_account(line.account);
    if (!account && account.error().code == Errc::kNotFound)
      return refuse(Exit::kNoUser, at + "no account " + line.account +
                                       " here: make it first (restantectl account add, or account "
                                       "import), then run this again");
    if (!account) return refuse(to_exit(account.error().code), at + account.error().detail);
    if (!seen_.insert(*account).second)
      return refuse(Exit::kData, at + "a second source for " + *account);
    MigrateTask task;
    task.account = *account;
    task.from.password = line.password;
    add_task(std::move(task), source, at);
  }

  void add_task(MigrateTask task, const std::string& source, const std::string& at) {
    const std::string& account = task.account;
    auto filled = migrate::fill_in(source, account);
    if (!filled) return refuse(Exit::kData, at + filled.error().detail);
    task.source = filled->text;
    auto place = migrate::parse_place(*filled);
    if (!place) return refuse(Exit::kUsage, at + place.error().detail);
    task.from.account = account;
    task.from.place = *std::move(place);
    if (task.from.password.empty()) task.from.password = files_.password;
    if (task.from.place.kind == migrate::Place::Kind::kPop3 && task.from.password.empty())
      return refuse(Exit::kUsage, at + "no password for " + account +
                                      " at the old server: --map has a field for it, and "
                                      "--password-file names one for all (with --master-user)");
    auto control = migrate::fill_in(options_.control, account);
    if (!control) return refuse(Exit::kData, at + control.error().detail);
    const std::size_t trusted = migrate::trusted_part(control->text, control->fixed);
    task.from.control = {std::move(control->text), trusted};
    task.may_be_absent = options_.all;
    found_.tasks.push_back(std::move(task));
  }

  void refuse(Exit code, const std::string& what) {
    static_cast<void>(fail(code, what));
    if (found_.verdict == Exit::kOk) found_.verdict = code;
  }

  MigrateTasks take() { return std::move(found_); }

 private:
  Result<std::string> find_account(const std::string& typed) {
    RESTANTE_TRY(const std::string name, accounts::canonical_name(typed, office_.names()));
    RESTANTE_TRY(auto* const directory, office_.directory());
    RESTANTE_TRY(const auto account, accounts::find_any_spelling(*directory, name));
    return account.name;
  }

  Office& office_;
  const MigrateOptions& options_;
  const MigrateFiles& files_;
  std::set<std::string> seen_;
  MigrateTasks found_;
};

void add_all(Office& office, Finder& finder, const MigrateOptions& options) {
  const auto admin = office.admin();
  if (!admin) return finder.refuse(to_exit(admin.error().code), admin.error().detail);
  const auto accounts = (*admin)->list();
  if (!accounts)
    return finder.refuse(to_exit(accounts.error().code),
                         accounts.error().detail + "; name the accounts with --map");
  for (const auto& entry : *accounts) {
    MigrateTask task;
    // The first name of the account, which its maildrop has and the old server knows.
    task.account = entry.maildrop;
    finder.add_task(std::move(task), options.source, "");
  }
}

Result<std::string> read_text(const std::string& path) {
  RESTANTE_TRY(std::string text, files::read_file(path, kMapBytesMax + 1));
  if (text.size() > kMapBytesMax) return Error(Errc::kLimit, path + " is too long");
  return text;
}

/// Errors: kAuth.
Status check_secrecy(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0 || (found.st_mode & 077U) == 0) return ok();
  return Error(Errc::kAuth, path + " has a password, and others may read it: chmod 600 " + path);
}

/// The first line.
Result<SecretString> read_password(const std::string& path) {
  RESTANTE_CHECKED(check_secrecy(path));
  RESTANTE_TRY(std::string text, read_text(path));
  const std::string_view whole = text;
  SecretString password(whole.substr(0, whole.find_first_of("\r\n")));
  wipe(text);
  if (password.empty()) return Error(Errc::kIo, path + " has no password in its first line");
  return password;
}

}  // namespace

Result<MigrateFiles> read_files(const MigrateOptions& options) {
  MigrateFiles files;
  if (!options.password_file.empty()) {
    RESTANTE_TRY(auto password, read_password(options.password_file));
    files.password = std::move(password);
  }
  if (options.map.empty()) return files;
  RESTANTE_TRY(std::string text, read_text(options.map));
  files.map = migrate::parse_account_map(text);
  wipe(text);
  constexpr std::string_view kInFile = "file:";
  for (migrate::MapLine& line : files.map.lines) {
    if (line.password.empty()) continue;
    if (!line.password.view().starts_with(kInFile)) {
      RESTANTE_CHECKED(check_secrecy(options.map));
      continue;
    }
    const std::string path(line.password.view().substr(kInFile.size()));
    RESTANTE_TRY(auto password, read_password(path));
    line.password = std::move(password);
  }
  return files;
}

MigrateTasks find_tasks(Office& office, const MigrateOptions& options, const MigrateFiles& files) {
  Finder finder(office, options, files);
  if (options.all) {
    add_all(office, finder, options);
  } else if (!options.account.empty()) {
    migrate::MapLine line;
    line.account = options.account;
    finder.add(line, "");
  } else {
    for (const std::string& mistake : files.map.mistakes)
      finder.refuse(Exit::kData, options.map + ":" + mistake);
    for (const migrate::MapLine& line : files.map.lines)
      finder.add(line, options.map + ":" + std::to_string(line.number) + ": ");
  }
  return finder.take();
}

}  // namespace restante::ctl
