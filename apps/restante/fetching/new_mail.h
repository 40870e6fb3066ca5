// New mail as events: an object for each message that a fetch has brought, for programs that follow
// `fetch --format jsonl`.
#pragma once

#include <boost/json/object.hpp>
#include <vector>

#include "archive/mailbox/files.h"
#include "fetch/plan/report.h"

namespace restante::cli {

/// In the order in which they came. Mail that does not stay in the archive has no file and may have
/// no number. Errors: kNotFound (no database), kBusy, kIo.
Result<std::vector<boost::json::object>> new_mail(const archive::Path& archive,
                                                  const fetch::Report& report);

}  // namespace restante::cli
