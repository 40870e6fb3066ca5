#include "restantectl/repair_commands.h"

#include "restantectl/check_selection.h"
#include "restantectl/progress.h"
#include "server/policy.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

struct Chosen {
  maildrop::Store* store = nullptr;
  SelectedMaildrop maildrop;
};

Result<Chosen> choose(Office& office, const std::string& name) {
  RESTANTE_TRY(const auto selected, select_maildrops(office, {{name}, false}));
  RESTANTE_TRY(auto* const store, office.store());
  return Chosen{store, selected[0]};
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

}  // namespace

Exit maildrop_repair(Office& office, const RepairOptions& options) {
  const auto chosen = choose(office, options.name);
  if (!chosen) return fail(chosen.error());
  Progress progress("repairing", office.out());
  progress.set_total(chosen->maildrop.bytes);
  const auto report = chosen->store->repair(chosen->maildrop.name, progress.pace());
  progress.finish();
  if (!report) return fail(report.error());
  const std::string aside = chosen->maildrop.paths.aside;
  if (office.out().json()) {
    json::array items;
    for (const auto& item : report->set_aside) items.push_back(to_json(item));
    office.out().print(json::object{
        {"name", chosen->maildrop.name}, {"set_aside", std::move(items)}, {"aside", aside}});
    return Exit::kOk;
  }
  for (const auto& item : report->set_aside) office.out().line(to_text(item));
  office.out().note(report->set_aside.empty() ? "restantectl: nothing to repair"
                                              : "restantectl: set aside, and kept in " + aside);
  return Exit::kOk;
}

Exit maildrop_upkeep(Office& office, const RepairOptions& options) {
  const auto chosen = choose(office, options.name);
  if (!chosen) return fail(chosen.error());
  const auto directory = office.directory();
  if (!directory) return fail(directory.error());
  const auto policy =
      server::upkeep_policy(office.config().maildrop, **directory, chosen->maildrop.name);
  if (!policy) return fail(policy.error());
  Progress progress("reclaiming", office.out());
  progress.set_total(chosen->maildrop.bytes);
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

}  // namespace restante::ctl
