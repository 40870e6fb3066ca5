// The row of a file as an account: the fields that `account import` and `account set` know, by
// name, and a line of a passwd-file as the same fields.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "accounts/bulk.h"
#include "accounts/names/names.h"
#include "base/secret_string.h"
#include "restantectl/bulk/bulk_file.h"

namespace restante::ctl {

/// Columns that make a first line a header.
std::vector<std::string_view> account_name_columns();

struct AccountRow {
  explicit AccountRow(std::string name) : change(std::move(name)) {}

  accounts::AccountChange change;  ///< Its name is canonical.
  SecretString password;           ///< In the clear; to be hashed.
};

/// One of both.
struct ReadAccount {
  std::optional<AccountRow> row;
  std::optional<RowRefusal> refusal;
};

/// A row of fields, as CSV and JSON have them.
ReadAccount read_account_fields(const FileRow& row, const accounts::NameRules& rules,
                                RowNotes& notes);
/// A line of a passwd-file or of shadow(5). Neither of both: it says nothing.
ReadAccount read_account_line(std::string_view line, const accounts::NameRules& rules,
                              RowNotes& notes);

}  // namespace restante::ctl
