// alias import: many aliases at once, as a file describes them.
#include "accounts/names/spelling.h"
#include "accounts/passwd_file/passwd_line.h"
#include "base/ascii.h"
#include "restantectl/bulk/bulk_report.h"
#include "restantectl/commands.h"

namespace restante::ctl {
namespace {

/// "address: target, target", or "address target, target", as Postfix has it.
Result<std::optional<accounts::AliasLine>> parse_line(std::string_view line,
                                                      const accounts::NameRules& rules) {
  if (line.find(':') != std::string_view::npos) return accounts::parse_alias_line(line, rules);
  const std::string_view text = trim(line);
  const std::size_t blank = std::min(text.find_first_of(" \t"), text.size());
  std::string with_colon(text);
  with_colon.insert(blank, ":");
  return accounts::parse_alias_line(with_colon, rules);
}

/// The aliases of the file, by line. Several rows of one address, as in a table of single targets,
/// are one alias.
class AliasFile {
 public:
  AliasFile(const BulkOptions& options, accounts::NameRules rules, BulkReport& report)
      : options_(options), rules_(std::move(rules)), report_(report) {}

  void read(std::string_view text) {
    const auto named = to_bulk_format(options_.as);
    const BulkFormat format = named ? *named : recognise(text, {"address", "alias", "source"});
    read_rows(text, format, [&](const FileRow& row) {
      if (format == BulkFormat::kLines)
        take_line(row);
      else
        take_fields(row);
    });
  }

  [[nodiscard]] const std::vector<accounts::AliasChange>& changes() const { return changes_; }
  [[nodiscard]] const std::vector<std::size_t>& lines() const { return lines_; }
  [[nodiscard]] const RowNotes& notes() const { return notes_; }

 private:
  void take_line(const FileRow& row) {
    auto parsed = parse_line(row.text, rules_);
    if (!parsed) return report_.refuse(row.line, {parsed.error().detail});
    if (!*parsed) return;
    const auto& [address, targets] = **parsed;
    const std::string key = accounts::spelling_key(address, rules_.fold_local_part);
    if (const auto first = places_.find(key); first != places_.end())
      return report_.refuse(row.line, {"second line for " + address + ", the first is line " +
                                       std::to_string(lines_[first->second])});
    take(row.line, address, targets);
  }

  void take_fields(const FileRow& row) {
    if (!row.mistake.empty()) return report_.refuse(row.line, {row.mistake});
    std::string typed;
    std::vector<std::string> targets;
    for (const FileField& field : row.fields) {
      if (field.name == "address" || field.name == "alias" || field.name == "source") {
        typed = trim(field.text);
      } else if (field.name == "targets" || field.name == "target" || field.name == "destination") {
        targets = field.words();
      } else {
        notes_.unknown.insert(field.name);
      }
    }
    const auto address = accounts::canonical_alias(typed, rules_);
    if (!address) return report_.refuse(row.line, {address.error().detail});
    take(row.line, *address, targets);
  }

  void take(std::size_t line, const std::string& address, const std::vector<std::string>& targets) {
    const std::string key = accounts::spelling_key(address, rules_.fold_local_part);
    const auto [place, is_new] = places_.emplace(key, changes_.size());
    if (is_new) {
      changes_.emplace_back(accounts::tidy_spelling(address, rules_.fold_local_part));
      lines_.push_back(line);
    }
    auto& all = changes_[place->second].targets;
    all.insert(all.end(), targets.begin(), targets.end());
  }

  const BulkOptions& options_;
  const accounts::NameRules rules_;
  BulkReport& report_;
  RowNotes notes_;
  std::map<std::string, std::size_t> places_;  ///< In changes_, by spelling_key().
  std::vector<accounts::AliasChange> changes_;
  std::vector<std::size_t> lines_;  ///< Of each of them: its first.
};

Exit alias_import(Office& office, const BulkOptions& options) {
  BulkReport report(options, {"aliases", true});
  AliasFile file(options, office.names(), report);
  if (const Exit entered = read_and_enter(office, options, file); entered != Exit::kOk)
    return entered;
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  accounts::BulkRules rules;
  rules.update = options.update;
  return report.make_changes(office, file.notes(), file.lines(), rules, [&](const auto& all) {
    return (*admin)->change_all_aliases(file.changes(), all);
  });
}

}  // namespace

void add_alias_import_command(CLI::App& alias, Chosen& chosen) {
  const auto options = std::make_shared<BulkOptions>();
  CLI::App& import = add_command(
      alias, chosen,
      {"import", "Add all aliases of a file, or none",
       "  restantectl alias import aliases.csv\n"
       "  restantectl alias import --update /etc/postfix/virtual"},
      [options](Office& office) { return alias_import(office, *options); }, Enters::kItself);
  import
      .add_option("FILE", options->file,
                  "Lines ADDRESS: TARGET, TARGET; CSV or JSON lines; - is stdin")
      ->required()
      ->type_name("");
  import.add_flag("--update", options->update,
                  "Give aliases that are there the targets that the file says");
  add_bulk_options(import, options);
  import.add_flag("--skip-unknown", options->skip_unknown, "Pass over fields that nobody knows");
}

}  // namespace restante::ctl
