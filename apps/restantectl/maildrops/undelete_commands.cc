#include <algorithm>

#include "config/duration.h"
#include "restantectl/commands.h"
#include "restantectl/maildrops/check_selection.h"
#include "restantectl/views/view_words.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;
using maildrop::View;

struct UndeleteOptions {
  std::string name;
  std::string since;              ///< "2d": deleted in the last two days; empty: at any time.
  std::vector<std::string> uids;  ///< Empty: all.
  std::string view;
  bool dry_run = false;
};

bool is_meant(const maildrop::Store::Entry& entry, const maildrop::UndeleteRequest& request) {
  if (!entry.deleted_at || (request.since && *entry.deleted_at < *request.since)) return false;
  return request.uids.empty() || std::ranges::find(request.uids, entry.uid) != request.uids.end();
}

/// The unique ids that undelete would bring back.
Result<std::vector<std::string>> preview(maildrop::Store& store, const std::string& name, View view,
                                         const maildrop::UndeleteRequest& request) {
  RESTANTE_TRY(const auto entries, store.list(name, view));
  std::vector<std::string> uids;
  for (const auto& entry : entries)
    if (is_meant(entry, request)) uids.push_back(entry.uid);
  return uids;
}

Result<std::vector<std::string>> undelete(Office& office, const std::string& name,
                                          const UndeleteOptions& options) {
  maildrop::UndeleteRequest request;
  request.uids = options.uids;
  if (!options.since.empty()) {
    RESTANTE_TRY(const auto age, config::parse_duration(options.since));
    request.since = system_clock().now() - age;
  }
  RESTANTE_TRY(auto* const store, office.store());
  RESTANTE_TRY(const View view, find_view(*store, name, options.view));
  if (options.dry_run) return preview(*store, name, view, request);
  return store->undelete(name, view, request);
}

/// kNoUser when unique ids were given and none of them can come back.
Exit maildrop_undelete(Office& office, const UndeleteOptions& options) {
  if (const auto age = config::parse_duration(options.since); !options.since.empty() && !age)
    return fail(Exit::kUsage, "--since: " + age.error().detail);
  const auto selected = select_maildrops(office, {{options.name}, false});
  if (!selected) return fail(selected.error());
  const std::string& name = selected->front().name;
  const auto uids = undelete(office, name, options);
  if (!uids) return fail(uids.error());
  if (uids->empty() && !options.uids.empty())
    return fail(Exit::kNoUser, "no deleted message that could come back has such a unique id");
  office.details()["undeleted"] = json::array(uids->begin(), uids->end());
  if (office.out().json()) {
    office.out().print(json::object{{"name", name},
                                    {"dry_run", options.dry_run},
                                    {"undeleted", json::array(uids->begin(), uids->end())}});
    return Exit::kOk;
  }
  for (const std::string& uid : *uids) office.out().line(uid);
  if (uids->empty()) office.out().note("restantectl: nothing to bring back");
  return Exit::kOk;
}

}  // namespace

void add_undelete_commands(CLI::App& maildrop, Chosen& chosen) {
  const auto options = std::make_shared<UndeleteOptions>();
  CLI::App& made =
      add_command(maildrop, chosen,
                  {"undelete", "Bring deleted messages back",
                   "  restantectl maildrop undelete alice@example.com --since 2d --dry-run"},
                  [options](Office& office) { return maildrop_undelete(office, *options); });
  add_name(made, options->name);
  made.add_option("--since", options->since, "Only those deleted within this time, such as 2d")
      ->type_name("DURATION");
  made.add_option("--uid", options->uids, "Only these unique ids (UIDL)")->type_name("UID");
  made.add_option("--view", options->view, "Back into this view; without it the default one")
      ->type_name("VIEW");
  made.add_flag("--dry-run", options->dry_run, "Only say which");
}

}  // namespace restante::ctl
