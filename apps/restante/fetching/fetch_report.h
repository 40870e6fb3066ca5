// What a run of `restante fetch` came to, told to people and to programs.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "fetch/plan/report.h"
#include "restante/frame/context.h"

namespace restante::cli {

/// "work: 12 new (3.4 MiB), 2 deleted on the server"; "work: no new mail".
std::string summary(const fetch::Report& report, bool dry_run);
/// One line for each thing that the user should know: failures, notes, what ended the run.
std::vector<std::string> remarks(const fetch::Report& report);
/// What a dry run would do, one line a message.
std::vector<std::string> intentions(const fetch::Report& report);

boost::json::object to_json(const fetch::Report& report);

Exit to_exit(const fetch::Report& report);

/// Lines of jsonl: one for each new message, then the account's.
void print_lines(const Context& context, const fetch::Report& report);

}  // namespace restante::cli
