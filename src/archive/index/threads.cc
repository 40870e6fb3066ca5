#include "archive/index/threads.h"

#include <algorithm>
#include <utility>

#include "archive/mailbox/sha256.h"
#include "base/ascii.h"

namespace restante::archive {
// 60 bits of the id's SHA-256: senders choose ids, and must not be able to choose who they meet.
std::int64_t hash_of_message_id(std::string_view message_id) {
  std::int64_t hash = 0;
  for (const char c : sha256_of(message_id).substr(0, 15))
    hash = hash * 16 + (is_digit(c) ? c - '0' : c - 'a' + 10);
  return hash;
}

Result<Threads> Threads::open(Database& database) {
  Threads threads;
  RESTANTE_CHECKED(
      database.prepare("SELECT thread FROM thread_ids WHERE id_hash = ?1", threads.find_));
  RESTANTE_CHECKED(
      database.prepare("INSERT INTO thread_ids (id_hash, thread) VALUES (?1, ?2) "
                       "ON CONFLICT (id_hash) DO UPDATE SET thread = ?2",
                       threads.note_));
  RESTANTE_CHECKED(
      database.prepare("UPDATE thread_ids SET thread = ?2 WHERE thread = ?1", threads.move_ids_));
  RESTANTE_CHECKED(database.prepare("UPDATE messages SET thread = ?2 WHERE thread = ?1",
                                    threads.move_messages_));
  return threads;
}

Result<std::int64_t> Threads::place(std::int64_t id, std::string_view message_id,
                                    const std::vector<std::string>& references) {
  std::vector<std::int64_t> hashes;
  if (!message_id.empty()) hashes.push_back(hash_of_message_id(message_id));
  for (const std::string& reference : references) hashes.push_back(hash_of_message_id(reference));
  std::vector<std::int64_t> met;
  for (const std::int64_t hash : hashes) {
    const ResetAtEnd reset(find_);
    find_.bind(1, hash);
    RESTANTE_TRY(const bool known, find_.step());
    if (known) met.push_back(find_.number(0));
  }
  const std::int64_t thread = met.empty() ? id : *std::min_element(met.begin(), met.end());
  for (const std::int64_t other : met) {
    if (other != thread) RESTANTE_CHECKED(move(other, thread));
  }
  for (const std::int64_t hash : hashes) {
    note_.bind(1, hash);
    note_.bind(2, thread);
    RESTANTE_CHECKED(note_.run());
  }
  return thread;
}

Status Threads::move(std::int64_t from, std::int64_t to) {
  for (Statement* const each : {&move_ids_, &move_messages_}) {
    each->bind(1, from);
    each->bind(2, to);
    RESTANTE_CHECKED(each->run());
  }
  return ok();
}

}  // namespace restante::archive
