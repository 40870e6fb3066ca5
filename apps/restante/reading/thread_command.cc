#include "restante/reading/thread_command.h"

#include "console/pager.h"
#include "restante/reading/entry_list.h"

namespace restante::cli {
namespace {

Exit run(Context& context, const std::string& id) {
  auto view = ArchiveView::open(context);
  if (!view) return fail(view.error());
  const auto entry = view->find_one(id);
  if (!entry) return fail(entry.error());
  const archive::QueryNode query{archive::ThreadTerm{entry->thread}};
  archive::SearchRequest request;
  request.order = archive::Order::kOldest;
  request.limit = 10'000;
  request.copies_as_one = true;
  const auto found = view->search(query, request);
  if (!found) return fail(found.error());
  {
    const console::Pager pager(context.pager());
    print_entries(context, *view, found->entries);
  }
  tell_gone(context, *view);
  return Exit::kOk;
}

}  // namespace

void add_thread_command(CLI::App& app, Chosen& chosen) {
  const auto id = std::make_shared<std::string>();
  add_command(app, chosen,
              {"thread", "The conversation that a message belongs to, oldest first",
               "  restante thread 42"},
              [id](Context& context) { return run(context, *id); })
      .add_option("ID", *id, "A number, Message-ID, or beginning of a checksum")
      ->required()
      ->type_name("");
}

}  // namespace restante::cli
