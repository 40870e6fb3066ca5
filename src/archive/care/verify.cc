#include "archive/care/verify.h"

#include <array>
#include <cstring>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "archive/database/held_mail.h"
#include "archive/mailbox/file_name.h"
#include "archive/mailbox/stored_message.h"

namespace restante::archive {
namespace {

constexpr const char* kVerifiedFolders[] = {"new", "cur"};
// What the database knows of an account's mail, and of what it has in the quarantine.
constexpr const char* kMessages =
    "SELECT sha256, name, foreign_file FROM messages WHERE account = ?1 AND removed IN (0, 2)";
constexpr const char* kHeld = "SELECT sha256, 'new', 0 FROM held WHERE account = ?1";
constexpr std::string_view kForeignAlone = " AND foreign_file <> 0";

// 64 characters each would be a fifth of a gigabyte for a million messages.
/// Checksums of hundreds of thousands of messages, in a fifth of the room that their texts take.
class Checksums {
 public:
  /// False: it was there.
  bool add(std::string_view sha256) { return all_.insert(packed(sha256)).second; }
  [[nodiscard]] bool has(std::string_view sha256) const { return all_.contains(packed(sha256)); }
  void clear() { all_.clear(); }

 private:
  using Packed = std::array<unsigned char, 32>;
  struct Hash {
    std::size_t operator()(const Packed& packed) const {
      std::size_t hash = 0;
      std::memcpy(&hash, packed.data(), sizeof hash);
      return hash;
    }
  };
  static Packed packed(std::string_view sha256) {
    const auto value = [](char c) {
      return static_cast<unsigned char>(c <= '9' ? c - '0' : c - 'a' + 10);
    };
    Packed packed{};
    for (std::size_t i = 0; i < packed.size() && 2 * i + 1 < sha256.size(); ++i)
      packed[i] = static_cast<unsigned char>(value(sha256[2 * i]) << 4U | value(sha256[2 * i + 1]));
    return packed;
  }

  std::unordered_set<Packed, Hash> all_;
};

Result<std::uint64_t> bytes_in(const Path& maildir) {
  std::uint64_t bytes = 0;
  for (const char* const part : kVerifiedFolders)
    RESTANTE_CHECKED(visit_names(maildir / part, [&](std::string_view name) {
      const auto parsed = parse_file_name(name);
      if (parsed) bytes += parsed->bytes;
      if (parsed || name.starts_with('.')) return true;
      // A foreign file's size is not in its name.
      if (const auto stamp = stamp_of(maildir / part / name)) bytes += stamp->bytes;
      return true;
    }));
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
    foreign_.clear();
    if (database_ != nullptr && known == kMessages) RESTANTE_CHECKED(read_foreign());
    for (const char* const part : kVerifiedFolders) {
      RESTANTE_CHECKED(visit_names(folder / part, [&](std::string_view name) {
        if (name.starts_with('.')) return true;
        check_file(folder / part / name, std::string(name),
                   std::string(part) + "/" + std::string(name));
        return !stopped_;
        // A message that is renamed from the one into the other meanwhile is found again below.
      }));
      if (stopped_) return ok();
    }
    return database_ == nullptr ? ok() : find_missing(folder, known);
  }

  Status read_foreign() {
    RESTANTE_TRY(Statement query,
                 database_->prepare(std::string(kMessages) + std::string(kForeignAlone)));
    query.bind(1, account_);
    for (;;) {
      RESTANTE_TRY(const bool more, query.step());
      if (!more) return ok();
      foreign_[std::string(query.text(1))] = query.text(0);
    }
  }

  Status find_missing(const Path& folder, const char* known) {
    RESTANTE_TRY(Statement query, database_->prepare(known));
    query.bind(1, account_);
    bool has_looked_again = false;
    for (;;) {
      RESTANTE_TRY(const bool more, query.step());
      if (!more) return ok();
      if (seen_.has(query.text(0))) continue;
      // Another program put it into a folder that had been read.
      const Path file = folder / std::string(query.text(1));
      std::error_code ignored;
      if (query.number(2) != 0 && std::filesystem::exists(file, ignored)) continue;
      // Once for an account: the second look costs as much as the first.
      if (!std::exchange(has_looked_again, true)) RESTANTE_CHECKED(look_again(folder));
      if (seen_.has(query.text(0))) continue;
      // Messages with the same octets share a file, which is missing once.
      seen_.add(query.text(0));
      ++verified_.missing;
      tell(Finding::Kind::kMissing, file, "the message is gone: " + std::string(query.text(0)));
    }
  }

  /// A mail reader that renames may hide a file from the one who reads the folder meanwhile.
  Status look_again(const Path& folder) {
    for (const char* const part : kVerifiedFolders)
      RESTANTE_CHECKED(visit_names(folder / part, [&](std::string_view name) {
        if (const auto parsed = parse_file_name(name)) seen_.add(parsed->sha256);
        return true;
      }));
    return ok();
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
        if (parsed) seen_.add(parsed->sha256);
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
      // Its content is right, and that counts; the size in the name is what other programs add or
      // change.
      tell(Finding::Kind::kForeign, file, "another program changed the size in its name");
    }
    if (!seen_.add(parsed->sha256)) {
      ++verified_.doubles;
      tell(Finding::Kind::kDouble, file, "the same message is there under another name");
    }
  }

  void check_foreign(const Path& file, const std::string& stored, const FileSums& sums) {
    ++verified_.foreign;
    const std::string& sum = sums.sum_in(sums.likely_form());
    seen_.add(sum);
    const auto before = foreign_.find(stored);
    if (before == foreign_.end() || before->second == sum) {
      tell(Finding::Kind::kForeign, file, "put there by another program");
      return;
    }
    // What it was is missing as well, but that is the same fault, and is told once.
    seen_.add(before->second);
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
  std::unordered_map<std::string, std::string> foreign_;  // Name to checksum.
  Checksums seen_;
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
