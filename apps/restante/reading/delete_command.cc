#include "restante/reading/delete_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "archive/care/removal.h"
#include "base/numbers.h"
#include "restante/reading/entry_list.h"

namespace restante::cli {
namespace {

struct DeleteOptions {
  std::vector<std::string> words;
  bool yes = false;
  bool dry_run = false;
};

bool is_confirmed(std::size_t count) {
  std::cerr << fmt::format("Delete {} from this disk? [y/N] ", counted(count, "message"))
            << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

/// Whether the next fetch passes the removal on to the server.
bool is_passed_on(const Context& context, const std::vector<archive::Entry>& entries) {
  for (const archive::Entry& entry : entries) {
    for (const profile::Account& account : context.profile().accounts) {
      if (account.name == entry.account && account.remove == profile::Delete::kWhenRemovedLocally)
        return true;
    }
  }
  return false;
}

Exit run(Context& context, const DeleteOptions& options) {
  const auto query = parse_words(options.words);
  if (!query) return Exit::kData;
  auto view = ArchiveView::open(context);
  if (!view) return fail(view.error());
  archive::SearchRequest request;
  request.limit = ~0ULL >> 1U;
  const auto found = view->search(**query, request);
  if (!found) return fail(found.error());
  std::vector<archive::Entry> entries;
  for (const archive::Entry& entry : found->entries) {
    if (!entry.removed) entries.push_back(entry);
  }
  if (entries.empty()) {
    context.out().note("no message fits");
    return Exit::kOk;
  }
  print_entries(context, *view, entries);
  if (is_passed_on(context, entries))
    context.out().note(
        "delete = \"when-removed-locally\": the next fetch deletes them on the "
        "server, too");
  if (options.dry_run) return Exit::kOk;
  if (!options.yes && (::isatty(STDIN_FILENO) != 1 || ::isatty(STDERR_FILENO) != 1))
    return fail(Exit::kUsage,
                "there is no terminal to ask at: write --yes to delete them, or --dry-run");
  std::cout.flush();
  if (!options.yes && !is_confirmed(entries.size()))
    return fail(Exit::kUsage, "nothing was deleted");
  const auto removed = archive::remove_messages(view->database(), view->path(), entries);
  if (!removed) return fail(removed.error());
  context.out().note(counted(*removed, "message") +
                     " deleted; \"restante reindex\" takes their words out of the index, too");
  return Exit::kOk;
}

}  // namespace

void add_delete_command(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<DeleteOptions>();
  CLI::App& made = add_command(app, chosen,
                               {"delete", "Delete messages from this disk, after asking",
                                "  restante delete id:42\n"
                                "  restante delete account:old date:..2015 --dry-run"},
                               [options](Context& context) { return run(context, *options); });
  made.add_option("QUERY", options->words, "Which: see restante search --help")
      ->required()
      ->type_name("");
  made.add_flag("-y,--yes", options->yes, "Do not ask");
  made.add_flag("--dry-run", options->dry_run, "Only list them");
}

}  // namespace restante::cli
