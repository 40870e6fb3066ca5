#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>

#include "accounts/passwd_line.h"
#include "accounts/spelling.h"
#include "restantectl/account_commands.h"

namespace restante::ctl {
namespace {

/// A file of passwd lines, and every mistake that was found in it, told by place.
class ImportFile {
 public:
  ImportFile(std::string name, accounts::NameRules rules)
      : name_(name == "-" ? "stdin" : std::move(name)), rules_(std::move(rules)) {}

  void read(std::istream& input) {
    std::string line;
    for (std::size_t number = 1; std::getline(input, line); ++number) take(number, line);
  }
  void note(std::size_t number, const std::string& what) {
    if (!mistakes_.empty()) mistakes_ += '\n';
    mistakes_ += name_ + ":" + std::to_string(number) + ": " + what;
  }
  void note_taken(const std::vector<std::size_t>& places) {
    for (const std::size_t place : places)
      note(lines_[place],
           "an account or an alias has this name already, maybe in another spelling: " +
               accounts_[place].name);
  }
  /// Writes names as accounts that are made now have them.
  void tidy_names(const Office& office) {
    for (accounts::NewAccount& account : accounts_) account.name = office.new_name(account.name);
  }

  [[nodiscard]] const std::vector<accounts::NewAccount>& accounts() const { return accounts_; }
  [[nodiscard]] const std::string& mistakes() const { return mistakes_; }

 private:
  void take(std::size_t number, const std::string& line) {
    auto parsed = accounts::parse_passwd_line(line, rules_);
    if (!parsed) return note(number, parsed.error().detail);
    if (!*parsed) return;
    const std::string key = accounts::spelling_key((*parsed)->name, rules_.fold_local_part);
    const auto [first, is_new] = first_lines_.emplace(key, number);
    if (!is_new)
      return note(number, "second line for " + (*parsed)->name + ", the first is line " +
                              std::to_string(first->second));
    accounts_.emplace_back((*parsed)->name, (*parsed)->secret);
    lines_.push_back(number);
  }

  const std::string name_;
  const accounts::NameRules rules_;
  std::map<std::string, std::size_t> first_lines_;  ///< By spelling_key().
  std::vector<accounts::NewAccount> accounts_;
  std::vector<std::size_t> lines_;  ///< Of each account.
  std::string mistakes_;
};

Exit import_all(Office& office, ImportFile& file) {
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  file.tidy_names(office);
  const auto taken = (*admin)->import(file.accounts());
  if (!taken) return fail(taken.error());
  file.note_taken(*taken);
  if (!taken->empty()) return fail_lines(Exit::kExists, file.mistakes());
  const std::size_t count = file.accounts().size();
  if (office.out().json()) office.out().print(boost::json::object{{"imported", count}});
  office.out().note("restantectl: " + std::to_string(count) + " accounts imported");
  return Exit::kOk;
}

}  // namespace

Exit account_import(Office& office, const AccountOptions& options) {
  ImportFile file(options.file, office.names());
  // Opened before enter(): only root may read /etc/shadow.
  std::ifstream opened;
  const bool from_stdin = options.file == "-";
  if (!from_stdin) opened.open(options.file, std::ios::binary);
  std::istream& input = from_stdin ? std::cin : opened;
  if (!from_stdin && !opened.is_open())
    return fail(Exit::kIo, "cannot read " + options.file + ": " + std::strerror(errno));
  file.read(input);
  if (input.bad()) return fail(Exit::kIo, "cannot read " + options.file);
  if (!file.mistakes().empty()) return fail_lines(Exit::kData, file.mistakes());
  if (const Exit entered = office.enter(); entered != Exit::kOk) return entered;
  return import_all(office, file);
}

}  // namespace restante::ctl
