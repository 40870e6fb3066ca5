#include "restante/accounts/account_lines.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "archive/mailbox/files.h"
#include "profile/load.h"

namespace restante::cli {
namespace {

using Lines = std::vector<std::string_view>;

/// Each with its line end.
Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t bytes = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, bytes));
    text.remove_prefix(bytes);
  }
  return lines;
}

std::string_view without_blanks_before(std::string_view line) {
  return line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
}

bool is_header(std::string_view line) { return without_blanks_before(line).starts_with('['); }

/// "[[account.skip]]" and the like, which belong to the account before them.
bool is_header_below_account(std::string_view line) {
  line = without_blanks_before(line);
  while (line.starts_with('[') || line.starts_with(' ') || line.starts_with('\t'))
    line.remove_prefix(1);
  if (!line.starts_with("account")) return false;
  return without_blanks_before(line.substr(7)).starts_with('.');
}

bool is_blank_or_comment(std::string_view line) {
  line = without_blanks_before(line);
  return line.find_first_not_of("\r\n") == std::string_view::npos || line.starts_with('#');
}

/// Where the value of "name = " begins, with its quote; npos: the line is another one.
std::size_t name_value(std::string_view line) {
  std::string_view rest = without_blanks_before(line);
  for (const std::string_view key : {"name", "\"name\"", "'name'"}) {
    if (!rest.starts_with(key)) continue;
    const std::string_view behind = without_blanks_before(rest.substr(key.size()));
    if (!behind.starts_with('=')) continue;
    const std::string_view value = without_blanks_before(behind.substr(1));
    return line.size() - value.size();
  }
  return std::string_view::npos;
}

std::string joined(const Lines& lines) {
  std::string text;
  for (const std::string_view line : lines) text += line;
  return text;
}

Error by_hand(const profile::Profile& profile, const profile::Account& account,
              const std::string& what) {
  return Error(Errc::kSyntax, fmt::format("{}:{}: these lines are not written as expected; {}",
                                          profile.file.string(), account.line, what));
}

/// Whether the changed text has these accounts and no mistakes. Errors: kSyntax.
Status check(const profile::Profile& profile, const std::string& text,
             const std::vector<std::string>& names, const Error& otherwise) {
  const auto parsed =
      profile::parse(text, profile.file.string(), profile.file.parent_path(), false);
  if (!parsed.profile) return Error(Errc::kSyntax, parsed.mistakes.front());
  std::vector<std::string> found;
  for (const profile::Account& account : parsed.profile->accounts) found.push_back(account.name);
  return found == names && parsed.profile->archive == profile.archive ? ok() : Status(otherwise);
}

}  // namespace

Result<std::string> with_other_name(const profile::Profile& profile, std::string_view text,
                                    const std::string& from, const std::string& to) {
  const profile::Account* const account = find_account(profile, from);
  if (account == nullptr) return Error(Errc::kNotFound, "there is no account \"" + from + "\"");
  const Error otherwise =
      by_hand(profile, *account, "write name = \"" + to + "\" there yourself, and say it again");
  Lines lines = lines_of(text);
  std::string changed;
  for (auto i = static_cast<std::size_t>(account->line); i < lines.size(); ++i) {
    if (is_header(lines[i])) break;
    const std::size_t at = name_value(lines[i]);
    if (at == std::string_view::npos) continue;
    const std::string_view value = lines[i].substr(at);
    if (value.size() < from.size() + 2 || value.substr(1, from.size()) != from) break;
    changed = std::string(lines[i].substr(0, at)) + "\"" + to + "\"" +
              std::string(value.substr(from.size() + 2));
    lines[i] = changed;
    break;
  }
  std::string made = joined(lines);
  std::vector<std::string> names;
  for (const profile::Account& each : profile.accounts)
    names.push_back(each.name == from ? to : each.name);
  RESTANTE_CHECKED(check(profile, made, names, otherwise));
  return made;
}

Result<std::string> without_account(const profile::Profile& profile, std::string_view text,
                                    const std::string& name) {
  const profile::Account* const account = find_account(profile, name);
  if (account == nullptr) return Error(Errc::kNotFound, "there is no account \"" + name + "\"");
  const Error otherwise = by_hand(profile, *account, "take them out yourself");
  Lines lines = lines_of(text);
  const auto begin = static_cast<std::size_t>(account->line) - 1;
  if (begin >= lines.size() || !is_header(lines[begin])) return otherwise;
  std::size_t end = begin + 1;
  while (end < lines.size() && (!is_header(lines[end]) || is_header_below_account(lines[end])))
    ++end;
  // Comments before the next table are about that one.
  while (end > begin + 1 && is_blank_or_comment(lines[end - 1])) --end;
  lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(begin),
              lines.begin() + static_cast<std::ptrdiff_t>(end));
  std::string made = joined(lines);
  std::vector<std::string> names;
  for (const profile::Account& each : profile.accounts)
    if (each.name != name) names.push_back(each.name);
  RESTANTE_CHECKED(check(profile, made, names, otherwise));
  return made;
}

Status replace_text(const std::filesystem::path& file, std::string_view text) {
  std::error_code error;
  const std::filesystem::path place = std::filesystem::canonical(file, error);
  struct stat status {};
  if (error || ::stat(place.c_str(), &status) != 0) return archive::system_error("stat", file);
  // A name of our own: who changes the file at the same time has another one.
  return files::replace_durably(
      place, text, {.mode = status.st_mode, .ending = fmt::format(".{}.new", ::getpid())});
}

}  // namespace restante::cli
