// A file that describes many accounts or aliases: lines of a form of their own (passwd, aliases),
// CSV with a line of column names, or JSON, one object a line. Read into rows of named fields;
// their meaning is not known here.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/passwd_file/passwd_extra.h"
#include "base/result.h"

namespace restante::ctl {

enum class BulkFormat : std::uint8_t { kLines, kCsv, kJson };

/// "lines", "csv" or "json", as --as has it.
std::optional<BulkFormat> to_bulk_format(std::string_view word);

/// A field of a row. Names are in small letters, with "_" for blanks and hyphens.
struct FileField {
  std::string name;
  std::string text;                 ///< A cell; a number; "yes" or "no".
  std::vector<std::string> list{};  ///< Of an array in JSON.
  bool is_list = false;
  bool is_null = false;  ///< JSON's null.

  /// The list; of a text its words, divided by commas, semicolons or blanks.
  [[nodiscard]] std::vector<std::string> words() const;
  /// The same of a text whose words may have blanks in them, divided by semicolons.
  [[nodiscard]] std::vector<std::string> labels() const;
};

struct FileRow {
  std::size_t line = 0;             ///< From 1.
  std::string_view text{};          ///< kLines: the line. Else empty.
  std::vector<FileField> fields{};  ///< Those that are there: empty cells are not.
  std::string mistake{};            ///< Why it cannot be read; empty: it can.
};

/// What the rows say beside the changes.
struct RowNotes {
  accounts::IgnoredFields ignored;  ///< Known, and of no meaning here.
  accounts::IgnoredFields unknown;  ///< Fields without a known meaning.
};

/// Why a row is not taken over.
struct RowRefusal {
  std::string what;
  bool is_unknown = false;  ///< Its hash has an unknown scheme, and that is the only fault.
};

/// The whole of a file, or of stdin ("-"). Errors: kIo.
Result<std::string> read_bulk_file(const std::string& file);

/// The format of a text by its looks: JSON begins with a brace, and CSV with a line that has one of
/// these names among its columns.
BulkFormat recognise(std::string_view text, const std::vector<std::string_view>& columns);

/// Gives out the rows in order. Empty lines and comments ("#") are none.
void read_rows(std::string_view text, BulkFormat format,
               const std::function<void(const FileRow&)>& take);

}  // namespace restante::ctl
