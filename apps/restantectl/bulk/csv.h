// Text in columns, as spreadsheets and databases write it (RFC 4180): a separator, quotes, and line
// ends within quotes. Pure: the meaning of the columns is not known here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace restante::ctl {

/// The separator of this line, which is a header: ',', ';' or a tab, the most frequent of them.
char csv_separator(std::string_view header);

struct CsvRecord {
  std::size_t line = 0;  ///< Its first, from 1.
  std::vector<std::string> cells;
  std::string mistake;  ///< Why it cannot be read; empty: it can.
};

/// The records of a text, in order; empty lines are passed over. The text outlives it.
class CsvReader {
 public:
  CsvReader(std::string_view text, char separator) : rest_(text), separator_(separator) {}

  std::optional<CsvRecord> next();

 private:
  /// After a mistake, the rest of the record is passed over.
  void read_cell(CsvRecord& record, bool& ended);
  std::string read_quoted(CsvRecord& record);
  void skip_line();

  std::string_view rest_;
  const char separator_;
  std::size_t line_ = 1;
};

}  // namespace restante::ctl
