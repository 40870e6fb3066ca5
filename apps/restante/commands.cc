#include "restante/commands.h"

#include "restante/accounts/account_add_command.h"
#include "restante/accounts/account_change_commands.h"
#include "restante/accounts/account_edit_command.h"
#include "restante/accounts/account_list_command.h"
#include "restante/accounts/account_login_command.h"
#include "restante/accounts/account_test_command.h"
#include "restante/accounts/probe_command.h"
#include "restante/fetching/fetch_command.h"
#include "restante/fetching/status_command.h"
#include "restante/generate_commands.h"
#include "restante/keeping/archive_command.h"
#include "restante/keeping/backup_command.h"
#include "restante/keeping/export_command.h"
#include "restante/keeping/verify_command.h"
#include "restante/reading/attachments_command.h"
#include "restante/reading/delete_command.h"
#include "restante/reading/list_command.h"
#include "restante/reading/quarantine_command.h"
#include "restante/reading/queue_command.h"
#include "restante/reading/show_command.h"
#include "restante/reading/stats_command.h"
#include "restante/reading/thread_command.h"

namespace restante::cli {
namespace {

constexpr const char* kFooter =
    "Data goes to stdout, talk to stderr. `restante COMMAND --help` says more, with examples.\n"
    "Exit codes: 0 done (also: no new mail), 1 some account or message failed, 64 usage,\n"
    "65 bad data, 66 no such account or message, 68 unknown host, 69 server unavailable or "
    "paused,\n"
    "70 a bug, 73 cannot create, 74 disk, 75 try again, 76 protocol, 77 login or certificate\n"
    "refused, 78 configuration, 130 interrupted.";

}  // namespace

void add_everything(CLI::App& app, GlobalOptions& options, Chosen& chosen) {
  app.footer(kFooter);
  app.require_subcommand(1);
  app.set_version_flag("--version", "restante " RESTANTE_VERSION);
  app.add_option("--config", options.config,
                 "The configuration; default: ~/.config/restante/restante.toml")
      ->type_name("FILE");
  app.add_option("--format", options.format, "How data is printed: text (default), json or jsonl")
      ->check(CLI::IsMember({"text", "json", "jsonl"}))
      ->type_name("FORMAT");
  app.add_flag("-q,--quiet", options.quiet, "No talk: only data and errors");
  app.add_flag("--no-pager", options.no_pager, "Long text straight to the terminal");
  chosen.app = &app;
  add_fetch_command(app, chosen);
  add_status_command(app, chosen);
  add_list_command(app, chosen);
  add_show_command(app, chosen);
  add_thread_command(app, chosen);
  add_attachments_command(app, chosen);
  add_export_command(app, chosen);
  add_import_command(app, chosen);
  add_print_command(app, chosen);
  add_delete_command(app, chosen);
  add_quarantine_commands(app, chosen);
  add_queue_commands(app, chosen);
  add_stats_command(app, chosen);
  add_verify_command(app, chosen);
  add_reindex_command(app, chosen);
  add_dedupe_command(app, chosen);
  add_archive_commands(app, chosen);
  add_backup_command(app, chosen);
  add_restore_command(app, chosen);
  CLI::App& account = add_group(app, {"account", "The accounts that mail is collected from", ""});
  add_account_add_command(account, chosen);
  add_account_edit_commands(account, chosen);
  add_account_list_command(account, chosen);
  add_account_login_command(account, chosen);
  add_account_test_command(account, chosen);
  add_account_change_commands(account, chosen);
  add_probe_command(app, chosen);
  add_generate_commands(app, chosen);
}

}  // namespace restante::cli
