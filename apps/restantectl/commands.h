// The whole command line: what restantectl --help shows. Each function below adds the commands of
// the source that is named like it.
#pragma once

#include "restantectl/command.h"

namespace restante::ctl {

struct GlobalOptions {
  std::string config;
  std::string format = "text";
  bool quiet = false;
};

/// The program's own options and all its commands. `options` and `chosen` must outlive the parsing.
void add_everything(CLI::App& app, GlobalOptions& options, Chosen& chosen);

void add_account_commands(CLI::App& account, Chosen& chosen);
void add_account_test_command(CLI::App& account, Chosen& chosen);
void add_import_command(CLI::App& account, Chosen& chosen);
void add_rename_command(CLI::App& account, Chosen& chosen);
void add_route_command(CLI::App& account, Chosen& chosen);
void add_purge_command(CLI::App& account, Chosen& chosen);
void add_allowance_commands(CLI::App& account, Chosen& chosen);
void add_copy_commands(CLI::App& account, Chosen& chosen);
void add_alias_commands(CLI::App& alias, Chosen& chosen);
void add_alias_import_command(CLI::App& alias, Chosen& chosen);
void add_device_commands(CLI::App& device, Chosen& chosen);
void add_maildrop_commands(CLI::App& maildrop, Chosen& chosen);
void add_check_commands(CLI::App& maildrop, Chosen& chosen);
void add_stats_commands(CLI::App& maildrop, Chosen& chosen);
void add_dump_commands(CLI::App& maildrop, Chosen& chosen);
void add_export_commands(CLI::App& maildrop, Chosen& chosen);
void add_repair_commands(CLI::App& maildrop, Chosen& chosen);
void add_undelete_commands(CLI::App& maildrop, Chosen& chosen);
void add_view_commands(CLI::App& maildrop, Chosen& chosen);
void add_backup_commands(CLI::App& app, Chosen& chosen);
void add_restore_commands(CLI::App& app, Chosen& chosen);
void add_migrate_command(CLI::App& app, Chosen& chosen);
void add_deliver_command(CLI::App& app, Chosen& chosen);
void add_upkeep_command(CLI::App& app, Chosen& chosen);
void add_selftest_command(CLI::App& app, Chosen& chosen);
void add_queue_commands(CLI::App& app, Chosen& chosen);
void add_history_command(CLI::App& app, Chosen& chosen);
void add_journal_command(CLI::App& app, Chosen& chosen);
void add_status_command(CLI::App& app, Chosen& chosen);
void add_session_commands(CLI::App& session, Chosen& chosen);
void add_who_command(CLI::App& app, Chosen& chosen);
void add_top_command(CLI::App& app, Chosen& chosen);
void add_reload_command(CLI::App& app, Chosen& chosen);
void add_log_commands(CLI::App& log, Chosen& chosen);
void add_autoconfig_command(CLI::App& app, Chosen& chosen);
void add_page_command(CLI::App& app, Chosen& chosen);
void add_generate_commands(CLI::App& app, Chosen& chosen);

}  // namespace restante::ctl
