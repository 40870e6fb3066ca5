// The outcome of each line of a file with many accounts or aliases: told line by line, summed up,
// and turned into an exit code.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/bulk.h"
#include "restantectl/bulk/bulk_file.h"
#include "restantectl/office.h"

namespace restante::ctl {

/// The words behind a command that works by a file.
struct BulkOptions {
  std::string file;
  std::string as;  ///< The format; empty: by its looks.
  bool skip_refused = false;
  bool skip_unknown = false;
  bool update = false;
  bool dry_run = false;
};

/// The subject of the report.
struct BulkSubject {
  std::string key;        ///< "accounts", "aliases": of the JSON list.
  bool is_import = true;  ///< May make new ones.
};

class BulkReport {
 public:
  BulkReport(const BulkOptions& options, BulkSubject subject)
      : options_(options), subject_(std::move(subject)) {}

  void refuse(std::size_t line, const RowRefusal& refusal);
  /// Whether a line was refused that is not to be passed over.
  [[nodiscard]] bool is_stopped() const;

  /// Has the changes made, with a meter, each of the line in `lines`; by rules that `rules` begin.
  /// Prints them, made or planned, on stdout; refusals as FILE:LINE on stderr. The act's line gets
  /// the numbers.
  using Make = std::function<Result<accounts::BulkOutcome>(const accounts::BulkRules&)>;
  Exit make_changes(Office& office, const RowNotes& notes, const std::vector<std::size_t>& lines,
                    accounts::BulkRules rules, const Make& make);

 private:
  struct Row {
    std::string name;
    accounts::RowVerdict verdict = accounts::RowVerdict::kRefused;
    Errc code = Errc::kSyntax;
    std::string why;
    bool is_skipped = false;  ///< Refused, and asked to be passed over.
    std::vector<accounts::MadePassword> devices;
  };

  /// The outcome of the changes, with the line of each.
  void take(const std::vector<std::size_t>& lines, accounts::BulkOutcome outcome);
  Exit print(Office& office, const RowNotes& notes) const;
  [[nodiscard]] std::size_t count(accounts::RowVerdict verdict) const;
  [[nodiscard]] std::size_t skipped() const;
  [[nodiscard]] Exit exit_code() const;
  [[nodiscard]] std::string refusals() const;
  void print_json(const Office& office) const;
  void print_text(const Office& office) const;
  void print_summary(const Office& office, const RowNotes& notes) const;

  const BulkOptions options_;
  const BulkSubject subject_;
  std::map<std::size_t, Row> rows_;  ///< By line.
  bool done_ = false;
};

/// A field without a known meaning may be a slip for one that has one.
Exit refuse_unknown_fields(const RowNotes& notes);

/// Fills `file`, and becomes the server's user. Not kOk: the command ends with it.
template <typename File>
Exit read_and_enter(Office& office, const BulkOptions& options, File& file) {
  // Before enter(): only root may read /etc/shadow.
  const auto text = read_bulk_file(options.file);
  if (!text) return fail(Exit::kIo, text.error().detail);
  file.read(*text);
  if (!file.notes().unknown.empty() && !options.skip_unknown)
    return refuse_unknown_fields(file.notes());
  return office.enter();
}

/// Adds the common options of these commands: the file's format, and the treatment of refusals.
void add_bulk_options(CLI::App& command, const std::shared_ptr<BulkOptions>& options);

}  // namespace restante::ctl
