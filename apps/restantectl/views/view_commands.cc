// restantectl maildrop views, drop-view and set-role.
#include "restantectl/commands.h"
#include "restantectl/views/view_words.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

struct ViewOptions {
  std::string name;
  std::string view;
  std::string role;
};

Exit views(Office& office, const ViewOptions& options) {
  const auto name = office.maildrop_name(options.name);
  if (!name) return fail(name.error());
  const auto store = office.store();
  if (!store) return fail(store.error());
  const auto all = (*store)->views(*name);
  if (!all) return fail(all.error());
  if (office.out().json()) {
    json::array list;
    for (const auto& view : *all) list.push_back(to_json(view));
    office.out().print(json::object{{"name", *name}, {"views", std::move(list)}});
    return Exit::kOk;
  }
  Output::Table table;
  table.header = {"VIEW", "ROLE", "HOLDS", "LAST USED", "MESSAGES", "OCTETS"};
  for (const auto& view : *all)
    table.rows.push_back(
        {view.name, view.of_copy ? "copy" : std::string(maildrop::to_string(view.role)),
         holds_text(view), view.used ? to_rfc3339(*view.used) : "-",
         std::to_string(view.waiting.messages), std::to_string(view.waiting.octets)});
  office.out().print(table);
  return Exit::kOk;
}

/// Calls work(store, maildrop, view) and tells of it.
template <typename Work>
Exit change(Office& office, const ViewOptions& options, Work work) {
  const auto name = office.maildrop_name(options.name);
  if (!name) return fail(name.error());
  const auto store = office.store();
  if (!store) return fail(store.error());
  const auto view = find_view(**store, *name, options.view);
  if (!view) return fail(view.error());
  if (const Status may = refuse_view_of_copy(**store, *name, options.view); !may)
    return fail(may.error());
  if (const Status done = work(**store, *name, *view); !done) return fail(done.error());
  if (office.out().json())
    office.out().print(json::object{{"name", *name}, {"view", options.view}});
  return Exit::kOk;
}

Exit drop_view(Office& office, const ViewOptions& options) {
  if (options.view == maildrop::kDefaultName)
    return fail(Exit::kUsage,
                "the default view cannot be ended; set-role default reader lets "
                "nothing wait for it");
  return change(office, options,
                [](maildrop::Store& store, const std::string& name, maildrop::View view) {
                  return store.end_view(name, view);
                });
}

Exit set_role(Office& office, const ViewOptions& options) {
  const auto role = maildrop::parse_view_role(options.role);
  if (!role) return fail(Exit::kUsage, role.error().detail);
  return change(office, options,
                [&role](maildrop::Store& store, const std::string& name, maildrop::View view) {
                  return store.set_role(name, view, *role);
                });
}

}  // namespace

void add_view_commands(CLI::App& maildrop, Chosen& chosen) {
  const auto options = std::make_shared<ViewOptions>();
  CLI::App& list = add_command(maildrop, chosen,
                               {"views", "The views of a maildrop, and what each holds back",
                                "  restantectl maildrop views alice@example.com"},
                               [options](Office& office) { return views(office, *options); });
  CLI::App& drop = add_command(maildrop, chosen,
                               {"drop-view", "End a view: nothing waits for it any more",
                                "  restantectl maildrop drop-view alice@example.com phone"},
                               [options](Office& office) { return drop_view(office, *options); });
  CLI::App& role =
      add_command(maildrop, chosen,
                  {"set-role", "Say what a view's deletions mean, and whether mail waits for it",
                   "  restantectl maildrop set-role alice@example.com default main"},
                  [options](Office& office) { return set_role(office, *options); });
  for (CLI::App* const each : {&list, &drop, &role}) add_name(*each, options->name);
  for (CLI::App* const each : {&drop, &role})
    each->add_option("VIEW", options->view, "The view's name, or default")
        ->required()
        ->type_name("");
  role.add_option("ROLE", options->role, "each, main or reader")->required()->type_name("");
}

}  // namespace restante::ctl
