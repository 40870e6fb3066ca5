// Which messages a query means, as a set. Each thing that can be asked for is answered by an index
// of its own (schema.cc); no row of a message is read. Not in order: date_order.h and ranking.h.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "archive/database/database.h"
#include "archive/database/id_set.h"
#include "archive/search/query.h"
#include "base/result.h"

namespace restante::archive {

struct Selected {
  IdSet ids;
  /// How many messages each text fits, by match_of(TextTerm): rare words say more.
  std::map<std::string, std::uint64_t> fits;
};

using Runs = std::vector<std::pair<std::int64_t, std::int64_t>>;
/// The runs of numbers in which the index of texts is asked for these: few, and not much longer.
Runs text_runs(const IdSet& ids);

/// Of all messages, or of those in `among` (null: all). Removed messages are in it only when the
/// query speaks of them. Errors: kIo, kBusy, kCorrupt.
Result<Selected> select(Database& database, const QueryNode& query, const IdSet* among = nullptr);

}  // namespace restante::archive
