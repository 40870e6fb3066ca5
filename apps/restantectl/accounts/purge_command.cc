// account purge: an account goes with its mail and its unique ids, for good.
#include <unistd.h>

#include <iostream>

#include "base/numbers.h"
#include "journal/forget.h"
#include "restantectl/backup/backup_places.h"
#include "restantectl/commands.h"
#include "restantectl/copies/copy_words.h"
#include "server/delivery/quota_warnings.h"
#include "server/delivery/told_owners.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

struct PurgeOptions {
  std::string name;
  bool yes = false;
};

/// What the purge removes, and where copies of it may be.
struct Purge {
  std::string name;
  std::string maildrop;
  bool is_account = false;  ///< False: the mail that a removed account left.
  bool was_enabled = true;
  std::string messages = "0";
  std::uint64_t for_copies = 0;  ///< Messages that wait for the targets of its copies.
  accounts::RemovedAliases aliases{};
  std::vector<std::string> backups{};
};

std::string messages_text(Office& office, const std::string& maildrop) {
  const auto store = office.store();
  if (!store) return "an unknown number of";
  const auto entries = (*store)->list(maildrop, maildrop::View::kDefault);
  return entries ? std::to_string(entries->size()) : "an unknown number of";
}

/// 0 also where it cannot be told.
std::uint64_t waiting_for_copies(Office& office, const std::string& maildrop) {
  const auto store = office.store();
  if (!store) return 0;
  const auto views = (*store)->views(maildrop);
  std::uint64_t count = 0;
  if (views)
    for (const maildrop::ViewInfo& view : *views)
      if (view.of_copy) count += view.waiting.messages;
  return count;
}

/// Mail may belong to an account that is elsewhere or was renamed: then it must not go.
Status refuse_owned(Office& office, const std::string& maildrop) {
  RESTANTE_TRY(auto* const directory, office.directory());
  const auto owner = directory->find_owner(maildrop);
  if (!owner && owner.error().code == Errc::kNotFound) return ok();
  if (!owner) return owner.error();
  return Error(Errc::kState, "this is the mail of " + owner->shown_name() + " (" +
                                 directory->place_of(*owner) + "); purge or remove that one");
}

Result<Purge> find(Office& office, const std::string& typed) {
  RESTANTE_TRY(auto* const admin, office.admin());
  Purge purge;
  const auto entry = admin->show(typed);
  if (entry && !entry->place.empty()) {
    RESTANTE_CHECKED(refuse_owned(office, entry->maildrop));
  } else if (entry) {
    purge.is_account = true;
    purge.name = entry->name;
    purge.maildrop = entry->maildrop;
    purge.was_enabled = entry->enabled;
    // Before any mail goes: at the end the account would have to stay.
    RESTANTE_CHECKED(refuse_while_copied_to(office, purge.name));
  } else if (entry.error().code == Errc::kNotFound || entry.error().code == Errc::kState) {
    RESTANTE_TRY(const std::string left, office.maildrop_name(typed));
    purge.name = purge.maildrop = left;
    RESTANTE_TRY(const auto left_there, office.stored(purge.maildrop));
    if (!left_there.exists)
      return Error(Errc::kNotFound, "no such account, and no mail of it: " + purge.name);
    RESTANTE_CHECKED(refuse_owned(office, purge.maildrop));
  } else {
    return entry.error();
  }
  purge.messages = messages_text(office, purge.maildrop);
  purge.for_copies = waiting_for_copies(office, purge.maildrop);
  RESTANTE_TRY(const auto stored, office.stored(purge.maildrop));
  for (const std::string& folder : noted_backups(office.config().data_dir))
    if (may_hold(folder, stored)) purge.backups.push_back(folder);
  return purge;
}

bool is_confirmed(const Purge& purge) {
  std::cerr << "restantectl: " << purge.name << ", its mail (" << purge.messages
            << ") and the unique ids go for good.";
  if (purge.for_copies > 0)
    std::cerr << " For its copies " << counted(purge.for_copies, "message waits", "messages wait")
              << " that will not get there.";
  std::cerr << " Do it? [y/N]: " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

/// The lines of the account stay in the journal until their term, without its name.
Status forget_in_journal(const Office& office, const Purge& purge) {
  for (const std::string& name : {purge.maildrop, purge.name}) {
    const auto forgotten =
        journal::forget_name(office.config().journal.folder(office.config().data_dir), name);
    if (!forgotten && forgotten.error().code != Errc::kNotFound) return forgotten.error();
  }
  return ok();
}

/// The account stays barred and gets no mail while the mail goes; mail that was on its way then
/// goes with the account. After a crash at any place, the same command completes it.
Status carry_out(Office& office, Purge& purge) {
  RESTANTE_TRY(auto* const admin, office.admin());
  RESTANTE_TRY(auto* const store, office.store());
  if (purge.is_account) RESTANTE_CHECKED(admin->set_enabled(purge.name, false));
  const auto purged = store->purge(purge.maildrop);
  // Nothing was removed: the account must not stay barred for it.
  if (!purged && purge.is_account && purge.was_enabled)
    RESTANTE_CHECKED(admin->set_enabled(purge.name, true));
  if (!purged) return purged.error();
  // The account goes last: as long as it is there, the same command finds the rest.
  if (purge.is_account) {
    RESTANTE_TRY(auto removed, admin->remove_with_aliases(purge.name));
    purge.aliases = std::move(removed);
    // Mail that came in between: now no more can come.
    RESTANTE_CHECKED(store->purge(purge.maildrop));
  } else {
    RESTANTE_CHECKED(admin->remember(purge.name));
  }
  RESTANTE_CHECKED(forget_queue(office, purge.maildrop));
  server::ToldOwners(server::told_owners_file(office.config().data_dir)).forget(purge.maildrop);
  return forget_in_journal(office, purge);
}

void tell(const Office& office, const Purge& purge) {
  if (office.out().json()) {
    const auto list = [](const std::vector<std::string>& names) {
      return json::array(names.begin(), names.end());
    };
    office.out().print(json::object{{"name", purge.name},
                                    {"account", purge.is_account},
                                    {"aliases_removed", list(purge.aliases.removed)},
                                    {"aliases_changed", list(purge.aliases.shortened)},
                                    {"backups", list(purge.backups)}});
  }
  const auto say = [&](const std::string& text) { office.out().note("restantectl: " + text); };
  say(purge.name + " is gone, with its mail (" + purge.messages + ") and the unique ids");
  for (const std::string& alias : purge.aliases.removed) say("gone with it: the alias " + alias);
  for (const std::string& alias : purge.aliases.shortened)
    say("leads to the others from now on: the alias " + alias);
  for (const std::string& folder : purge.backups)
    say("may still be in the backup in " + folder + ": make that anew, or remove it");
  if (purge.backups.empty()) say("no backup in a folder that backup wrote to holds it");
}

Exit account_purge(Office& office, const PurgeOptions& options) {
  if (!options.yes && ::isatty(STDIN_FILENO) == 0)
    return fail(Exit::kUsage, "no terminal to ask at; --yes purges without a question");
  auto purge = find(office, options.name);
  if (!purge) return fail(purge.error());
  if (!options.yes && !is_confirmed(*purge)) {
    office.out().note("restantectl: nothing was done");
    return Exit::kUnavailable;
  }
  if (const Status done = carry_out(office, *purge); !done) return fail(done.error());
  tell(office, *purge);
  return Exit::kOk;
}

}  // namespace

void add_purge_command(CLI::App& account, Chosen& chosen) {
  const auto options = std::make_shared<PurgeOptions>();
  CLI::App& purge =
      add_command(account, chosen,
                  {"purge", "Remove an account with its mail and its unique ids, for good",
                   "  restantectl account purge alice@example.com"},
                  [options](Office& office) { return account_purge(office, *options); });
  add_name(purge, options->name);
  purge.add_flag("--yes", options->yes, "Ask no question");
}

}  // namespace restante::ctl
