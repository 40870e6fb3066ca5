#include "restante/accounts/config_edit.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "base/ascii.h"
#include "config/file.h"
#include "files/file.h"
#include "profile/load.h"
#include "restante/accounts/account_text.h"

namespace restante::cli {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

/// The line says `key = …`.
bool sets(std::string_view line, std::string_view key) {
  line = trim(line);
  if (!line.starts_with(key)) return false;
  return trim(line.substr(key.size())).starts_with('=');
}

/// The forms in which a value may be written, the likeliest first.
std::vector<std::string> spellings(const std::string& value) { return {value, toml_string(value)}; }

bool others_can_read(const struct stat& status) {
  return (status.st_mode & (S_IRGRP | S_IROTH)) != 0;
}

}  // namespace

Result<Setting> parse_setting(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0)
    return Error(Errc::kSyntax, fmt::format("\"{}\" is not KEY=VALUE", text));
  Setting setting{std::string(trim(text.substr(0, equals))), std::nullopt};
  // Keys of an account need no quotes, and with them would be other words for those below.
  if (setting.key.find_first_of("\"'") != std::string::npos)
    return Error(Errc::kSyntax, fmt::format("\"{}\" is not KEY=VALUE", text));
  // The same mail under another name would be a new account, which fetches all of it again.
  if (setting.key == "name")
    return Error(Errc::kSyntax, "the name is changed by: restante account rename NAME NEW");
  const std::string_view value = trim(text.substr(equals + 1));
  // Everybody on this machine sees the words of a command, and the shell writes them down.
  if (setting.key == "password" && !value.empty())
    return Error(Errc::kSyntax,
                 "a password does not belong on a command line: take password_command, "
                 "password_file or keyring, or edit the file by hand");
  if (!value.empty()) setting.value = std::string(value);
  return setting;
}

Result<std::string> with_settings(const std::string& text, int line,
                                  const std::vector<Setting>& settings) {
  std::vector<std::string> lines = lines_of(text);
  const auto header = static_cast<std::size_t>(std::max(line, 1)) - 1;
  const auto starts_table = [&](std::size_t at) { return trim(lines[at]).starts_with('['); };
  if (header >= lines.size() || !trim(lines[header]).starts_with("[[account]]"))
    return Error(Errc::kNotFound, fmt::format("line {} is no [[account]]: edit it by hand", line));
  // A line within such a text may look like a key or a table.
  for (std::size_t at = header + 1; at < lines.size() && !starts_table(at); ++at)
    if (lines[at].find("\"\"\"") != std::string::npos || lines[at].find("'''") != std::string::npos)
      return Error(
          Errc::kNotFound,
          fmt::format("line {}: the account has a text of several lines: edit it by hand", at + 1));
  for (const Setting& setting : settings) {
    std::size_t at = header + 1;
    while (at < lines.size() && !starts_table(at) && !sets(lines[at], setting.key)) ++at;
    const bool is_there = at < lines.size() && !starts_table(at);
    if (is_there) lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(at));
    if (!setting.value) continue;
    if (!is_there) {
      // Behind the last key of the account, before the blank lines that follow it.
      while (at > header + 1 && trim(lines[at - 1]).empty()) --at;
    }
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(at),
                 fmt::format("{} = {}", setting.key, *setting.value));
  }
  std::string out;
  for (const std::string& each : lines) out += each + '\n';
  return out;
}

Status replace_configuration(const fs::path& file, const std::string& text) {
  std::error_code error;
  // What it links to is replaced, not the link.
  const fs::path real = fs::weakly_canonical(file, error);
  if (error) return Error(Errc::kIo, file.string() + ": " + error.message());
  struct stat status {};
  if (::stat(real.c_str(), &status) != 0) return files::io_error(real);
  const auto parsed =
      profile::parse(text, file.string(), file.parent_path(), others_can_read(status));
  if (!parsed.profile)
    return Error(Errc::kSyntax, fmt::format("{}", fmt::join(parsed.mistakes, "\n")));
  // A name of our own: who changes the file at the same time has another one.
  const files::Replacement how{status.st_mode, fmt::format(".{}.new", ::getpid())};
  return files::as_io(files::replace_durably(real, text, how));
}

Status change_account(const fs::path& file, const std::string& name,
                      const std::vector<Setting>& settings) {
  RESTANTE_TRY(const std::string before, config::read_file(file));
  std::string text = before;
  for (const Setting& setting : settings) {
    // The line of the account moves with each change before it.
    const auto parsed = profile::parse(text, file.string(), file.parent_path(), false);
    if (!parsed.profile) return Error(Errc::kSyntax, parsed.mistakes.front());
    const profile::Account* const account = find_account(*parsed.profile, name);
    if (account == nullptr)
      return Error(Errc::kNotFound, fmt::format("there is no account \"{}\"", name));
    Result<std::string> changed = Error(Errc::kSyntax, "");
    std::string wrong;
    const auto tries =
        setting.value ? spellings(*setting.value) : std::vector<std::string>(1, std::string());
    for (const std::string& value : tries) {
      Setting spelt = setting;
      if (setting.value) spelt.value = value;
      changed = with_settings(text, account->line, {spelt});
      if (!changed) return changed.error();
      const auto checked = profile::parse(*changed, file.string(), file.parent_path(), false);
      if (checked.profile) break;
      wrong = checked.mistakes.front();
      changed = Error(Errc::kSyntax, wrong);
    }
    if (!changed) return changed.error();
    text = std::move(*changed);
  }
  return text == before ? ok() : replace_configuration(file, text);
}

}  // namespace restante::cli
