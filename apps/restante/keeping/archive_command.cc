#include "restante/keeping/archive_command.h"

#include "archive/database/archive_id.h"
#include "restante/frame/archive_claim.h"

namespace restante::cli {
namespace {

Exit run(Context& context, bool anew) {
  const archive::Path& path = context.profile().archive;
  const archive::Path marker = marker_of(context);
  if (!anew) {
    if (const Status claimed = claim_archive(context); !claimed) return fail(claimed.error());
  } else if (const auto begun = archive::begin_archive(path, marker); !begun) {
    return fail(begun.error());
  }
  const auto id = archive::id_of(path);
  if (!id) return fail(id.error());
  if (!context.out().text())
    context.out().print(
        {{"archive", path.string()}, {"id", id->value_or("")}, {"marker", marker.string()}});
  if (context.out().text()) context.out().line(path.string() + ": archive " + id->value_or(""));
  return Exit::kOk;
}

}  // namespace

void add_archive_commands(CLI::App& app, Chosen& chosen) {
  CLI::App& group = add_group(app, {"archive", "The folder that the mail is collected into", ""});
  const auto anew = std::make_shared<bool>(false);
  add_command(group, chosen,
              {"init", "Begin the configuration's archive, or say which one it is",
               "  restante archive init\n"
               "  restante archive init --new    # its disk is gone for good: begin once more\n"
               "A fetch begins the first archive by itself. Afterwards a marker in\n"
               "$XDG_STATE_HOME/restante/archives holds its id, and no other one is begun or "
               "used:\n"
               "an empty folder may be a disk that is not mounted. What is in the folder stays as "
               "it\n"
               "is. After --new, all that the servers still have comes, and is handed on, once "
               "more."},
              [anew](Context& context) { return run(context, *anew); })
      .add_flag("--new", *anew,
                "From now on it is what is in this folder, be it nothing; the one before is not "
                "missed");
}

}  // namespace restante::cli
