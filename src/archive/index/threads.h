// Which messages belong together: those that name each other in Message-ID, In-Reply-To and
// References (RFC 5322 s.3.6.4), in any order of coming and over all accounts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "archive/database/database.h"
#include "base/result.h"

namespace restante::archive {

/// The key of a Message-ID (without <>) in the table thread_ids.
std::int64_t hash_of_message_id(std::string_view message_id);

/// Used inside a transaction of the database that it was made for.
class Threads {
 public:
  static Result<Threads> open(Database& database);

  /// The thread of message `id`: that of any message it names or that names it; threads that it
  /// joins become one. A message without ids is a thread of its own. Errors: kIo, kFull.
  Result<std::int64_t> place(std::int64_t id, std::string_view message_id,
                             const std::vector<std::string>& references);

 private:
  Threads() = default;
  Status move(std::int64_t from, std::int64_t to);

  Statement find_;
  Statement note_;
  Statement move_ids_;
  Statement move_messages_;
};

}  // namespace restante::archive
