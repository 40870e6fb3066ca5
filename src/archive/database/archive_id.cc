#include "archive/database/archive_id.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <random>

#include "archive/database/database.h"
#include "archive/mailbox/account_lock.h"
#include "archive/mailbox/mailbox.h"
#include "files/new_file.h"

namespace restante::archive {
namespace {

constexpr std::size_t kIdDigits = 32;
// Larger is no marker of ours.
constexpr std::size_t kFileBytesMax = 16U << 10;
constexpr std::string_view kIdKey = "archive-id ";
constexpr std::string_view kPathKey = "archive ";

Path id_file(const Path& archive) { return state_folder(archive) / "id"; }

/// Nothing: it is not there.
Result<std::optional<std::string>> read_small(const Path& file) {
  // O_NONBLOCK: a pipe in its place must not hang the program.
  const auto opened = open_file(file, O_RDONLY | O_NONBLOCK);
  if (!opened && opened.error().code == Errc::kNotFound) return std::optional<std::string>();
  if (!opened) return opened.error();
  std::string buffer(kFileBytesMax, '\0');
  RESTANTE_TRY(const std::string_view text, read_some(*opened, buffer, file));
  return std::optional(std::string(text));
}

std::string fresh_id() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::random_device random;
  std::string id;
  for (std::size_t i = 0; i < kIdDigits; ++i) id += kDigits[random() % kDigits.size()];
  return id;
}

bool is_id(std::string_view text) {
  return text.size() == kIdDigits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// Behind `key`, to the end of its line; empty: there is no such line.
std::string line_with(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    if (line.starts_with(key)) return std::string(line.substr(key.size()));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

/// One of the time before there were ids, or one that was put back without its id: it has a
/// database and mail.
bool is_older(const Path& archive) {
  std::error_code ignored;
  const auto accounts = accounts_in(archive);
  // Its mail is here: an id can be given to it without a doubt which archive it is.
  return std::filesystem::exists(Database::file_of(archive), ignored) && accounts &&
         !accounts->empty();
}

Error not_there(const Path& archive, const Marker& marker) {
  std::string detail = archive.string() + " does not have the archive " + marker.id;
  if (marker.archive != archive) detail += ", which was in " + marker.archive.string();
  // The folder of a disk that is not mounted looks like an empty archive, and all mail would be
  // fetched anew.
  return Error(Errc::kIo, detail +
                              ": is its disk mounted? Nothing was done; only \"restante archive "
                              "init --new\" begins a new one");
}

/// The archive's id, made where it has none; two processes at once make one.
Result<std::string> give_id(const Path& archive, const std::string& wanted) {
  RESTANTE_CHECKED(make_folders(state_folder(archive)));
  // Made whole under another name: two processes at once must not each believe in an id of their
  // own.
  RESTANTE_TRY(files::NewFile made, files::NewFile::make(id_file(archive)));
  RESTANTE_CHECKED(made.fill(wanted + "\n"));
  RESTANTE_CHECKED(made.publish());
  RESTANTE_TRY(const auto id, id_of(archive));
  return id ? *id : wanted;
}

Status write_marker(const Path& file, const Marker& marker) {
  RESTANTE_CHECKED(make_folders(file.parent_path()));
  std::string text = "# Which archive was begun; see \"restante archive init --help\".\n";
  text += std::string(kIdKey) + marker.id + "\n";
  text += std::string(kPathKey) + marker.archive.string() + "\n";
  return replace_durably(file, text, {.ending = fmt::format(".{}.new", ::getpid())});
}

}  // namespace

Result<std::optional<std::string>> id_of(const Path& archive) {
  RESTANTE_TRY(auto text, read_small(id_file(archive)));
  if (!text) return text;
  if (text->ends_with('\n')) text->pop_back();
  if (is_id(*text)) return text;
  return Error(Errc::kCorrupt, id_file(archive).string() + ": holds no archive's id");
}

Result<std::optional<Marker>> read_marker(const Path& file) {
  RESTANTE_TRY(const auto text, read_small(file));
  if (!text) return std::optional<Marker>();
  Marker marker{line_with(*text, kIdKey), line_with(*text, kPathKey)};
  if (is_id(marker.id)) return std::optional(std::move(marker));
  return Error(Errc::kCorrupt,
               file.string() +
                   ": does not say which archive was begun; \"restante archive init "
                   "--new\" writes it anew");
}

Status check_archive(const Path& archive, const Path& marker) {
  RESTANTE_TRY(const auto known, read_marker(marker));
  if (!known) return ok();
  RESTANTE_TRY(const auto id, id_of(archive));
  if (id ? *id == known->id : is_older(archive)) return ok();
  return not_there(archive, *known);
}

Result<std::string> claim_archive(const Path& archive, const Path& marker) {
  std::string trouble;
  auto known = read_marker(marker);
  // A marker that may not be read is no reason to stop: its owner may be another user.
  if (!known && known.error().code != Errc::kAuth) return std::move(known).error();
  if (!known) trouble = known.error().detail;
  const bool has_marker = known && *known;
  if (has_marker) RESTANTE_CHECKED(check_archive(archive, marker));
  RESTANTE_TRY(auto id, id_of(archive));
  if (!id) {
    RESTANTE_TRY(std::string given, give_id(archive, has_marker ? (*known)->id : fresh_id()));
    id = std::move(given);
  }
  // Written only when it says something else, since it may lie where nothing can be written.
  if (has_marker && (*known)->archive == archive) return std::string();
  if (!trouble.empty()) return trouble;
  const Status written = write_marker(marker, {*id, archive});
  return written ? std::string() : written.error().detail;
}

Result<std::string> begin_archive(const Path& archive, const Path& marker) {
  RESTANTE_TRY(auto id, id_of(archive));
  if (!id) {
    const auto known = read_marker(marker);
    const auto accounts = accounts_in(archive);
    const bool has_mail = accounts && !accounts->empty();
    // The mail is the archive that the marker names: it keeps its id.
    const bool keeps = has_mail && known && *known;
    RESTANTE_TRY(std::string given, give_id(archive, keeps ? (*known)->id : fresh_id()));
    id = std::move(given);
  }
  RESTANTE_CHECKED(write_marker(marker, {*id, archive}));
  return *id;
}

}  // namespace restante::archive
