#include "server/delivery/told_owners.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>

#include "files/file.h"

namespace restante::server {
namespace {

constexpr char kTold = '+';
constexpr char kRoom = '-';
// Outdated lines that may stand before the file is written anew.
constexpr std::uint64_t kDeadLinesMax = 10'000;

}  // namespace

ToldOwners::ToldOwners(std::filesystem::path file) : file_(std::move(file)) {
  catch_up();
  if (lines_ > accounts_.size() + kDeadLinesMax) {
    shrink();
    accounts_.clear();
    read_bytes_ = lines_ = 0;
    catch_up();
  }
}

bool ToldOwners::note(const std::string& account) {
  const std::lock_guard lock(mutex_);
  catch_up();  // Another process may have told this one meanwhile.
  if (!accounts_.insert(account).second) return false;
  append(kTold, account);
  return true;
}

void ToldOwners::forget(const std::string& account) {
  const std::lock_guard lock(mutex_);
  catch_up();  // Another process may have told this one.
  if (accounts_.erase(account) != 0) append(kRoom, account);
}

void ToldOwners::catch_up() {
  if (file_.empty()) return;
  std::error_code ignored;
  const std::uint64_t size = std::filesystem::file_size(file_, ignored);
  if (ignored || size == read_bytes_) return;
  if (size < read_bytes_) read_bytes_ = lines_ = 0;  // Written anew.
  std::ifstream file(file_, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(read_bytes_));
  for (std::string line; std::getline(file, line) && !file.eof();) {
    read_bytes_ += line.size() + 1;
    take(line);
  }
}

void ToldOwners::take(std::string_view line) {
  ++lines_;
  if (line.size() < 2) return;
  const std::string account(line.substr(1));
  if (line.front() == kTold) accounts_.insert(account);
  if (line.front() == kRoom) accounts_.erase(account);
}

/// The appended line is read again by catch_up(), which changes nothing.
void ToldOwners::append(char mark, const std::string& account) {
  if (file_.empty() || account.find('\n') != std::string::npos) return;
  const files::Descriptor file(
      ::open(file_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.is_open()) return;
  const std::string line = mark + account + "\n";
  // One write, so that lines of several processes do not mix. Not synced: after a crash an owner is
  // at worst told twice.
  [[maybe_unused]] const ssize_t written = ::write(file.number(), line.data(), line.size());
}

void ToldOwners::shrink() const {
  std::string lines;
  for (const std::string& account : accounts_) lines += kTold + account + '\n';
  // After a fault the old file serves as well.
  static_cast<void>(files::replace_durably(file_, lines));
}

}  // namespace restante::server
