#include "accounts/passwords/password.h"
#include "base/secret_string.h"
#include "restantectl/commands.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

struct DeviceOptions {
  std::string name;
  std::string label;
};

/// Prints the password: the only time that anybody sees it.
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

Exit device_list(Office& office, const DeviceOptions& options) {
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  const auto name = office.account_name(options.name);
  if (!name) return fail(name.error());
  const auto entries = (*admin)->list_devices(*name);
  if (!entries) return fail(entries.error());
  if (office.out().json()) {
    json::array list;
    for (const auto& entry : *entries)
      list.push_back(json::object{{"label", entry.label},
                                  {"created", to_json(entry.created)},
                                  {"last_used", to_json(entry.last_used)}});
    office.out().print(json::object{{"name", *name}, {"devices", std::move(list)}});
    return Exit::kOk;
  }
  Output::Table table;
  table.header = {"LABEL", "CREATED", "LAST USED"};
  for (const auto& entry : *entries)
    table.rows.push_back({entry.label, to_rfc3339(entry.created),
                          entry.last_used ? to_rfc3339(*entry.last_used) : "never"});
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
  for (CLI::App* const each : {&add, &list, &remove}) add_name(*each, options->name);
  for (CLI::App* const each : {&add, &remove})
    each->add_option("LABEL", options->label, "What the device is called")
        ->required()
        ->type_name("");
}

}  // namespace restante::ctl
