#include "disk/posix.h"
#include "maildrop/doors/backups.h"
#include "restantectl/commands.h"
#include "restantectl/maildrops/check_selection.h"
#include "restantectl/progress.h"
#include "server/common/policy.h"
#include "server/upkeep/clock_guard.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

struct RepairOptions {
  std::string name;
};

struct HealOptions {
  std::string name;
  std::string from;  ///< The folder of a backup.
};

struct OpenMaildrop {
  maildrop::Store* store = nullptr;
  SelectedMaildrop maildrop;
};

Result<OpenMaildrop> choose(Office& office, const std::string& name) {
  RESTANTE_TRY(const auto selected, select_maildrops(office, {{name}, false}));
  RESTANTE_TRY(auto* const store, office.store());
  return OpenMaildrop{store, selected[0]};
}

json::object to_json(const maildrop::SetAside& item) {
  return {{"offset", item.offset},
          {"bytes", item.bytes},
          {"what", item.what},
          {"sequence", item.sequence ? json::value(to_number(*item.sequence)) : json::value()},
          {"uid", item.uid ? json::value(*item.uid) : json::value()}};
}

std::string to_text(const maildrop::SetAside& item) {
  std::string line = "offset " + std::to_string(item.offset) + ", " + std::to_string(item.bytes) +
                     " bytes: " + item.what;
  if (item.sequence) line += ": sequence " + std::to_string(to_number(*item.sequence));
  if (item.uid) line += ", uid " + *item.uid;
  return line;
}

json::array to_json(const std::vector<maildrop::SetAside>& items) {
  json::array out;
  for (const auto& item : items) out.push_back(to_json(item));
  return out;
}

/// The copy of the maildrop in the backup.
Result<std::string> find_copy(const SelectedMaildrop& maildrop, const std::string& folder) {
  RESTANTE_TRY(auto copy, maildrop::find_in_backup(disk::posix_disk(), folder, maildrop.stored));
  if (!copy) return Error(Errc::kCorrupt, "the backup has no maildrop of " + maildrop.name);
  return std::move(*copy);
}

void print(const Office& office, const SelectedMaildrop& maildrop,
           const maildrop::HealReport& report) {
  if (office.out().json()) {
    office.out().print(json::object{{"name", maildrop.name},
                                    {"healed", to_json(report.healed)},
                                    {"left", to_json(report.left)}});
    return;
  }
  for (const auto& item : report.healed) office.out().line("healed: " + to_text(item));
  for (const auto& item : report.left) office.out().line("still damaged: " + to_text(item));
  if (report.healed.empty() && report.left.empty())
    office.out().note("restantectl: nothing is damaged");
  if (!report.healed.empty())
    office.out().note("restantectl: the damaged octets are kept in " + report.kept_in);
}

/// With a doubtful clock the server would delete nothing, and so does the command.
Status check_clock(const Office& office) {
  const auto good = server::load_good_time(office.config().data_dir / server::kClockFileName);
  const WallTime now = system_clock().now();
  if (!good || now <= *good + server::kClockJump) return ok();
  return Error(Errc::kTimeout, "the clock says " + to_rfc3339(now) +
                                   ", and a server ran here last at " + to_rfc3339(*good) +
                                   "; if it is right: restantectl upkeep --confirm-clock");
}

/// Sets damaged bytes aside, and prints which.
Exit maildrop_repair(Office& office, const RepairOptions& options) {
  const auto chosen = choose(office, options.name);
  if (!chosen) return fail(chosen.error());
  Progress progress("repairing", office.out());
  progress.set_total(chosen->maildrop.stored.bytes);
  const auto report = chosen->store->repair(chosen->maildrop.name, progress.pace());
  progress.finish();
  if (!report) return fail(report.error());
  if (office.out().json()) {
    office.out().print(json::object{{"name", chosen->maildrop.name},
                                    {"set_aside", to_json(report->set_aside)},
                                    {"aside", report->kept_in}});
    return Exit::kOk;
  }
  for (const auto& item : report->set_aside) office.out().line(to_text(item));
  office.out().note(report->set_aside.empty()
                        ? "restantectl: nothing to repair"
                        : "restantectl: set aside, and kept in " + report->kept_in);
  return Exit::kOk;
}

/// Replaces damaged messages by the very same octets of a backup, and prints which. 65: some are
/// left.
Exit maildrop_heal(Office& office, const HealOptions& options) {
  const auto chosen = choose(office, options.name);
  if (!chosen) return fail(chosen.error());
  const auto copy = find_copy(chosen->maildrop, options.from);
  if (!copy && copy.error().code == Errc::kCorrupt) return fail(Exit::kData, copy.error().detail);
  if (!copy) return fail(copy.error());
  Progress progress("healing", office.out());
  progress.set_total(chosen->maildrop.stored.bytes * 2);  // Each octet is read once and written
                                                          // once.
  const auto report = chosen->store->heal(chosen->maildrop.name, *copy, progress.pace());
  progress.finish();
  if (!report) return fail(report.error());
  print(office, chosen->maildrop, *report);
  return report->left.empty() ? Exit::kOk : Exit::kData;
}

/// Says that the machine's clock is right, so that retention and reclaiming go on.
Exit upkeep_clock(Office& office, bool confirmed) {
  if (!confirmed) return fail(Exit::kUsage, "--confirm-clock is required");
  const WallTime now = system_clock().now();
  const Status saved =
      server::save_good_time(office.config().data_dir / server::kClockFileName, now);
  if (!saved) return fail(saved.error());
  office.out().note("restantectl: " + to_rfc3339(now) +
                    " is right; a running server goes on with its next upkeep");
  return Exit::kOk;
}

/// Gives back the space of messages that are deleted for longer than the undelete window.
Exit maildrop_upkeep(Office& office, const RepairOptions& options) {
  if (const Status good = check_clock(office); !good) return fail(good.error());
  const auto chosen = choose(office, options.name);
  if (!chosen) return fail(chosen.error());
  const auto directory = office.directory();
  if (!directory) return fail(directory.error());
  const auto policy =
      server::upkeep_policy(office.config().maildrop, **directory, chosen->maildrop.name);
  if (!policy) return fail(policy.error());
  Progress progress("reclaiming", office.out());
  progress.set_total(chosen->maildrop.stored.bytes);
  const auto report = chosen->store->upkeep(chosen->maildrop.name, *policy, progress.pace());
  progress.finish();
  if (!report) return fail(report.error());
  if (office.out().json()) {
    office.out().print(json::object{{"name", chosen->maildrop.name},
                                    {"expired", report->expired},
                                    {"reclaimed_bytes", report->reclaimed_bytes}});
  } else {
    office.out().line("expired messages  " + std::to_string(report->expired));
    office.out().line("reclaimed bytes   " + std::to_string(report->reclaimed_bytes));
  }
  return Exit::kOk;
}

}  // namespace

void add_repair_commands(CLI::App& maildrop, Chosen& chosen) {
  const auto options = std::make_shared<RepairOptions>();
  add_name(add_command(maildrop, chosen,
                       {"repair", "Set damaged bytes aside; says which",
                        "  restantectl maildrop repair alice@example.com"},
                       [options](Office& office) { return maildrop_repair(office, *options); }),
           options->name);
  add_name(add_command(maildrop, chosen,
                       {"upkeep", "Give back the space of deleted messages now",
                        "  restantectl maildrop upkeep alice@example.com"},
                       [options](Office& office) { return maildrop_upkeep(office, *options); }),
           options->name);
  const auto heal = std::make_shared<HealOptions>();
  CLI::App& healing =
      add_command(maildrop, chosen,
                  {"heal", "Replace damaged messages by a backup's octets",
                   "  restantectl maildrop heal alice@example.com --from /srv/backup"},
                  [heal](Office& office) { return maildrop_heal(office, *heal); });
  add_name(healing, heal->name);
  healing.add_option("--from", heal->from, "The folder of a backup")->required()->type_name("DIR");
}

void add_upkeep_command(CLI::App& app, Chosen& chosen) {
  const auto confirm = std::make_shared<bool>(false);
  add_command(app, chosen,
              {"upkeep", "Say that the clock is right after it jumped ahead",
               "  restantectl upkeep --confirm-clock"},
              [confirm](Office& office) { return upkeep_clock(office, *confirm); })
      .add_flag("--confirm-clock", *confirm, "Retention and reclaiming go on");
}

}  // namespace restante::ctl
