#include "archive/exchange/import/intake.h"

#include <algorithm>
#include <chrono>
#include <iterator>

#include "archive/database/message_numbers.h"
#include "base/clock.h"

namespace restante::archive {
namespace {

// Messages that are synced together. Each group costs a transaction of outlines, which writes some
// pages whole however few rows they got.
constexpr std::size_t kBatch = 256;

/// How many rows go into a transaction. Their keys are checksums: each row changes a page of its
/// own of an index, so that few at a time would write the index again and again as it grows. Half
/// of what is there writes it some three times in all. The most bounds how long others wait for the
/// database.
std::size_t rows_together(std::size_t messages) {
  return std::clamp<std::size_t>(messages / 2, 1024, 65536);
}

std::int64_t now() {
  return std::chrono::floor<std::chrono::seconds>(system_clock().now()).time_since_epoch().count();
}

}  // namespace

Result<std::unique_ptr<Intake>> Intake::open(const Path& archive, std::string_view account) {
  RESTANTE_TRY(AccountLock lock, AccountLock::take(archive, account));
  RESTANTE_TRY(Mailbox mailbox, Mailbox::open(archive, account, Create::kYes));
  RESTANTE_TRY(Database database, Database::open(archive, Access::kCreate));
  RESTANTE_CHECKED(database.run(kLargeCache));
  std::unique_ptr<Intake> intake(
      new Intake(std::move(lock), std::move(database), std::move(mailbox)));
  RESTANTE_TRY(Catalog catalog, Catalog::open(intake->database_));
  intake->catalog_ = std::make_unique<Catalog>(std::move(catalog));
  RESTANTE_CHECKED(
      intake->database_.prepare("INSERT INTO imported "
                                "(account, sha256, message_id, date, body_octets, body_lines) "
                                "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                                intake->outline_));
  return intake;
}

void Intake::enter(const std::string& folder) {
  const auto is_it = [&](const ImportedFolder& each) { return each.name == folder; };
  const auto found = std::find_if(folders_.rbegin(), folders_.rend(), is_it);
  if (found != folders_.rend()) {
    folder_ = static_cast<std::size_t>(folders_.rend() - found) - 1;
    return;
  }
  folder_ = folders_.size();
  folders_.emplace_back().name = folder;
}

ImportedFolder& Intake::counts() {
  if (folders_.empty()) folders_.emplace_back();
  return folders_[folder_];
}

void Intake::refuse(const std::string& name, std::string_view why) {
  ++counts().refused;
  fail(Error(Errc::kSyntax, name + ": " + std::string(why) + "; left out"));
}

void Intake::fail(const Error& error) {
  ++counts().failed;
  if (on_failure) on_failure(error);
}

Status Intake::take(std::unique_ptr<Incoming> incoming, std::uint64_t octets, const Told& told,
                    Outline outline) {
  static_cast<void>(counts());
  if (const auto arrived = credible_arrival(told, outline.date, now()))
    incoming->set_arrived(*arrived);
  batch_.push_back({std::move(incoming), told.flags, std::move(outline), folder_});
  if (on_message && !on_message(octets)) stopped_ = true;
  return batch_.size() < kBatch ? ok() : flush();
}

Status Intake::flush() {
  if (batch_.empty()) return ok();
  std::vector<Waiting> batch;
  batch.swap(batch_);
  std::vector<std::unique_ptr<Incoming>> messages;
  for (Waiting& each : batch) messages.push_back(std::move(each.incoming));
  RESTANTE_TRY(std::vector<Kept> kept, mailbox_.keep(std::move(messages)));
  for (std::size_t i = 0; i < kept.size(); ++i) {
    ImportedFolder& folder = folders_[batch[i].folder];
    (kept[i].was_there ? folder.there : folder.added) += 1;
    if (kept[i].was_there || batch[i].flags.empty()) continue;
    // After the group is durable: flags that a crash loses are a nuisance, a message that it loses
    // is not.
    RESTANTE_TRY(const Place place, mailbox_.set_flags(kept[i].sha256, batch[i].flags));
    kept[i].name = place.name;
    kept[i].folder = place.folder;
  }
  // An outline is nowhere else; its table only grows, so that few at a time cost little.
  RESTANTE_TRY(const auto transaction, database_.begin());
  for (std::size_t i = 0; i < kept.size(); ++i)
    RESTANTE_CHECKED(note_outline(kept[i], batch[i].outline));
  RESTANTE_CHECKED(transaction->commit());
  std::move(kept.begin(), kept.end(), std::back_inserter(kept_));
  return kept_.size() < rows_together(mailbox_.size()) ? ok() : note_kept();
}

Status Intake::note_kept() {
  if (kept_.empty()) return ok();
  RESTANTE_TRY(const auto transaction, database_.begin());
  for (const Kept& kept : kept_) RESTANTE_CHECKED(catalog_->note_kept(mailbox_.account(), kept));
  kept_.clear();
  return transaction->commit();
}

Status Intake::note_outline(const Kept& kept, const Outline& outline) {
  // Date and size alone fit many messages: without an id none is recognised by them.
  if (outline.message_id.empty()) return ok();
  outline_.bind(1, mailbox_.account());
  outline_.bind(2, kept.sha256);
  outline_.bind(3, outline.message_id);
  outline_.bind(4, outline.date);
  outline_.bind(5, static_cast<std::int64_t>(outline.body_octets));
  outline_.bind(6, static_cast<std::int64_t>(outline.body_lines));
  return outline_.run();
}

/// Of what was imported more than once the last one counts.
Status Intake::drop_doubles() {
  RESTANTE_TRY(Statement drop,
               database_.prepare("DELETE FROM imported WHERE account = ?1 AND id NOT IN (SELECT "
                                 "max(id) FROM imported WHERE account = ?1 GROUP BY sha256)"));
  drop.bind(1, mailbox_.account());
  return drop.run();
}

Status Intake::finish() {
  RESTANTE_CHECKED(flush());
  RESTANTE_CHECKED(note_kept());
  RESTANTE_CHECKED(drop_doubles());
  RESTANTE_TRY(const Changes changes, synchronize(database_, mailbox_));
  static_cast<void>(changes);
  return keep_numbers(database_, mailbox_.folder().parent_path());
}

}  // namespace restante::archive
