#include "restantectl/migrate/migrate_tasks.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>

#include "accounts/login/login_name.h"
#include "migrate/sources/account_map.h"

namespace restante::ctl {
namespace {

constexpr std::size_t kMapBytesMax = 256U << 20;

class Finder {
 public:
  Finder(Office& office, const MigrateOptions& options) : office_(office), options_(options) {}

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
    add_task(*account, source, at);
  }

  void add_task(const std::string& account, const std::string& source, const std::string& at) {
    MigrateTask task;
    task.account = account;
    auto filled = migrate::fill_in(source, account);
    if (!filled) return refuse(Exit::kData, at + filled.error().detail);
    task.source = *std::move(filled);
    auto place = migrate::parse_place(task.source);
    if (!place) return refuse(Exit::kUsage, at + place.error().detail);
    task.from.account = account;
    task.from.place = *std::move(place);
    auto control = migrate::fill_in(options_.control, account);
    if (!control) return refuse(Exit::kData, at + control.error().detail);
    task.from.control = *std::move(control);
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
  for (const auto& entry : *accounts) finder.add_task(entry.name, options.source, "");
}

}  // namespace

Result<std::string> read_map(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file.is_open() || !(text << file.rdbuf()))
    return Error(Errc::kIo, "cannot read " + path + ": " + std::strerror(errno));
  if (text.view().size() > kMapBytesMax) return Error(Errc::kLimit, path + " is too long");
  return std::move(text).str();
}

MigrateTasks find_tasks(Office& office, const MigrateOptions& options, const std::string& map) {
  Finder finder(office, options);
  if (options.all) {
    add_all(office, finder, options);
  } else if (!options.account.empty()) {
    migrate::MapLine line;
    line.account = options.account;
    finder.add(line, "");
  } else {
    const migrate::AccountMap parsed = migrate::parse_account_map(map);
    for (const std::string& mistake : parsed.mistakes)
      finder.refuse(Exit::kData, options.map + ":" + mistake);
    for (const migrate::MapLine& line : parsed.lines)
      finder.add(line, options.map + ":" + std::to_string(line.number) + ": ");
  }
  return finder.take();
}

}  // namespace restante::ctl
