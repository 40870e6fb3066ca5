#include "archive/verify.h"

#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "archive/file_name.h"
#include "archive/held_mail.h"
#include "archive/stored_message.h"

namespace restante::archive {
namespace {

constexpr const char* kFolders[] = {"new", "cur"};
// What the database knows of an account's mail, and of what it has in the quarantine.
constexpr const char* kMessages =
    "SELECT sha256, name, foreign_file FROM messages WHERE account = ?1 AND removed IN (0, 2)";
constexpr const char* kHeld = "SELECT sha256, 'new', 0 FROM held WHERE account = ?1";

Result<std::uint64_t> bytes_in(const Path& maildir) {
  std::uint64_t bytes = 0;
  for (const char* const part : kFolders) {
    RESTANTE_TRY(const auto names, names_in(maildir / part));
    for (const std::string& name : names) {
      const auto parsed = parse_file_name(name);
      if (parsed) bytes += parsed->bytes;
      if (parsed || name.starts_with('.')) continue;
      if (const auto stamp = stamp_of(maildir / part / name)) bytes += stamp->bytes;
    }
  }
  return bytes;
}

class Verifying {
 public:
  Verifying(const Path& archive, Database* database,
            const std::function<void(const Finding&)>& on_finding,
            const std::function<bool(std::uint64_t)>& read)
      : archive_(archive), database_(database), on_finding_(on_finding), read_(read) {}

  Result<Verified> run(const std::vector<std::string>& accounts) {
    for (const std::string& account : accounts) {
      RESTANTE_CHECKED(check_account(account));
      if (stopped_) break;
    }
    return verified_;
  }

 private:
  Status check_account(const std::string& account) {
    account_ = account;
    RESTANTE_CHECKED(check_maildir(archive_ / account_folder(account), kMessages));
    const Path held = quarantine_folder(archive_) / account_folder(account);
    std::error_code ignored;
    if (stopped_ || !std::filesystem::is_directory(held, ignored)) return ok();
    return check_maildir(held, kHeld);
  }

  Status check_maildir(const Path& folder, const char* known) {
    seen_.clear();
    known_.clear();
    foreign_.clear();
    if (database_ != nullptr) RESTANTE_CHECKED(read_known(known));
    for (const char* const part : kFolders) {
      RESTANTE_TRY(const auto names, names_in(folder / part));
      for (const std::string& name : names) {
        if (name.starts_with('.')) continue;
        check_file(folder / part / name, name, std::string(part) + "/" + name);
        if (stopped_) return ok();
      }
    }
    for (const auto& [sha256, name] : known_) {
      if (seen_.contains(sha256)) continue;
      ++verified_.missing;
      tell(Finding::Kind::kMissing, folder / name, "the message is gone: " + sha256);
    }
    return ok();
  }

  Status read_known(const char* known) {
    RESTANTE_TRY(Statement query, database_->prepare(known));
    query.bind(1, account_);
    for (;;) {
      RESTANTE_TRY(const bool more, query.step());
      if (!more) return ok();
      known_.emplace(query.text(0), query.text(1));
      if (query.number(2) != 0) foreign_[std::string(query.text(1))] = query.text(0);
    }
  }

  void check_file(const Path& file, const std::string& name, const std::string& stored) {
    const auto parsed = parse_file_name(name);
    const auto sums = sums_of(file, [this](std::uint64_t bytes) {
      verified_.bytes += bytes;
      if (read_ && !read_(bytes)) stopped_ = true;
    });
    if (!sums) {
      // A mail reader may have renamed it since the folder was read.
      if (sums.error().code == Errc::kNotFound) {
        if (parsed) seen_.insert(parsed->sha256);
        return;
      }
      ++verified_.damaged;
      tell(Finding::Kind::kUnreadable, file, sums.error().detail);
      return;
    }
    if (!parsed) return check_foreign(file, stored, *sums);
    ++verified_.messages;
    if (!sums->form_for(parsed->sha256)) {
      ++verified_.damaged;
      tell(Finding::Kind::kDamaged, file,
           "its checksum is " + sums->with_crlf + ", not the one in its name");
    } else if (sums->bytes != parsed->bytes) {
      tell(Finding::Kind::kForeign, file, "somebody changed the size in its name");
    }
    if (!seen_.insert(parsed->sha256).second) {
      ++verified_.doubles;
      tell(Finding::Kind::kDouble, file, "the same message is there under another name");
    }
  }

  void check_foreign(const Path& file, const std::string& stored, const FileSums& sums) {
    ++verified_.foreign;
    const std::string& sum = sums.sum_in(sums.likely_form());
    seen_.insert(sum);
    const auto before = foreign_.find(stored);
    if (before == foreign_.end() || before->second == sum) {
      tell(Finding::Kind::kForeign, file, "put there by another program");
      return;
    }
    seen_.insert(before->second);
    ++verified_.damaged;
    tell(Finding::Kind::kDamaged, file, "another program's file, and not what it was");
  }

  void tell(Finding::Kind kind, const Path& file, std::string detail) {
    if (on_finding_) on_finding_(Finding{kind, account_, file, std::move(detail)});
  }

  const Path& archive_;
  Database* const database_;
  const std::function<void(const Finding&)>& on_finding_;
  const std::function<bool(std::uint64_t)>& read_;
  std::string account_;
  std::unordered_map<std::string, std::string> known_;    // Checksum to name.
  std::unordered_map<std::string, std::string> foreign_;  // Name to checksum.
  std::unordered_set<std::string> seen_;
  Verified verified_;
  bool stopped_ = false;
};

}  // namespace

Result<std::uint64_t> bytes_to_verify(const Path& archive,
                                      const std::vector<std::string>& accounts) {
  std::uint64_t bytes = 0;
  for (const std::string& account : accounts) {
    RESTANTE_TRY(const std::uint64_t shown, bytes_in(archive / account_folder(account)));
    bytes += shown;
    // Most accounts have none.
    bytes += bytes_in(quarantine_folder(archive) / account_folder(account)).value_or(0);
  }
  return bytes;
}

Result<Verified> verify(const Path& archive, Database* database,
                        const std::vector<std::string>& accounts,
                        const std::function<void(const Finding&)>& on_finding,
                        const std::function<bool(std::uint64_t)>& read) {
  return Verifying(archive, database, on_finding, read).run(accounts);
}

}  // namespace restante::archive
