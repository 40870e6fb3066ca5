// account rename: another name for the same account, mail and devices.
#include "accounts/names/spelling.h"
#include "restantectl/commands.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

struct RenameOptions {
  std::string from;
  std::string to;
  bool no_alias = false;
};

Exit account_rename(Office& office, const RenameOptions& options) {
  const auto typed = accounts::canonical_name(options.to, office.names());
  if (!typed) return fail(typed.error());
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  const std::string to = accounts::tidy_spelling(*typed, office.names().fold_local_part);
  const auto old_name = options.no_alias ? accounts::OldName::kGoes : accounts::OldName::kStays;
  const auto renamed = (*admin)->rename(options.from, to, old_name);
  if (!renamed) return fail(renamed.error());
  const auto stored = office.stored(renamed->maildrop);
  const std::string place = stored ? stored->where : "the store";
  if (office.out().json())
    office.out().print(json::object{{"name", renamed->to},
                                    {"old_name", renamed->from},
                                    {"alias", !options.no_alias},
                                    {"maildrop", place}});
  std::string note = "restantectl: " + renamed->from + " is " + renamed->to +
                     " from now on and logs in by that; its mail stays in " + place;
  note += options.no_alias ? "; mail for the old name is refused"
                           : "; mail for the old name comes, too: it is an alias";
  office.out().note(note);
  return Exit::kOk;
}

}  // namespace

void add_rename_command(CLI::App& account, Chosen& chosen) {
  const auto options = std::make_shared<RenameOptions>();
  CLI::App& rename =
      add_command(account, chosen,
                  {"rename", "Give an account another name; mail, unique ids and devices stay",
                   "  restantectl account rename alice@example.com alice.smith@example.com"},
                  [options](Office& office) { return account_rename(office, *options); });
  add_name(rename, options->from);
  rename.add_option("NEW", options->to, "The name that it gets")->required()->type_name("");
  rename.add_flag("--no-alias", options->no_alias,
                  "Do not keep the old name as an alias that leads to it");
}

}  // namespace restante::ctl
