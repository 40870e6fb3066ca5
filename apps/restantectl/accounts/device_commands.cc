#include "accounts/passwords/password.h"
#include "base/secret_string.h"
#include "restantectl/accounts/list_options.h"
#include "restantectl/commands.h"
#include "restantectl/views/device_view.h"
#include "restantectl/views/view_words.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

struct DeviceOptions {
  std::string name;
  std::string label;
  DeviceViewOptions own{};
  ListOptions list{};
};

Status make_view(Office& office, const std::string& account,
                 const std::optional<maildrop::NewView>& view) {
  if (!view) return ok();
  RESTANTE_TRY(auto* const store, office.store());
  auto made = store->make_view(account, *view);
  return made ? ok() : Status(std::move(made).error());
}

/// Prints the password, which is shown this once: only its hash is stored.
Exit device_add(Office& office, const DeviceOptions& options) {
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  const auto view = wanted_device_view(office, options.own, options.label);
  if (!view) return fail(Exit::kUsage, view.error().detail);
  auto made = (*admin)->add_device(options.name, options.label);
  if (!made) return fail(made.error());
  if (const Status ready = make_view(office, made->account, *view); !ready) {
    wipe(made->password);
    // A password without its view would open the account's, and delete there.
    if (const Status gone = (*admin)->remove_device(made->account, options.label); !gone)
      return fail(gone.error());
    return fail(ready.error());
  }
  if (office.out().json())
    office.out().print(json::object{{"name", made->account},
                                    {"label", options.label},
                                    {"password", made->password},
                                    {"view", *view ? (*view)->name : maildrop::kDefaultName}});
  else
    office.out().line(made->password);
  office.out().note("restantectl: " + made->account + " logs in with this on \"" + options.label +
                    "\"; it is not shown again, and device remove takes it back");
  wipe(made->password);
  return Exit::kOk;
}

json::object to_json(const accounts::DeviceEntry& entry) {
  return {{"label", entry.label},
          {"created", to_rfc3339(entry.created)},
          {"last_used", ctl::to_json(entry.last_used)}};
}

std::string last_use(const accounts::DeviceEntry& entry) {
  return entry.last_used ? to_rfc3339(*entry.last_used) : "never";
}

/// Of all accounts that have devices.
Exit device_list_all(Office& office, const ListOptions& options) {
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  const accounts::ListRange range = range_of(office, options);
  Status listed = ok();
  if (office.out().json()) {
    console::JsonRows rows(office.out(), {}, "accounts");
    listed = (*admin)->list_each_account_with_devices(
        range, [&](const accounts::AccountDevices& account) {
          json::array list;
          for (const auto& entry : account.devices) list.push_back(to_json(entry));
          rows.add({{"name", account.account}, {"devices", std::move(list)}});
          return true;
        });
  } else {
    console::TableRows rows(office.out());
    rows.header({"NAME", "LABEL", "CREATED", "LAST USED"});
    listed = (*admin)->list_each_account_with_devices(
        range, [&](const accounts::AccountDevices& account) {
          for (const auto& entry : account.devices)
            rows.add({account.account, entry.label, to_rfc3339(entry.created), last_use(entry)});
          return true;
        });
  }
  return listed ? Exit::kOk : fail(listed.error());
}

Exit device_list(Office& office, const DeviceOptions& options) {
  const bool has_range =
      !options.list.domain.empty() || !options.list.after.empty() || options.list.limit;
  if (options.name.empty()) return device_list_all(office, options.list);
  if (has_range)
    return fail(Exit::kUsage, "--domain, --limit and --after are for the devices of all accounts");
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  const auto name = office.account_name(options.name);
  if (!name) return fail(name.error());
  const auto entries = (*admin)->list_devices(*name);
  if (!entries) return fail(entries.error());
  const auto views = views_of(office, *name);
  if (!views) return fail(views.error());
  if (office.out().json()) {
    json::array list;
    for (const auto& entry : *entries) {
      json::object row = to_json(entry);
      const maildrop::ViewInfo* const own = view_of_device(*views, entry.label);
      row["view"] = ctl::to_json(own != nullptr ? *own : views->front());
      list.push_back(std::move(row));
    }
    office.out().print(json::object{{"name", *name}, {"devices", std::move(list)}});
    return Exit::kOk;
  }
  Output::Table table;
  table.header = {"LABEL", "CREATED", "LAST USED", "VIEW", "ROLE", "HOLDS", "WAITING"};
  for (const auto& entry : *entries) {
    const maildrop::ViewInfo* const own = view_of_device(*views, entry.label);
    const maildrop::ViewInfo& view = own != nullptr ? *own : views->front();
    table.rows.push_back({entry.label, to_rfc3339(entry.created), last_use(entry),
                          own != nullptr ? view.name : "shared",
                          std::string(maildrop::to_string(view.role)), holds_text(view),
                          std::to_string(view.waiting.messages)});
  }
  office.out().print(table);
  return Exit::kOk;
}

Exit device_remove(Office& office, const DeviceOptions& options) {
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  const auto name = office.account_name(options.name);
  if (!name) return fail(name.error());
  const Status removed = (*admin)->remove_device(*name, options.label);
  if (!removed) return fail(removed.error());
  if (const Status ended = end_device_view(office, *name, options.label); !ended) {
    office.out().note("restantectl: the password is refused now, but the device's view is still "
                      "there and holds mail back; end it by maildrop drop-view");
    return fail(ended.error());
  }
  if (office.out().json())
    office.out().print(json::object{{"name", *name}, {"label", options.label}});
  return Exit::kOk;
}

}  // namespace

void add_device_commands(CLI::App& device, Chosen& chosen) {
  const auto options = std::make_shared<DeviceOptions>();
  CLI::App& add = add_command(device, chosen,
                              {"add", "Make a password for one device, and print it",
                               "  restantectl device add alice@example.com phone"},
                              [options](Office& office) { return device_add(office, *options); });
  CLI::App& list = add_command(device, chosen,
                               {"list", "The devices of an account, with their last use",
                                "  restantectl device list alice@example.com"},
                               [options](Office& office) { return device_list(office, *options); });
  CLI::App& remove =
      add_command(device, chosen,
                  {"remove", "Refuse a device's password from now on",
                   "  restantectl device remove alice@example.com phone"},
                  [options](Office& office) { return device_remove(office, *options); });
  add.add_option("--view", options->own.view,
                 "own: it gets every mail, whatever other devices delete; shared: the account's "
                 "view; without it accounts.device_views")
      ->type_name("WHICH");
  add.add_option("--role", options->own.role,
                 "Of an own view: each, main (deletes for all) or reader (holds nothing back)")
      ->type_name("ROLE");
  add.add_option("--from", options->own.from,
                 "What it sees first: waiting (as the account's view), all, now, or days as in 30d")
      ->type_name("WHAT");
  for (CLI::App* const each : {&add, &remove}) add_name(*each, options->name);
  list.add_option("NAME", options->name, "Login name or address; without it all accounts")
      ->type_name("");
  add_list_options(list, options->list);
  for (CLI::App* const each : {&add, &remove})
    each->add_option("LABEL", options->label, "What the device is called")
        ->required()
        ->type_name("");
}

}  // namespace restante::ctl
