#include "archive/exchange/import/source_walk.h"

#include <algorithm>

#include "archive/exchange/import/import_emlx.h"
#include "archive/exchange/import/import_maildir.h"
#include "archive/exchange/import/import_mbox.h"
#include "archive/exchange/import/import_message.h"
#include "archive/exchange/import/source_kind.h"
#include "archive/exchange/import/thunderbird.h"
#include "archive/exchange/import/unpack.h"
#include "archive/mailbox/file_name.h"

namespace restante::archive {
namespace {

// Folders within folders; no mail lies deeper.
constexpr unsigned kDepthMax = 64;

std::string name_of(const Path& source) {
  std::error_code ignored;
  // "." and "mail/" have names, too.
  const Path whole = std::filesystem::absolute(source, ignored).lexically_normal();
  const std::string name = whole.filename().string();
  return name.empty() ? whole.parent_path().filename().string() : name;
}

bool is_folder(const Path& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

}  // namespace

Status SourceWalk::add(const Path& source) {
  if (is_folder(source)) return add_folder(source, name_of(source), 0);
  intake_.enter(name_of(source));
  return add_file(source, "");
}

Status SourceWalk::add_folder(const Path& folder, const std::string& shown, unsigned depth) {
  RESTANTE_TRY(const FileIdentity identity, identity_of(folder));
  // By the folder itself: bind mounts make rings that no link shows.
  if (!seen_.insert(identity).second || depth > kDepthMax) {
    intake_.refuse(folder.string(), "a folder that was looked at, or too deep");
    return ok();
  }
  if (is_maildir(folder)) return MaildirImport(intake_).run(folder, shown);
  RESTANTE_TRY(std::vector<std::string> names, names_in(folder));
  std::sort(names.begin(), names.end());
  const bool thunderbird = is_thunderbirds(names);
  // Its list may be half or gone: then the messages have the state of their own files.
  if (std::binary_search(names.begin(), names.end(), kExportedStateName))
    static_cast<void>(state_.read(folder / kExportedStateName));
  if (const auto sequences = look_at(folder / ".mh_sequences"))
    mh_.insert_or_assign(folder, MhSequences(sequences->beginning));
  // Hidden files are programs' own: indexes, locks, drafts of editors.
  for (const std::string& name : names) {
    if (name.starts_with('.') || intake_.is_stopped()) continue;
    const Path each = folder / name;
    if (thunderbird && is_no_folder_of_mail(each)) continue;
    const std::string below = shown + "/" + (thunderbird ? folder_shown(name) : name);
    intake_.enter(shown);
    const Status added =
        is_folder(each) ? add_in_folder(each, below, depth + 1) : add_file(each, shown);
    if (added) continue;
    // Trouble with one file is that file's; trouble with the archive ends the import.
    if (added.error().code == Errc::kFull || added.error().code == Errc::kState) return added;
    intake_.fail(added.error());
  }
  return ok();
}

Status SourceWalk::add_in_folder(const Path& path, const std::string& shown, unsigned depth) {
  std::error_code ignored;
  if (!std::filesystem::is_symlink(path, ignored)) return add_folder(path, shown, depth);
  // It may lead back to a folder above, or to the whole disk.
  intake_.refuse(path.string(), "a link to a folder");
  return ok();
}

Status SourceWalk::add_file(const Path& path, const std::string& shown) {
  auto file = look_at(path);
  if (!file && file.error().code == Errc::kSyntax) {
    intake_.refuse(path.string(), file.error().detail);
    return ok();
  }
  if (!file) return std::move(file).error();
  // Hard links are how some programs keep one mail in several folders.
  if (file->many_names && !seen_.insert(file->identity).second) {
    intake_.find_again();
    return ok();
  }
  return add_content(*file, shown, false);
}

Told SourceWalk::told_of(const SourceFile& file) const {
  if (const auto ours = parse_file_name(file.name)) return Told{ours->flags, ours->seconds, true};
  const std::string checksum = checksum_in(file.name);
  if (checksum.empty()) {
    const auto mh = mh_.find(file.path.parent_path());
    return Told{mh == mh_.end() ? "" : mh->second.flags_of(file.name), std::nullopt, false};
  }
  if (const Told* const told = state_.find(checksum)) return *told;
  // A checksum without its list: an export whose list was left behind.
  return Told{"", file.changed, false};
}

Status SourceWalk::add_content(const SourceFile& file, const std::string& shown, bool unpacked) {
  const SourceKind kind = kind_of(file.beginning, file.name);
  const bool is_packed = kind == SourceKind::kGzip || kind == SourceKind::kZip;
  if (kind == SourceKind::kState) return ok();
  // No packed file within a packed one: a bomb of such layers would grow without an end.
  if (kind == SourceKind::kNoMail || (is_packed && unpacked)) {
    intake_.refuse(file.label, "no mail");
    return ok();
  }
  if (kind == SourceKind::kMessage) return import_message(intake_, file, told_of(file));
  if (kind == SourceKind::kEmlx) return import_emlx(intake_, file);
  // Each mbox is a folder of its own in the summary.
  if (!shown.empty()) intake_.enter(shown + "/" + file.name);
  if (kind == SourceKind::kMbox) return MboxImport(intake_).run(file);
  if (kind == SourceKind::kZip) return add_zip(file);
  auto made = unpack_gzip(file, intake_.tmp());
  // Its folder is the packed file's.
  if (made) return add_content(made->file, "", true);
  if (made.error().code != Errc::kSyntax) return std::move(made).error();
  intake_.refuse(file.label, made.error().detail);
  return ok();
}

Status SourceWalk::add_zip(const SourceFile& file) {
  auto members = ZipMembers::open(file, intake_.tmp());
  if (!members) {
    intake_.refuse(file.label, members.error().detail);
    return ok();
  }
  // The state first; and documents, of whose parts none is mail, as a whole.
  for (std::uint64_t i = 0; i < members->size(); ++i) {
    // Documents of offices are zip files as well.
    const std::string name = members->name(i);
    if (name == "[Content_Types].xml" || name == "mimetype" || name == "META-INF/MANIFEST.MF") {
      intake_.refuse(file.label, "no mail");
      return ok();
    }
    state_.read_line(members->comment(i));
    if (name.substr(name.rfind('/') + 1) != kExportedStateName) continue;
    if (const auto made = members->unpack(i)) static_cast<void>(state_.read(made->file.path));
  }
  for (std::uint64_t i = 0; i < members->size() && !intake_.is_stopped(); ++i) {
    const std::string name = members->name(i);
    // Folders have an entry of their own.
    // macOS puts a file of its attributes beside each member.
    if (name.empty() || name.ends_with('/') || name.starts_with("__MACOSX/")) continue;
    const auto made = members->unpack(i);
    if (!made && made.error().code != Errc::kSyntax) return made.error();
    if (made) {
      RESTANTE_CHECKED(add_content(made->file, "", true));
    } else {
      intake_.refuse(file.label + ": " + name, made.error().detail);
    }
  }
  return ok();
}

}  // namespace restante::archive
