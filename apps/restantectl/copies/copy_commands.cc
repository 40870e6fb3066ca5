// account copy: a further place that gets an account's mail. The view that keeps what waits is made
// before the row that says where it goes, and ends after it: so no mail is missed.
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "accounts/login/login_name.h"
#include "base/numbers.h"
#include "mail/address.h"
#include "restantectl/commands.h"
#include "restantectl/copies/copy_words.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

struct CopyOptions {
  std::string name;
  std::string target;
  std::string as;
  std::string label;
  std::string from = "now";
  bool instead = false;
  bool keep_ids = false;
  bool yes = false;
};

bool has_label(const std::vector<accounts::Copy>& copies, std::string_view label) {
  return std::ranges::find(copies, label, &accounts::Copy::label) != copies.end();
}

/// The label that was typed; else the first of copy, copy-2 and so on that neither a copy nor the
/// view of something else has.
Result<std::string> label_of(const std::string& typed, const std::vector<accounts::Copy>& copies,
                             const std::vector<maildrop::ViewInfo>& views) {
  if (!typed.empty()) return maildrop::view_name(typed);
  for (int number = 1;; ++number) {
    std::string label = number == 1 ? "copy" : "copy-" + std::to_string(number);
    const bool other = std::ranges::any_of(views, [&label](const maildrop::ViewInfo& view) {
      return view.name == label && !view.of_copy;
    });
    if (!other && !has_label(copies, label)) return label;
  }
}

/// Typed as an envelope has it, kept without quotes. Its domain may be any: the target knows it.
Result<std::string> recipient_of(const std::string& typed) {
  const auto mailbox = mail::parse_mailbox(typed);
  if (!mailbox) return Error(Errc::kSyntax, "--as: " + mailbox.error().detail);
  return mailbox->plain();
}

/// A copy that is about to be made, and the account that gets it.
struct Wish {
  accounts::AccountEntry account;
  accounts::Copy copy;
  maildrop::NewView view;
};

Result<Wish> wish_of(Office& office, const CopyOptions& options) {
  Wish wish;
  RESTANTE_TRY(const auto start, maildrop::parse_view_start(options.from, system_clock().now()));
  RESTANTE_TRY(auto* const admin, office.admin());
  RESTANTE_TRY(auto account, admin->show(options.name));
  wish.account = std::move(account);
  if (is_elsewhere(office.config(), wish.account.route.get(), wish.account.name))
    return Error(Errc::kState, wish.account.name +
                                   " is at another server: its mail is not kept here and cannot be "
                                   "copied");
  RESTANTE_TRY(const copies::Target target,
               wanted_target(office, options.target, wish.account.name));
  if (!options.as.empty() && target.kind == copies::Target::Kind::kAccount)
    return Error(Errc::kSyntax, "--as goes with lmtp: and smtp:");
  if (!options.as.empty()) {
    RESTANTE_TRY(auto recipient, recipient_of(options.as));
    wish.copy.as = std::move(recipient);
  }
  RESTANTE_TRY(auto* const store, office.store());
  RESTANTE_TRY(const auto views, store->views(wish.account.maildrop));
  RESTANTE_TRY(const auto copies, admin->list_copies(wish.account.name));
  RESTANTE_TRY(const std::string label, label_of(options.label, copies, views));
  if (has_label(copies, label))
    return Error(Errc::kExists, wish.account.name + " has a copy of this label already: " + label);
  wish.copy.label = label;
  wish.copy.target = copies::to_string(target);
  wish.copy.instead = options.instead;
  wish.copy.keep_ids = options.keep_ids;
  wish.view.name = label;
  wish.view.start = start;
  wish.view.of_copy = true;
  return wish;
}

Status make(Office& office, const Wish& wish) {
  RESTANTE_TRY(auto* const store, office.store());
  const std::string& maildrop = wish.account.maildrop;
  const auto before = store->find_view(maildrop, wish.view.name);
  const auto view = store->make_view(maildrop, wish.view);
  if (!view && view.error().code == Errc::kExists)
    return Error(Errc::kExists, "the maildrop has a view of this name, " + wish.view.name +
                                    "; choose another by --label");
  if (!view) return view.error();
  RESTANTE_TRY(auto* const admin, office.admin());
  Status added = admin->add_copy(wish.account.name, wish.copy);
  if (added || before) return added;
  // Mail must not wait for a copy that is none.
  RESTANTE_CHECKED(store->end_view(maildrop, *view));
  return added;
}

std::uint64_t waiting_for(Office& office, const std::string& maildrop, const std::string& label) {
  const auto store = office.store();
  if (!store) return 0;
  const auto views = (*store)->views(maildrop);
  const maildrop::ViewInfo* const view = views ? view_of_copy(*views, label) : nullptr;
  return view == nullptr ? 0 : view->waiting.messages;
}

Exit copy_add(Office& office, const CopyOptions& options) {
  if (options.name.empty()) return fail(Exit::kUsage, "NAME is required");
  if (options.target.empty()) return fail(Exit::kUsage, "--to is required: where the mail goes");
  const auto wish = wish_of(office, options);
  if (!wish) return fail(wish.error());
  if (const Status made = make(office, *wish); !made) return fail(made.error());
  const std::uint64_t waiting = waiting_for(office, wish->account.maildrop, wish->copy.label);
  office.details()["label"] = wish->copy.label;
  if (office.out().json())
    office.out().print(json::object{{"name", wish->account.name},
                                    {"label", wish->copy.label},
                                    {"target", wish->copy.target},
                                    {"waiting", waiting}});
  std::string note = "restantectl: new mail of " + wish->account.name + " goes to " +
                     wish->copy.target + ", too; the copy is called " + wish->copy.label;
  if (wish->copy.instead)
    note = "restantectl: new mail of " + wish->account.name + " goes to " + wish->copy.target +
           " instead: it leaves the account when that has it; the copy is called " +
           wish->copy.label;
  if (waiting > 0)
    note += "; " + counted(waiting, "message", "messages") + " of before " +
            (waiting == 1 ? "goes" : "go") + " there now";
  office.out().note(note);
  return Exit::kOk;
}

Exit print_copies(Office& office, const std::vector<KnownCopy>& copies) {
  if (office.out().json()) {
    json::array list;
    for (const KnownCopy& one : copies) {
      json::object object = to_json(one.copy);
      object["account"] = one.account;
      list.push_back(std::move(object));
    }
    office.out().print(json::object{{"copies", std::move(list)}});
    return Exit::kOk;
  }
  Output::Table table;
  table.header = {"ACCOUNT", "LABEL", "TARGET", "AS", "OPTIONS", "STATE", "CREATED"};
  for (const KnownCopy& one : copies) {
    table.rows.push_back({one.account, one.copy.label, one.copy.target,
                          one.copy.as.empty() ? "-" : one.copy.as, options_text(one.copy),
                          one.copy.paused ? "paused" : "on", to_rfc3339(one.copy.created)});
    table.row_dimmed.push_back(one.copy.paused);
  }
  office.out().print(table);
  return Exit::kOk;
}

Exit copy_list(Office& office, const CopyOptions& options) {
  const auto copies = options.name.empty() ? all_copies(office) : copies_of(office, options.name);
  return copies ? print_copies(office, *copies) : fail(copies.error());
}

Exit copy_set_paused(Office& office, const CopyOptions& options, bool paused) {
  const auto label = maildrop::view_name(options.label);
  if (!label) return fail(label.error());
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  const auto name = office.account_name(options.name);
  if (!name) return fail(name.error());
  const Status changed = (*admin)->set_copy_paused(*name, *label, paused);
  if (!changed) return fail(changed.error());
  if (office.out().json())
    office.out().print(json::object{{"name", *name}, {"label", *label}, {"paused", paused}});
  return Exit::kOk;
}

bool is_confirmed(const std::string& name, const std::string& label, std::uint64_t waiting) {
  std::cerr << "restantectl: " << counted(waiting, "message waits", "messages wait")
            << " for the copy " << label << " of " << name
            << " and will not get there. Remove it? [y/N]: " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

/// After a crash in between the view alone is there: then the same command ends it.
Status remove(Office& office, const std::string& name, const std::string& maildrop,
              const std::string& label) {
  RESTANTE_TRY(auto* const admin, office.admin());
  RESTANTE_TRY(auto* const store, office.store());
  const Status removed = admin->remove_copy(name, label);
  if (!removed && removed.error().code != Errc::kNotFound) return removed;
  const auto view = store->find_view(maildrop, label);
  if (!view && view.error().code != Errc::kNotFound) return view.error();
  const bool is_its_view = view && view->of_copy;
  if (!removed && !is_its_view) return removed;
  if (is_its_view) RESTANTE_CHECKED(store->end_view(maildrop, view->view));
  return forget_queue(office, maildrop, label);
}

Exit copy_remove(Office& office, const CopyOptions& options) {
  const auto label = maildrop::view_name(options.label);
  if (!label) return fail(label.error());
  const auto name = office.account_name(options.name);
  if (!name) return fail(name.error());
  const auto maildrop = office.maildrop_name(options.name);
  if (!maildrop) return fail(maildrop.error());
  const std::uint64_t waiting = waiting_for(office, *maildrop, *label);
  if (waiting > 0 && !options.yes) {
    if (::isatty(STDIN_FILENO) == 0)
      return fail(Exit::kUsage, counted(waiting, "message waits", "messages wait") +
                                    " for this copy and will not get there; --yes removes it "
                                    "without a question");
    if (!is_confirmed(*name, *label, waiting)) {
      office.out().note("restantectl: nothing was done");
      return Exit::kUnavailable;
    }
  }
  if (const Status removed = remove(office, *name, *maildrop, *label); !removed)
    return fail(removed.error());
  if (office.out().json())
    office.out().print(json::object{{"name", *name}, {"label", *label}, {"not_sent", waiting}});
  return Exit::kOk;
}

void add_copy_options(CLI::App& copy, CopyOptions& options) {
  // Not required: the commands below this one have a name of their own.
  copy.add_option("NAME", options.name, "Login name or address")->type_name("");
  copy.add_option("--to", options.target,
                  "lmtp:HOST:PORT or smtp:HOST:PORT, which copies.targets of the configuration "
                  "names, or account:NAME")
      ->type_name("TARGET");
  copy.add_option("--as", options.as, "The recipient there; default: the account's own address")
      ->type_name("ADDRESS");
  copy.add_flag("--instead", options.instead,
                "The account keeps nothing: a message leaves it when all its copies have it");
  copy.add_option("--label", options.label, "What the copy is called; default: copy, copy-2, …")
      ->type_name("LABEL");
  copy.add_flag("--keep-ids", options.keep_ids,
                "Ask the target to give messages the same unique ids");
  copy.add_option("--from", options.from,
                  "What goes there of the mail that is here already: now (nothing, the default), "
                  "waiting (as the account's view), all, or days as in 30d")
      ->type_name("WHAT");
}

/// pause, resume and remove.
void add_change_commands(CLI::App& copy, Chosen& chosen,
                         const std::shared_ptr<CopyOptions>& options) {
  CLI::App& pause =
      add_command(copy, chosen,
                  {"pause", "Send nothing to a copy's target; mail waits for it",
                   "  restantectl account copy pause alice@example.com copy"},
                  [options](Office& office) { return copy_set_paused(office, *options, true); });
  CLI::App& resume =
      add_command(copy, chosen,
                  {"resume", "Send what waits for a copy's target again",
                   "  restantectl account copy resume alice@example.com copy"},
                  [options](Office& office) { return copy_set_paused(office, *options, false); });
  CLI::App& removal =
      add_command(copy, chosen,
                  {"remove", "End a copy; mail that waits for it will not get there",
                   "  restantectl account copy remove alice@example.com copy"},
                  [options](Office& office) { return copy_remove(office, *options); });
  removal.add_flag("--yes", options->yes, "Ask no question");
  for (CLI::App* const each : {&pause, &resume, &removal}) {
    add_name(*each, options->name);
    each->add_option("LABEL", options->label, "What the copy is called")->required()->type_name("");
  }
}

}  // namespace

void add_copy_commands(CLI::App& account, Chosen& chosen) {
  const auto options = std::make_shared<CopyOptions>();
  CLI::App& copy = add_command(
      account, chosen,
      {"copy", "Send each new mail of an account to a further place, too",
       "  restantectl account copy alice@example.com --to lmtp:127.0.0.1:2424\n"
       "  restantectl account copy alice@example.com --to smtp:relay.example:25 "
       "--as alice@example.net\n"
       "  restantectl account copy info@example.com --to account:alice@example.com --from 30d"},
      [options](Office& office) { return copy_add(office, *options); });
  add_copy_options(copy, *options);
  CLI::App& list = add_command(copy, chosen,
                               {"list", "The copies of an account, or of all",
                                "  restantectl account copy list\n"
                                "  restantectl account copy list alice@example.com"},
                               [options](Office& office) { return copy_list(office, *options); });
  list.add_option("NAME", options->name, "Login name or address; without it all accounts")
      ->type_name("");
  add_change_commands(copy, chosen, options);
}

}  // namespace restante::ctl
