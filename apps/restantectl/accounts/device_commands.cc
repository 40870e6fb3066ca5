#include "accounts/passwords/password.h"
#include "base/secret_string.h"
#include "restantectl/accounts/list_options.h"
#include "restantectl/commands.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

struct DeviceOptions {
  std::string name;
  std::string label;
  ListOptions list{};
};

/// Prints the password, which is shown this once: only its hash is stored.
Exit device_add(Office& office, const DeviceOptions& options) {
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  auto made = (*admin)->add_device(options.name, options.label);
  if (!made) return fail(made.error());
  if (office.out().json())
    office.out().print(json::object{
        {"name", made->account}, {"label", options.label}, {"password", made->password}});
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
  if (office.out().json()) {
    json::array list;
    for (const auto& entry : *entries) list.push_back(to_json(entry));
    office.out().print(json::object{{"name", *name}, {"devices", std::move(list)}});
    return Exit::kOk;
  }
  Output::Table table;
  table.header = {"LABEL", "CREATED", "LAST USED"};
  for (const auto& entry : *entries)
    table.rows.push_back({entry.label, to_rfc3339(entry.created), last_use(entry)});
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
