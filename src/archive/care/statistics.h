// Counts and sums over the messages that a query means: by account, month, size or sender.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "archive/database/database.h"
#include "archive/search/query.h"
#include "base/result.h"

namespace restante::archive {

/// Months are those of the time zone (local_day.h).
enum class GroupBy : std::uint8_t { kAccount, kMonth, kSize, kSender };

struct Group {
  std::string name;  ///< "work", "2026-11", "up to 10k", "alice@example.com".
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
};

struct Statistics {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  std::uint64_t unread = 0;
  std::uint64_t with_attachment = 0;
  std::int64_t first_date = 0;  ///< 0: there is none.
  std::int64_t last_date = 0;
  /// Months and sizes ascending, with those in between that have none; accounts and senders with
  /// the most messages first, at most `groups_max`.
  std::vector<Group> groups;
};

/// Errors: kIo, kBusy, kCorrupt.
Result<Statistics> statistics(Database& database, const QueryNode& query, GroupBy by,
                              std::size_t groups_max);

/// The address in a From field, in lower case; the field itself when there is none.
std::string sender_of(std::string_view from);

}  // namespace restante::archive
