#include "fetch/run/passing.h"

#include <fmt/format.h>

#include <algorithm>

#include "archive/mailbox/message_key.h"
#include "base/numbers.h"

namespace restante::fetch {
namespace {

constexpr std::string_view kPassing =
    "SELECT sha256, copy FROM messages WHERE account = ?1 AND passing = 1 AND removed = 0";
constexpr std::string_view kRemove =
    "UPDATE messages SET removed = 1 WHERE account = ?1 AND sha256 = ?2 AND copy = ?3";
constexpr std::string_view kStays =
    "SELECT 1 FROM messages WHERE account = ?1 AND sha256 = ?2 AND removed = 0";

/// Messages that are here and yet to go on, by the queue's name for them.
Result<std::vector<std::string>> passing(Run& run) {
  RESTANTE_TRY(archive::Statement rows, run.local.database().prepare(kPassing));
  rows.bind(1, run.options.account.name);
  std::vector<std::string> keys;
  for (;;) {
    RESTANTE_TRY(const bool more, rows.step());
    if (!more) return keys;
    keys.push_back(archive::message_key(rows.text(0), static_cast<std::uint32_t>(rows.number(1))));
  }
}

Status mark_removed(Run& run, const std::vector<std::string>& keys) {
  RESTANTE_TRY(const auto transaction, run.local.database().begin());
  RESTANTE_TRY(archive::Statement remove, run.local.database().prepare(kRemove));
  for (const std::string& key : keys) {
    remove.bind(1, run.options.account.name);
    remove.bind(2, archive::content_of(key));
    remove.bind(3, std::int64_t{archive::copy_of(key)});
    RESTANTE_CHECKED(remove.run());
  }
  return transaction->commit();
}

/// The file goes with the last message that has it.
Status remove_file(Run& run, std::string_view sha256) {
  RESTANTE_TRY(archive::Statement others, run.local.database().prepare(kStays));
  others.bind(1, run.options.account.name);
  others.bind(2, sha256);
  RESTANTE_TRY(const bool stays, others.step());
  const auto place = run.local.mailbox().find(sha256);
  return stays || !place ? ok() : run.local.mailbox().remove(*place);
}

}  // namespace

Status remove_passed(Run& run, HandOnQueue& queue, const std::vector<std::string>& destinations) {
  RESTANTE_TRY(std::vector<std::string> keys, passing(run));
  if (keys.empty()) return ok();
  const FinishedAt at = run.options.account.envelope.empty() ? FinishedAt::kAll : FinishedAt::kAny;
  RESTANTE_TRY(const std::vector<std::string> finished, queue.finished(destinations, at));
  // By content: of two messages with the same octets both are finished, or neither.
  std::erase_if(keys, [&](const std::string& key) {
    return !std::binary_search(finished.begin(), finished.end(), archive::content_of(key));
  });
  if (keys.empty()) return ok();
  // A file whose rows say "removed" and that is there all the same counts as there again, so that
  // it is removed by the next run.
  RESTANTE_CHECKED(mark_removed(run, keys));
  // Rows first: a file without one is found again, a row without its file would be told as lost.
  for (const std::string& key : keys) RESTANTE_CHECKED(remove_file(run, archive::content_of(key)));
  // A look at the Maildir in between took them for back, or for lost. A file that is there has kept
  // its row, too.
  std::vector<std::string> away = keys;
  std::erase_if(away, [&](const std::string& key) {
    return run.local.mailbox().find(archive::content_of(key)).has_value();
  });
  RESTANTE_CHECKED(mark_removed(run, away));
  run.note(fmt::format(
      "{} left the archive (keep_in_archive)",
      counted(keys.size(), "message was handed on and has", "messages were handed on and have")));
  return ok();
}

}  // namespace restante::fetch
