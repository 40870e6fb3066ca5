// account import and account set: many accounts at once, as a file describes them.
#include "accounts/names/spelling.h"
#include "restantectl/accounts/account_fields.h"
#include "restantectl/accounts/hash_work.h"
#include "restantectl/bulk/bulk_report.h"
#include "restantectl/commands.h"
#include "restantectl/views/device_view.h"
#include "server/common/back_ends.h"

namespace restante::ctl {
namespace {

using Choices = std::shared_ptr<BulkOptions>;

/// The accounts of the file, by line. Lines that cannot be taken over as they mean it are in the
/// report.
class AccountFile {
 public:
  AccountFile(const BulkOptions& options, accounts::NameRules rules, BulkReport& report)
      : options_(options), rules_(std::move(rules)), report_(report) {}

  void read(std::string_view text) {
    const auto named = to_bulk_format(options_.as);
    const BulkFormat format = named ? *named : recognise(text, account_name_columns());
    read_rows(text, format, [&](const FileRow& row) { take(row, format); });
  }

  [[nodiscard]] const RowNotes& notes() const { return notes_; }
  [[nodiscard]] const std::vector<std::size_t>& lines() const { return lines_; }
  [[nodiscard]] std::vector<accounts::AccountChange>& changes() { return changes_; }
  [[nodiscard]] std::vector<HashJob>& passwords() { return passwords_; }
  /// A new one is written tidily.
  void tidy_names(Office& office) {
    for (accounts::AccountChange& change : changes_) change.name = office.new_name(change.name);
  }
  /// Refuses an account whose password cannot be stored.
  void drop(const std::map<std::size_t, std::string>& refused) {
    std::vector<accounts::AccountChange> changes;
    std::vector<std::size_t> lines;
    for (std::size_t place = 0; place < changes_.size(); ++place) {
      const auto why = refused.find(place);
      if (why != refused.end()) {
        report_.refuse(lines_[place], {changes_[place].name + ": " + why->second});
        continue;
      }
      changes.push_back(std::move(changes_[place]));
      lines.push_back(lines_[place]);
    }
    changes_ = std::move(changes);
    lines_ = std::move(lines);
  }

 private:
  void take(const FileRow& row, BulkFormat format) {
    ReadAccount read = format == BulkFormat::kLines ? read_account_line(row.text, rules_, notes_)
                                                    : read_account_fields(row, rules_, notes_);
    if (read.refusal) return report_.refuse(row.line, *read.refusal);
    if (!read.row) return;
    const std::string key = accounts::spelling_key(read.row->change.name, rules_.fold_local_part);
    const auto [first, is_new] = first_lines_.emplace(key, row.line);
    if (!is_new)
      return report_.refuse(row.line, {"second line for " + read.row->change.name +
                                       ", the first is line " + std::to_string(first->second)});
    if (!read.row->password.empty()) {
      HashJob& job = passwords_.emplace_back();
      job.place = changes_.size();
      job.password = std::move(read.row->password);
    }
    changes_.push_back(std::move(read.row->change));
    lines_.push_back(row.line);
  }

  const BulkOptions& options_;
  const accounts::NameRules rules_;
  BulkReport& report_;
  RowNotes notes_;
  std::map<std::string, std::size_t> first_lines_;  ///< By spelling_key().
  std::vector<accounts::AccountChange> changes_;
  std::vector<std::size_t> lines_;  ///< Of each of them.
  std::vector<HashJob> passwords_;
};

/// Leaves the passwords that need hashing. The others need none: their accounts exist already and
/// will be refused, or nothing will be written. Any hash will do for them.
Status sort_passwords(Office& office, AccountFile& file, const accounts::BulkRules& rules) {
  RESTANTE_TRY(auto* const admin, office.admin());
  std::vector<HashJob> left;
  for (HashJob& job : file.passwords()) {
    accounts::AccountChange& change = file.changes()[job.place];
    auto stored = admin->secret_of(change.name);
    if (!stored && stored.error().code != Errc::kNotFound) return stored.error();
    const bool is_needed = stored ? rules.update : rules.add && !rules.only_look;
    if (stored) job.stored = std::move(*stored);
    if (is_needed)
      left.push_back(std::move(job));
    else
      change.secret = "{PLAIN}not written";
  }
  file.passwords() = std::move(left);
  return ok();
}

/// Before the transaction: hashes take long, and other writers would wait.
Status hash_passwords(Office& office, AccountFile& file, const accounts::BulkRules& rules) {
  RESTANTE_CHECKED(sort_passwords(office, file, rules));
  hash_all(office.out(), office.config().auth.secrets, file.passwords());
  std::map<std::size_t, std::string> refused;
  for (HashJob& job : file.passwords()) {
    auto& secret = file.changes()[job.place].secret;
    if (job.is_same)
      secret = std::move(job.stored);
    else if (job.made)
      secret = std::move(*job.made);
    else
      refused.emplace(job.place, job.made.error().detail);
  }
  file.drop(refused);
  return ok();
}

Exit change_all(Office& office, const BulkOptions& options, AccountFile& file, BulkReport& report,
                bool may_add) {
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  if (may_add) file.tidy_names(office);
  accounts::BulkRules rules;
  rules.add = may_add;
  rules.update = options.update || !may_add;
  rules.only_look = options.dry_run || report.is_stopped();
  if (const Status hashed = hash_passwords(office, file, rules); !hashed)
    return fail(hashed.error());
  Status settled = ok();
  const auto change = [&](const accounts::BulkRules& all) {
    auto outcome = (*admin)->change_all(file.changes(), all);
    if (outcome) settled = settle_device_views(office, file.changes(), *outcome);
    return outcome;
  };
  const Exit printed = report.make_changes(office, file.notes(), file.lines(), rules, change);
  if (settled) return printed;
  office.out().note(
      "restantectl: the accounts are changed, but not every view of their devices: "
      "see maildrop views");
  return fail(settled.error());
}

/// All rows of the file, or none, or all but the refused ones; every refusal is told, as FILE:LINE:
/// what.
Exit by_file(Office& office, const BulkOptions& options, bool may_add) {
  BulkReport report(options, {"accounts", may_add});
  AccountFile file(options, office.names(), report);
  if (const Exit entered = read_and_enter(office, options, file); entered != Exit::kOk)
    return entered;
  return change_all(office, options, file, report, may_add);
}

}  // namespace

void add_import_command(CLI::App& account, Chosen& chosen) {
  const auto options = std::make_shared<BulkOptions>();
  CLI::App& import = add_command(
      account, chosen,
      {"import", "Add all accounts of a file, or none",
       "  restantectl account import /etc/dovecot/users\n"
       "  restantectl account import --update users    # a copy that is made every night\n"
       "  restantectl account import --dry-run staff.csv"},
      [options](Office& office) { return by_file(office, *options, true); }, Enters::kItself);
  import
      .add_option("FILE", options->file,
                  "A passwd-file, CSV or JSON lines (docs/bulk.md); - is stdin")
      ->required()
      ->type_name("");
  import.add_flag("--update", options->update,
                  "Give accounts that are there the password and what else the line says");
  CLI::App& set = add_command(
      account, chosen,
      {"set", "Change all accounts of a file, or none",
       "  restantectl account set --from quotas.csv"},
      [options](Office& office) { return by_file(office, *options, false); }, Enters::kItself);
  set.add_option("--from", options->file, "CSV, JSON lines or a passwd-file; - is stdin")
      ->required()
      ->type_name("FILE");
  for (CLI::App* const each : {&import, &set}) {
    add_bulk_options(*each, options);
    each->add_flag("--skip-unknown", options->skip_unknown,
                   "Pass over fields that nobody knows, and accounts whose hash nobody can verify");
  }
}

}  // namespace restante::ctl
