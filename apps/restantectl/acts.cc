#include "restantectl/acts.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <cstdlib>
#include <cstring>

#include "base/ascii.h"
#include "files/descriptor.h"
#include "files/errors.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 36> kActs = {"account add",
                                                    "account passwd",
                                                    "account remove",
                                                    "account enable",
                                                    "account disable",
                                                    "account import",
                                                    "account set",
                                                    "account rename",
                                                    "account purge",
                                                    "account quota",
                                                    "account retention",
                                                    "account addresses",
                                                    "alias add",
                                                    "alias remove",
                                                    "alias set",
                                                    "alias import",
                                                    "device add",
                                                    "device remove",
                                                    "maildrop repair",
                                                    "maildrop upkeep",
                                                    "maildrop undelete",
                                                    "account networks",
                                                    "account forget",
                                                    "maildrop heal",
                                                    "upkeep",
                                                    "deliver",
                                                    "migrate",
                                                    "restore",
                                                    "account route",
                                                    "account operator",
                                                    "account copy",
                                                    "account copy pause",
                                                    "account copy resume",
                                                    "account copy remove",
                                                    "copies retry",
                                                    "copies drop"};

/// Words come from a command line, which may hold any octets.
std::string to_utf8(const std::string& word) {
  if (is_utf8(word)) return word;
  std::string out = word;
  std::replace_if(
      out.begin(), out.end(), [](char c) { return !is_ascii(c); }, '?');
  return out;
}

Error failed(const std::filesystem::path& path, const char* call) {
  return files::io_error(path.string() + ": " + call);
}

/// Locked. Another process may have renamed the file while this one waited for the lock: then the
/// new one is opened.
Result<files::Descriptor> open_locked(const std::filesystem::path& path) {
  for (;;) {
    files::Descriptor file(
        ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.is_open()) return failed(path, "open");
    if (::flock(file.number(), LOCK_EX) != 0) return failed(path, "flock");
    struct stat opened {};
    struct stat named {};
    if (::fstat(file.number(), &opened) != 0) return failed(path, "fstat");
    if (::stat(path.c_str(), &named) == 0 && named.st_ino == opened.st_ino &&
        named.st_dev == opened.st_dev)
      return file;
  }
}

}  // namespace

Actor find_actor() {
  Actor actor;
  actor.uid = ::getuid();
  if (const passwd* const entry = ::getpwuid(actor.uid)) actor.user = entry->pw_name;
  if (const char* const name = std::getenv("SUDO_USER")) actor.sudo_user = name;
  return actor;
}

std::vector<std::string> words_behind(const std::string& command,
                                      const std::vector<std::string>& typed) {
  std::string_view rest = command;
  std::vector<std::string> words;
  for (std::size_t i = 0; i < typed.size(); ++i) {
    const std::string_view name = rest.substr(0, rest.find(' '));
    const std::string& word = typed[i];
    if (word == "--config" || word == "--format") {
      ++i;
    } else if (!name.empty() && word == name) {
      rest.remove_prefix(std::min(name.size() + 1, rest.size()));
    } else if (word != "-q" && word != "--quiet" && !word.starts_with("--config=") &&
               !word.starts_with("--format=")) {
      words.push_back(word);
    }
  }
  return words;
}

bool is_act(std::string_view command) {
  return std::find(kActs.begin(), kActs.end(), command) != kActs.end();
}

std::string act_line(const Act& act, const Actor& actor, WallTime now) {
  json::object line{{"time", to_rfc3339(now)}, {"act", act.command}};
  json::array words;
  for (const std::string& word : act.words) words.emplace_back(to_utf8(word));
  line["words"] = std::move(words);
  line["exit"] = act.exit;
  line["uid"] = static_cast<std::uint64_t>(actor.uid);
  line["user"] = to_utf8(actor.user);
  if (!actor.sudo_user.empty()) line["sudo_user"] = to_utf8(actor.sudo_user);
  for (const auto& detail : act.details) line[detail.key()] = detail.value();
  return json::serialize(line) + "\n";
}

Status write_act(const std::filesystem::path& data_dir, const std::string& line) {
  const std::filesystem::path path = data_dir / "acts.log";
  RESTANTE_TRY(files::Descriptor file, open_locked(path));
  struct stat found {};
  if (::fstat(file.number(), &found) != 0) return failed(path, "fstat");
  if (static_cast<std::uintmax_t>(found.st_size) + line.size() > kActsBytesMax) {
    if (::rename(path.c_str(), (path.string() + ".1").c_str()) != 0) return failed(path, "rename");
    RESTANTE_TRY(files::Descriptor fresh, open_locked(path));
    file = std::move(fresh);
  }
  // One write, so that a crash leaves no half line between two whole ones.
  const ssize_t written = ::write(file.number(), line.data(), line.size());
  if (written != static_cast<ssize_t>(line.size())) return failed(path, "write");
  return ok();
}

}  // namespace restante::ctl
