// The plots of the page, from the history.
#pragma once

#include <functional>
#include <vector>

#include "base/result.h"
#include "server/page/facts.h"

namespace restante::server::page {

/// What History::read() gives for a query.
using ReadHistory = std::function<Result<std::vector<history::Point>>(const history::Query& query)>;

/// Retrieval, logins, octets, deletions, deliveries and storage. Errors: as `read`.
Result<std::vector<Figure>> figures_of(const ReadHistory& read, Range range, WallTime now);

}  // namespace restante::server::page
