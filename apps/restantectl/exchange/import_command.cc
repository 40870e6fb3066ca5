#include <cerrno>
#include <fstream>
#include <iostream>
#include <map>

#include "accounts/names/spelling.h"
#include "accounts/passwd_file/passwd_line.h"
#include "files/errors.h"
#include "restantectl/commands.h"

namespace restante::ctl {
namespace {

struct ImportOptions {
  std::string file;
  bool skip_refused = false;
  bool update = false;
};

/// A file of passwd lines, and every line that cannot be taken over as it is meant, told by place.
class ImportFile {
 public:
  ImportFile(std::string name, accounts::NameRules rules)
      : name_(name == "-" ? "stdin" : std::move(name)), rules_(std::move(rules)) {}

  void read(std::istream& input) {
    std::string line;
    for (std::size_t number = 1; std::getline(input, line); ++number)
      take(number, number == 1 ? accounts::without_bom(line) : std::string_view(line));
  }
  void note_taken(const std::vector<std::size_t>& places) {
    for (const std::size_t place : places)
      refuse(lines_[place],
             "an account or an alias has this name already, maybe in another spelling: " +
                 accounts_[place].name);
  }
  /// Writes names as accounts that are made now have them.
  void tidy_names(Office& office) {
    for (accounts::NewAccount& account : accounts_) account.name = office.new_name(account.name);
  }

  [[nodiscard]] const std::vector<accounts::NewAccount>& accounts() const { return accounts_; }
  [[nodiscard]] std::size_t refused() const { return refusals_.size(); }
  /// "FILE:LINE: what", in order.
  [[nodiscard]] std::string refusals() const {
    std::string out;
    for (const auto& [number, what] : refusals_)
      out += (out.empty() ? "" : "\n") + name_ + ":" + std::to_string(number) + ": " + what;
    return out;
  }

 private:
  void refuse(std::size_t number, std::string what) { refusals_.emplace(number, std::move(what)); }

  void take(std::size_t number, std::string_view line) {
    auto parsed = accounts::parse_passwd_line(line, rules_);
    if (!parsed) return refuse(number, parsed.error().detail);
    if (!*parsed) return;
    accounts::PasswdLine& taken = **parsed;
    const std::string key = accounts::spelling_key(taken.name, rules_.fold_local_part);
    const auto [first, is_new] = first_lines_.emplace(key, number);
    if (!is_new)
      return refuse(number, "second line for " + taken.name + ", the first is line " +
                                std::to_string(first->second));
    if (!taken.fault.empty()) return refuse(number, taken.name + ": " + taken.fault);
    // Taken over without a password it could only be open or lost.
    if (taken.is_locked)
      return refuse(number, taken.name + ": it has no password, or a locked one");
    accounts::NewAccount& account = accounts_.emplace_back(taken.name, taken.secret);
    account.no_login = taken.extra.no_login;
    account.networks = taken.extra.networks;
    account.allowance = taken.extra.allowance;
    lines_.push_back(number);
  }

  const std::string name_;
  const accounts::NameRules rules_;
  std::map<std::string, std::size_t> first_lines_;  ///< By spelling_key().
  std::vector<accounts::NewAccount> accounts_;
  std::vector<std::size_t> lines_;  ///< Of each account.
  std::map<std::size_t, std::string> refusals_;
};

void tell(const Office& office, const ImportOptions& options, const ImportFile& file,
          const accounts::ImportOutcome& outcome) {
  if (office.out().json()) {
    boost::json::object object{{"imported", outcome.added}};
    if (options.update) object["updated"] = outcome.updated;
    if (options.skip_refused) object["refused"] = file.refused();
    office.out().print(object);
  }
  std::string note = "restantectl: " + std::to_string(outcome.added) + " accounts imported";
  if (options.update) note += ", " + std::to_string(outcome.updated) + " brought up to date";
  if (options.skip_refused) note += ", " + std::to_string(file.refused()) + " lines refused";
  office.out().note(note);
}

Exit import_all(Office& office, const ImportOptions& options, ImportFile& file) {
  const bool has_mistakes = file.refused() > 0;
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  file.tidy_names(office);
  accounts::ImportRules rules;
  rules.skip_taken = options.skip_refused;
  rules.update = options.update;
  // Looked at all the same, so that all is told at once.
  rules.only_look = has_mistakes && !options.skip_refused;
  const auto outcome = (*admin)->import(file.accounts(), rules);
  if (!outcome) return fail(outcome.error());
  file.note_taken(outcome->taken);
  const bool is_done = file.refused() == 0 || options.skip_refused;
  if (is_done) tell(office, options, file, *outcome);
  if (file.refused() == 0) return Exit::kOk;
  return fail_lines(has_mistakes ? Exit::kData : Exit::kExists, file.refusals());
}

/// passwd-file or shadow(5) lines; "-" is stdin. All of them or none, or all but those that cannot
/// be taken over; every one of these is told, as FILE:LINE: what.
Exit account_import(Office& office, const ImportOptions& options) {
  ImportFile file(options.file, office.names());
  // Opened before enter(): only root may read /etc/shadow.
  std::ifstream opened;
  const bool from_stdin = options.file == "-";
  if (!from_stdin) opened.open(options.file, std::ios::binary);
  std::istream& input = from_stdin ? std::cin : opened;
  if (!from_stdin && !opened.is_open())
    return fail(Exit::kIo, "cannot read " + options.file + ": " + files::reason_of(errno));
  file.read(input);
  if (input.bad()) return fail(Exit::kIo, "cannot read " + options.file);
  if (const Exit entered = office.enter(); entered != Exit::kOk) return entered;
  return import_all(office, options, file);
}

}  // namespace

void add_import_command(CLI::App& account, Chosen& chosen) {
  const auto options = std::make_shared<ImportOptions>();
  CLI::App& import = add_command(
      account, chosen,
      {"import", "Add all accounts of a passwd-file or shadow file, or none",
       "  restantectl account import /etc/dovecot/users\n"
       "  restantectl account import --update users    # a copy that is made every night"},
      [options](Office& office) { return account_import(office, *options); }, Enters::kItself);
  import.add_option("FILE", options->file, "Lines NAME:{SCHEME}HASH or NAME:$6$...; - is stdin")
      ->required()
      ->type_name("");
  import.add_flag("--skip-refused", options->skip_refused,
                  "Add the others when lines are refused; ends with 65 or 73 all the same");
  import.add_flag("--update", options->update,
                  "Give accounts that are there the password and what else the line says");
}

}  // namespace restante::ctl
