#include "server/start/account_files.h"

#include <algorithm>

#include "accounts/passwd_file/contents.h"
#include "server/common/back_ends.h"
#include "server/common/log.h"

namespace restante::server {
namespace {

constexpr std::size_t kMistakesLoggedMax = 100;

/// A check may run with fewer rights than the server: a file that it may not read is a warning.
bool is_permission(const Error& error) {
  return error.code == Errc::kIo && error.detail.ends_with("Permission denied");
}

void note(const Error& error, AccountFileReport& report) {
  (is_permission(error) ? report.warnings : report.mistakes).push_back(error.detail);
}

template <typename T>
void add(const std::vector<T>& from, std::vector<T>& to) {
  to.insert(to.end(), from.begin(), from.end());
}

void check(const accounts::BackendSettings& source, const accounts::NameRules& names,
           AccountFileReport& report) {
  using accounts::LastLine;
  if (source.backend != accounts::Backend::kPasswdFile) return;
  const auto read = accounts::passwd_file::read_accounts(source.path, names, LastLine::kCounts);
  if (!read) return note(read.error(), report);
  add(read->mistakes, report.warnings);
  const auto aliases =
      accounts::passwd_file::read_aliases(source.aliases, names, LastLine::kCounts, *read);
  if (!aliases) return note(aliases.error(), report);
  add(aliases->mistakes, report.warnings);
}

}  // namespace

AccountFileReport check_account_files(const settings::Config& config) {
  AccountFileReport report;
  const accounts::BackendSettings& settings = config.accounts;
  check(settings, settings.names, report);
  for (const accounts::BackendSettings& next : settings.next) check(next, settings.names, report);
  return report;
}

void log_account_file(const accounts::FileNews& file) {
  spdlog::info("{} read: {} from {}", file.what, file.count, for_log(file.path.string()));
  const std::size_t told = std::min(file.mistakes.size(), kMistakesLoggedMax);
  for (std::size_t i = 0; i < told; ++i) {
    // Two fields, since each is cut when it is long, and the reason stands at the end.
    const std::string_view mistake = file.mistakes[i];
    const std::size_t end = mistake.find(": ", std::min(file.path.native().size(), mistake.size()));
    const std::size_t place_bytes = std::min(end, mistake.size());
    spdlog::warn("{} line not served place={} reason={}", file.what,
                 for_log(mistake.substr(0, place_bytes)),
                 for_log(mistake.substr(std::min(place_bytes + 2, mistake.size()))));
  }
  if (told < file.mistakes.size())
    spdlog::warn("{} lines not served, too: {}", file.what, file.mistakes.size() - told);
  if (file.may_be_half)
    spdlog::warn(
        "{} file is written in place: until it has been quiet for two seconds, who is missing is "
        "answered \"try again later\" file={}",
        file.what, for_log(file.path.string()));
}

}  // namespace restante::server
