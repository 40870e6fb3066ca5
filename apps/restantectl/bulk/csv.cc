#include "restantectl/bulk/csv.h"

#include <algorithm>

namespace restante::ctl {

char csv_separator(std::string_view header) {
  char best = ',';
  for (const char separator : {';', '\t'})
    if (std::count(header.begin(), header.end(), separator) >
        std::count(header.begin(), header.end(), best))
      best = separator;
  return best;
}

void CsvReader::skip_line() {
  const std::size_t end = std::min(rest_.find('\n'), rest_.size());
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  ++line_;
}

/// The text between quotes; two quotes in it stand for one.
std::string CsvReader::read_quoted(CsvRecord& record) {
  std::string cell;
  rest_.remove_prefix(1);
  for (;;) {
    const std::size_t quote = rest_.find('"');
    if (quote == std::string_view::npos) {
      record.mistake = "a quote is not closed";
      rest_ = {};
      return cell;
    }
    const std::string_view piece = rest_.substr(0, quote);
    line_ += static_cast<std::size_t>(std::count(piece.begin(), piece.end(), '\n'));
    cell += piece;
    rest_.remove_prefix(quote + 1);
    if (!rest_.starts_with('"')) return cell;
    cell += '"';
    rest_.remove_prefix(1);
  }
}

void CsvReader::read_cell(CsvRecord& record, bool& ended) {
  std::string cell;
  if (rest_.starts_with('"')) {
    cell = read_quoted(record);
  } else {
    std::size_t end = 0;
    while (end < rest_.size() && rest_[end] != '\n' && rest_[end] != separator_) ++end;
    cell = rest_.substr(0, end);
    rest_.remove_prefix(end);
    const bool at_line_end = rest_.empty() || rest_.front() == '\n';
    if (at_line_end && cell.ends_with('\r')) cell.pop_back();
  }
  record.cells.push_back(std::move(cell));
  if (rest_.starts_with("\r\n")) rest_.remove_prefix(1);
  ended = rest_.empty() || rest_.front() == '\n';
  if (ended) return skip_line();
  if (rest_.front() != separator_) {
    record.mistake = "something stands behind a closing quote";
    ended = true;
    return skip_line();
  }
  rest_.remove_prefix(1);
}

std::optional<CsvRecord> CsvReader::next() {
  while (rest_.starts_with('\n') || rest_.starts_with("\r\n")) skip_line();
  if (rest_.empty()) return std::nullopt;
  CsvRecord record;
  record.line = line_;
  for (bool ended = false; !ended;) read_cell(record, ended);
  return record;
}

}  // namespace restante::ctl
