#include "accounts/passwd_file/contents.h"

#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

#include "accounts/idna.h"
#include "accounts/passwd_line.h"
#include "accounts/password.h"

namespace restante::accounts::passwd_file {
namespace {

Result<std::string> read_whole(const std::filesystem::path& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  // A folder opens, but cannot be read.
  if (file && file.peek() != std::ifstream::traits_type::eof()) text << file.rdbuf();
  if (!file.is_open() || file.bad())
    return Error(Errc::kIo, path.string() + ": " + std::generic_category().message(errno));
  return std::move(text).str();
}

/// Collects every mistake of a file, so that one look at the report is enough.
class LineReader {
 public:
  LineReader(const std::filesystem::path& path, std::string& mistakes)
      : path_(path), mistakes_(mistakes) {}

  /// Calls `take(line)` for each line; it returns a Status.
  template <typename Take>
  void read(std::string_view text, Take take) {
    for (std::size_t number = 1; !text.empty(); ++number) {
      const std::size_t end = text.find('\n');
      if (Status taken = take(text.substr(0, end)); !taken) note(number, taken.error());
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
  }

 private:
  void note(std::size_t number, const Error& error) {
    if (!mistakes_.empty()) mistakes_ += '\n';
    mistakes_ += path_.string() + ":" + std::to_string(number) + ": " + error.detail;
  }

  const std::filesystem::path& path_;
  std::string& mistakes_;
};

Status take_account(std::string_view line, const NameRules& rules, Contents& contents) {
  RESTANTE_TRY(auto parsed, parse_passwd_line(line, rules));
  if (!parsed) return ok();
  Account account;
  account.name = parsed->name;
  account.secret = std::move(parsed->secret);
  account.no_login = parsed->extra.no_login;
  account.allowance = parsed->extra.allowance;
  contents.domains.emplace(to_a_labels(domain_of(account.name)));
  if (!contents.accounts.emplace(parsed->name, std::move(account)).second)
    return Error(Errc::kSyntax, "second line for " + parsed->name);
  contents.spellings.add(parsed->name);
  return ok();
}

Status take_alias(std::string_view line, const NameRules& rules, Contents& contents) {
  RESTANTE_TRY(auto parsed, parse_alias_line(line, rules));
  if (!parsed) return ok();
  if (contents.accounts.contains(parsed->address))
    return Error(Errc::kSyntax, "there is an account of this name: " + parsed->address);
  contents.domains.emplace(to_a_labels(domain_of(parsed->address)));
  if (!contents.aliases.emplace(parsed->address, std::move(parsed->targets)).second)
    return Error(Errc::kSyntax, "second line for " + parsed->address);
  contents.spellings.add(parsed->address);
  return ok();
}

}  // namespace

const Account* Contents::find(const std::string& name) const {
  const auto found = accounts.find(name);
  return found == accounts.end() ? nullptr : &found->second;
}

const Account* Contents::find_alike(std::string_view name) const {
  return find(spellings.find(
      name, [this](const std::string& candidate) { return accounts.contains(candidate); }));
}

Result<Contents> read_contents(const std::filesystem::path& accounts,
                               const std::filesystem::path& aliases, const NameRules& rules) {
  Contents contents(rules);
  std::string mistakes;
  RESTANTE_TRY(const std::string account_lines, read_whole(accounts));
  LineReader(accounts, mistakes).read(account_lines, [&](std::string_view line) {
    return take_account(line, rules, contents);
  });
  if (!aliases.empty()) {
    RESTANTE_TRY(const std::string alias_lines, read_whole(aliases));
    LineReader(aliases, mistakes).read(alias_lines, [&](std::string_view line) {
      return take_alias(line, rules, contents);
    });
  }
  if (!mistakes.empty()) return Error(Errc::kSyntax, std::move(mistakes));
  return contents;
}

Stamp stamp_of(const std::filesystem::path& path) {
  struct stat found {};
  if (path.empty() || ::stat(path.c_str(), &found) != 0) return {};
  const auto nanoseconds = [](const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  };
  Stamp stamp;
  stamp.inode = static_cast<std::int64_t>(found.st_ino);
  stamp.size = found.st_size;
  stamp.modified_ns = nanoseconds(found.st_mtim);
  stamp.changed_ns = nanoseconds(found.st_ctim);
  return stamp;
}

}  // namespace restante::accounts::passwd_file
