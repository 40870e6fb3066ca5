// What takes more than one key of [accounts] to judge: which keys go with which back end, and what
// each of them needs.
#pragma once

#include <filesystem>

#include "config/config.h"
#include "config/document.h"
#include "config/mistakes.h"

namespace restante::config {

/// Completes `accounts`, which read_tables() filled from `root`. Reads no file.
void apply_accounts_rules(const Node& root, const std::filesystem::path& data_dir,
                          Accounts& accounts, Mistakes& mistakes);

/// The first source that restantectl manages or backs up (a database or a file of ours); null when
/// all accounts are elsewhere.
const AccountsSource* local_source(const Accounts& accounts);
/// The first source with a database of ours; null when there is none.
const AccountsSource* database_source(const Accounts& accounts);

}  // namespace restante::config
