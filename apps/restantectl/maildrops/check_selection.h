// The maildrops that a command is about: the named ones, or all of the data directory.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "restantectl/office.h"

namespace restante::ctl {

struct Selection {
  std::vector<std::string> names;
  bool all = false;
};

struct SelectedMaildrop {
  std::string name;  ///< The account; for --all the store's name for it, until it is read.
  maildrop::StoredMaildrop stored;  ///< There may be 100,000 of them.
};

/// The operands and the flag of it.
void add_selection(CLI::App& to, Selection& selection);

/// Errors: kSyntax (a name is none), kNotFound (a named account has neither an entry nor a
/// maildrop), kIo.
Result<std::vector<SelectedMaildrop>> select_maildrops(Office& office, const Selection& selection);

}  // namespace restante::ctl
