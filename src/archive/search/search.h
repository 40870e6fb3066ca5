// Finds messages: a query's tree against the index, in pages, by date or by how well they fit. It
// reads only the database; snippets come from the messages' files.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "archive/database/database.h"
#include "archive/index/same_message.h"
#include "archive/mailbox/files.h"
#include "archive/search/query.h"
#include "base/result.h"

namespace restante::archive {

/// A message as lists show it.
struct Entry {
  std::int64_t id = 0;  ///< Its number: stays while the database is not made anew.
  std::string account;
  std::string sha256;
  std::uint32_t copy = 1;  ///< Of messages with the same octets, which one (message_key.h).
  std::string name;        ///< "cur/…" or "new/…", below the account's folder.
  std::string flags;
  std::uint64_t size = 0;  ///< Octets as received.
  std::int64_t date = 0;   ///< Unix seconds: the Date field, or when it arrived.
  std::int64_t arrived = 0;
  std::string subject;
  std::string from;
  std::string to;
  std::string message_id;
  std::int64_t thread = 0;
  bool has_attachment = false;
  bool removed = false;
  bool foreign = false;
  /// 0 not indexed yet, 1 whole, 2 partly, 3 given up.
  int indexed = 0;
  /// Where it fits (snippets.h), with kMarkStart and kMarkEnd around what fits; empty when not
  /// asked for.
  std::string snippet;
  /// Itself, and what other accounts have of it (same_message.h); empty when not asked for.
  std::vector<Copy> copies;
};

/// Nothing else in a snippet is one of them.
inline constexpr char kMarkStart = '\x02';
inline constexpr char kMarkEnd = '\x03';

enum class Order : std::uint8_t { kNewest, kOldest, kRank };

struct SearchRequest {
  Order order = Order::kNewest;
  std::uint64_t limit = 20;
  std::uint64_t offset = 0;
  bool snippets = false;
  /// A message that several accounts have is found once; Entry::copies tells of the others.
  bool copies_as_one = false;
  bool octets = false;  ///< Found::octets is wanted.
};

struct Found {
  std::uint64_t total = 0;
  std::uint64_t octets = 0;  ///< Of all messages of the page, when they were asked for.
  /// There may be more than `total`: the page was full before all messages had been looked at.
  bool is_least = false;
  std::vector<Entry> entries;
};

/// Removed messages are found only when the query speaks of them. A phrase costs the more the
/// commoner its words are, and is therefore looked for among the newest (or oldest) messages first;
/// the page is the same. Errors: kIo, kBusy, kCorrupt.
Result<Found> search(Database& database, const Path& archive, const QueryNode& query,
                     const SearchRequest& request);

/// What is found, some hundred at a time, in order: a list of any length takes the room of one
/// piece. `visit` may change what it is given; an error of it ends the search, and is returned.
using VisitEntries = std::function<Status(const Found& counts, std::span<Entry> piece)>;

/// As search(), but for Found::entries, which stays empty. `visit` is called once when nothing
/// fits.
Result<Found> search_in_pieces(Database& database, const Path& archive, const QueryNode& query,
                               const SearchRequest& request, const VisitEntries& visit);

/// One message by its number. Errors: kNotFound, kIo.
Result<Entry> entry_of(Database& database, std::int64_t id);

/// Its file. It may be gone since the last look.
Path file_of(const Path& archive, const Entry& entry);

}  // namespace restante::archive
