// Which maildrops a command is about: those named, or all that the data directory holds.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "maildrop/log/check/check_places.h"
#include "restantectl/office.h"

namespace restante::ctl {

struct Selection {
  std::vector<std::string> names;
  bool all = false;
};

struct SelectedMaildrop {
  std::string name;  ///< The account; for --all the log's path below data_dir, until it is read.
  std::string log;   ///< Its path; there may be 100,000 of them.
  std::uint64_t bytes = 0;  ///< Of its log; 0 when there is none.

  [[nodiscard]] maildrop::log::LogPaths paths() const { return maildrop::log::paths_beside(log); }
};

/// The operands and the flag of it.
void add_selection(CLI::App& to, Selection& selection);

/// Errors: kSyntax (a name is none), kNotFound (a named account has neither an entry nor a log),
/// kIo.
Result<std::vector<SelectedMaildrop>> select_maildrops(Office& office, const Selection& selection);

}  // namespace restante::ctl
