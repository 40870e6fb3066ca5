#include "restantectl/commands.h"

#include "server/settings/places.h"

namespace restante::ctl {
namespace {

constexpr const char* kFooter =
    "Data goes to stdout, talk to stderr. Safe while the server runs.\n"
    "Exit codes: 0 done, 64 usage, 65 bad input or damage, 67 no such account,\n"
    "69 refused as things are, 70 a bug, 73 exists already, 74 disk, 75 busy: try again,\n"
    "77 no permission, 78 configuration. See docs/restantectl.md.";

void add_options(CLI::App& app, GlobalOptions& options) {
  app.add_option("--config", options.config,
                 "The server's configuration; default: $RESTANTE_CONFIG, or "
                 "/etc/restante/restanted.toml")
      ->type_name("FILE")
      ->check(settings::names_a_file);
  app.add_option("--format", options.format, "How data is printed: text (default) or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("FORMAT");
  app.add_flag("-q,--quiet", options.quiet, "No talk: only data and errors");
}

}  // namespace

void add_everything(CLI::App& app, GlobalOptions& options, Chosen& chosen) {
  app.footer(kFooter);
  app.require_subcommand(1);
  app.set_version_flag("--version", "restantectl " RESTANTE_VERSION);
  add_options(app, options);
  CLI::App& account = add_group(app, {"account", "Who may log in", ""});
  add_account_commands(account, chosen);
  add_account_test_command(account, chosen);
  add_import_command(account, chosen);
  add_rename_command(account, chosen);
  add_route_command(account, chosen);
  add_purge_command(account, chosen);
  add_allowance_commands(account, chosen);
  add_copy_commands(account, chosen);
  CLI::App& alias = add_group(app, {"alias", "Other addresses of accounts", ""});
  add_alias_commands(alias, chosen);
  add_alias_import_command(alias, chosen);
  add_device_commands(add_group(app, {"device", "Passwords for single devices of an account", ""}),
                      chosen);
  CLI::App& maildrop = add_group(app, {"maildrop", "What waits for its owner", ""});
  add_maildrop_commands(maildrop, chosen);
  add_check_commands(maildrop, chosen);
  add_stats_commands(maildrop, chosen);
  add_dump_commands(maildrop, chosen);
  add_export_commands(maildrop, chosen);
  add_repair_commands(maildrop, chosen);
  add_undelete_commands(maildrop, chosen);
  add_view_commands(maildrop, chosen);
  add_backup_commands(app, chosen);
  add_restore_commands(app, chosen);
  add_migrate_command(app, chosen);
  add_deliver_command(app, chosen);
  add_upkeep_command(app, chosen);
  add_queue_commands(app, chosen);
  add_history_command(app, chosen);
  add_journal_command(app, chosen);
  add_status_command(app, chosen);
  add_top_command(app, chosen);
  add_session_commands(add_group(app, {"session", "Who has a maildrop open now", ""}), chosen);
  add_who_command(app, chosen);
  add_reload_command(app, chosen);
  add_log_commands(add_group(app, {"log", "What the running server writes", ""}), chosen);
  add_autoconfig_command(app, chosen);
  add_page_command(app, chosen);
  add_selftest_command(app, chosen);
  add_generate_commands(app, chosen);
}

}  // namespace restante::ctl
