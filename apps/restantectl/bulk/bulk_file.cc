#include "restantectl/bulk/bulk_file.h"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <cerrno>
#include <fstream>
#include <iostream>

#include "accounts/passwd_file/passwd_line.h"
#include "base/ascii.h"
#include "files/errors.h"
#include "restantectl/bulk/csv.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

std::string field_name(std::string_view typed) {
  std::string name = to_lower(trim(typed));
  for (char& c : name)
    if (c == '-' || c == ' ') c = '_';
  return name;
}

std::vector<std::string> split(std::string_view text, std::string_view separators) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    const std::string_view part = trim(text.substr(0, end));
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::string_view next_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool is_passed_over(std::string_view line) {
  const std::string_view content = trim(line);
  return content.empty() || content.starts_with('#');
}

/// Of lines: each with its number.
template <typename Take>
void each_line(std::string_view text, Take take) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = next_line(text);
    if (!is_passed_over(line)) take(number, line);
  }
}

std::string text_of(const json::value& value) {
  if (value.is_bool()) return value.get_bool() ? "yes" : "no";
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_int64()) return std::to_string(value.get_int64());
  if (value.is_uint64()) return std::to_string(value.get_uint64());
  return {};
}

bool is_plain(const json::value& value) {
  return value.is_bool() || value.is_string() || value.is_int64() || value.is_uint64();
}

/// False: the value is of a kind that no field has.
bool add_field(std::string name, const json::value& value, FileRow& row) {
  FileField field;
  field.name = std::move(name);
  field.is_null = value.is_null();
  field.is_list = value.is_array();
  if (is_plain(value)) {
    field.text = text_of(value);
  } else if (field.is_list) {
    for (const json::value& one : value.get_array()) {
      if (!one.is_string()) return false;
      field.list.emplace_back(one.get_string());
    }
  } else if (!field.is_null) {
    return false;
  }
  row.fields.push_back(std::move(field));
  return true;
}

/// {"quota": {"octets": 5}} is a field "quota_octets", as `account list` prints it.
void read_object(const json::object& object, FileRow& row) {
  for (const auto& [key, value] : object) {
    const std::string name = field_name(key);
    bool read = true;
    if (value.is_object()) {
      for (const auto& [inner, inner_value] : value.get_object())
        read = add_field(name + "_" + field_name(inner), inner_value, row) && read;
    } else {
      read = add_field(name, value, row);
    }
    if (!read) row.mistake = name + ": is neither a text, a number, yes or no, nor a list of texts";
  }
}

void read_json(std::string_view text, const std::function<void(const FileRow&)>& take) {
  each_line(text, [&](std::size_t number, std::string_view line) {
    FileRow row;
    row.line = number;
    boost::system::error_code failure;
    const json::value value = json::parse(line, failure);
    if (failure || !value.is_object())
      row.mistake = "is no JSON object";
    else
      read_object(value.get_object(), row);
    take(row);
  });
}

/// A cell beyond the named columns is a mistake, unless it is empty: a value without quotes has a
/// separator in it.
void fill(const std::vector<std::string>& columns, CsvRecord& record, FileRow& row) {
  row.line = record.line;
  row.mistake = std::move(record.mistake);
  for (std::size_t i = 0; i < record.cells.size(); ++i) {
    if (trim(record.cells[i]).empty()) continue;
    if (i >= columns.size()) {
      row.mistake = "has more cells than there are columns";
      return;
    }
    FileField field;
    field.name = columns[i];
    field.text = std::move(record.cells[i]);
    row.fields.push_back(std::move(field));
  }
}

std::string_view first_line(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    if (!is_passed_over(line)) return line;
  }
  return {};
}

void read_csv(std::string_view text, const std::function<void(const FileRow&)>& take) {
  CsvReader reader(text, csv_separator(first_line(text)));
  std::vector<std::string> columns;
  while (auto record = reader.next()) {
    if (record->cells.front().starts_with('#')) continue;
    if (columns.empty()) {
      for (const std::string& cell : record->cells) columns.push_back(field_name(cell));
      continue;
    }
    FileRow row;
    fill(columns, *record, row);
    take(row);
  }
}

}  // namespace

std::vector<std::string> FileField::words() const { return is_list ? list : split(text, ",; \t"); }

std::vector<std::string> FileField::labels() const { return is_list ? list : split(text, ";"); }

std::optional<BulkFormat> to_bulk_format(std::string_view word) {
  if (word == "lines") return BulkFormat::kLines;
  if (word == "csv") return BulkFormat::kCsv;
  if (word == "json") return BulkFormat::kJson;
  return std::nullopt;
}

Result<std::string> read_bulk_file(const std::string& file) {
  std::ifstream opened;
  const bool from_stdin = file == "-";
  if (!from_stdin) opened.open(file, std::ios::binary);
  if (!from_stdin && !opened.is_open())
    return Error(Errc::kIo, "cannot read " + file + ": " + files::reason_of(errno));
  std::istream& input = from_stdin ? std::cin : opened;
  std::string text;
  std::array<char, 1U << 16U> piece{};
  while (input.read(piece.data(), piece.size()) || input.gcount() > 0)
    text.append(piece.data(), static_cast<std::size_t>(input.gcount()));
  if (input.bad()) return Error(Errc::kIo, "cannot read " + file);
  return std::string(accounts::without_bom(text));
}

BulkFormat recognise(std::string_view text, const std::vector<std::string_view>& columns) {
  const std::string_view line = first_line(text);
  if (trim(line).starts_with("{\"")) return BulkFormat::kJson;
  CsvReader reader(line, csv_separator(line));
  const auto header = reader.next();
  if (!header) return BulkFormat::kLines;
  for (const std::string& cell : header->cells)
    if (std::find(columns.begin(), columns.end(), field_name(cell)) != columns.end())
      return BulkFormat::kCsv;
  return BulkFormat::kLines;
}

void read_rows(std::string_view text, BulkFormat format,
               const std::function<void(const FileRow&)>& take) {
  if (format == BulkFormat::kCsv) return read_csv(text, take);
  if (format == BulkFormat::kJson) return read_json(text, take);
  each_line(text, [&](std::size_t number, std::string_view line) {
    FileRow row;
    row.line = number;
    row.text = line;
    take(row);
  });
}

}  // namespace restante::ctl
