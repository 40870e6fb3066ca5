#include "fetch/state/imported_mail.h"

#include "mail/header_fields.h"

#include <algorithm>

namespace restante::fetch {
namespace {

/// The header's octets on the wire, with the empty line; with LF lines, one less for each.
struct HeaderSize {
  explicit HeaderSize(std::string_view header)
      : lines(static_cast<std::uint64_t>(std::count(header.begin(), header.end(), '\n')) + 1),
        octets(header.size() + 1 + lines) {}
  std::uint64_t lines;
  std::uint64_t octets;
};

bool fits(std::uint64_t octets, const HeaderSize& header, const archive::Outline& outline) {
  const auto is_body = [&](std::uint64_t header_octets) {
    return octets >= header_octets && archive::is_plausible(octets - header_octets, outline);
  };
  // A server may count lines with LF alone, and the header's as well as the body's.
  return is_body(header.octets) || is_body(header.octets - header.lines);
}

}  // namespace

Result<ImportedMail> ImportedMail::load(archive::Database& database, std::string account) {
  ImportedMail mail(database, std::move(account));
  RESTANTE_TRY(archive::Statement rows,
               database.prepare("SELECT DISTINCT message_id, date, body_octets, body_lines, sha256 "
                                "FROM imported WHERE account = ?1"));
  rows.bind(1, mail.account_);
  for (;;) {
    RESTANTE_TRY(const bool more, rows.step());
    if (!more) return mail;
    archive::Outline outline{std::string(rows.text(0)), std::string(rows.text(1)),
                             static_cast<std::uint64_t>(rows.number(2)),
                             static_cast<std::uint64_t>(rows.number(3))};
    std::string id = outline.message_id;
    mail.by_id_.emplace(std::move(id), Candidate{std::move(outline), std::string(rows.text(4))});
  }
}

bool ImportedMail::take(std::uint64_t octets, std::string_view header) {
  any_asked_ = true;
  const std::string id = mail::header_field(header, "Message-ID");
  if (id.empty()) return false;
  const std::string date = mail::header_field(header, "Date");
  const HeaderSize size(header);
  const auto [begin, end] = by_id_.equal_range(id);
  for (auto each = begin; each != end; ++each) {
    const Candidate& candidate = each->second;
    // Id, date and size together: an id alone is copied by lists and resends.
    if (candidate.outline.date != date || !fits(octets, size, candidate.outline)) continue;
    taken_.push_back(candidate.sha256);
    any_taken_ = true;
    by_id_.erase(each);
    return true;
  }
  return false;
}

Status ImportedMail::settle(bool at_the_end) {
  // None of it is on this server: what was imported came from elsewhere, and would be looked for in
  // every run.
  const bool all = at_the_end && any_asked_ && !any_taken_ && !by_id_.empty();
  if (taken_.empty() && !all) return ok();
  RESTANTE_TRY(const auto transaction, database_->begin());
  RESTANTE_CHECKED(all ? forget_all() : forget_taken());
  RESTANTE_CHECKED(transaction->commit());
  taken_.clear();
  if (all) by_id_.clear();
  return ok();
}

Status ImportedMail::forget_all() {
  RESTANTE_TRY(archive::Statement forget,
               database_->prepare("DELETE FROM imported WHERE account = ?1"));
  forget.bind(1, account_);
  return forget.run();
}

/// In one walk over the account's rows: they have no index by checksum.
Status ImportedMail::forget_taken() {
  RESTANTE_CHECKED(
      // In the temp database: nothing of it is written into the archive's file.
      database_->run("CREATE TEMP TABLE IF NOT EXISTS taken (sha256 TEXT PRIMARY KEY)"));
  RESTANTE_CHECKED(database_->run("DELETE FROM temp.taken"));
  RESTANTE_TRY(archive::Statement note,
               database_->prepare("INSERT OR IGNORE INTO temp.taken VALUES (?1)"));
  for (const std::string& sha256 : taken_) {
    note.bind(1, sha256);
    RESTANTE_CHECKED(note.run());
  }
  RESTANTE_TRY(archive::Statement forget,
               database_->prepare("DELETE FROM imported WHERE account = ?1 AND sha256 IN "
                                  "(SELECT sha256 FROM temp.taken)"));
  forget.bind(1, account_);
  return forget.run();
}

}  // namespace restante::fetch
