#include "archive/exchange/import/import_maildir.h"

#include <algorithm>

#include "archive/exchange/import/folder_name.h"
#include "archive/exchange/import/import_message.h"
#include "archive/exchange/import/source_kind.h"
#include "archive/mailbox/file_name.h"

namespace restante::archive {
namespace {

/// Flags behind ":2,", or behind what stands for it where a name must have no colon.
std::optional<std::string> flags_in(const std::string& name) {
  // Windows and some archives replace the colon.
  for (const std::string_view info : {":2,", ";2,", "!2,", "-2,"}) {
    const std::size_t at = name.rfind(info);
    if (at == std::string::npos) continue;
    return flags_of(":2," + name.substr(at + info.size()));
  }
  return std::nullopt;
}

Told told_by(const SourceFile& file) {
  Told told;
  // Our own names say when it came, and no other program has to be believed.
  if (const auto ours = parse_file_name(file.name)) return Told{ours->flags, ours->seconds, true};
  told.flags = flags_in(file.name).value_or("");
  told.arrived = time_in_name(file.name).value_or(file.changed);
  return told;
}

}  // namespace

bool is_maildir(const Path& folder) {
  std::error_code ignored;
  const auto has = [&](const char* name) {
    return std::filesystem::is_directory(folder / name, ignored);
  };
  return has("cur") && (has("new") || has("tmp"));
}

Status MaildirImport::run(const Path& folder, const std::string& shown) {
  intake_.enter(shown);
  RESTANTE_CHECKED(take_messages(folder));
  RESTANTE_TRY(std::vector<std::string> names, names_in(folder));
  // In one order, so that an import that is repeated finds the same first.
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    const Path each = folder / name;
    std::error_code ignored;
    // Maildir++: sub-folders lie beside cur and new, under names that begin with a dot.
    if (!name.starts_with('.') || intake_.is_stopped() || !is_maildir(each)) continue;
    intake_.enter(shown + "/" + maildir_folder_name(name.substr(1)));
    // It may lead out of the mailbox, or round in it.
    if (std::filesystem::is_symlink(each, ignored)) {
      intake_.refuse(each.string(), "a link to a folder");
    } else {
      RESTANTE_CHECKED(take_messages(each));
    }
  }
  return ok();
}

Status MaildirImport::take_messages(const Path& folder) {
  for (const char* const part : {"new", "cur"}) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(folder / part, ignored)) continue;
    RESTANTE_TRY(std::vector<std::string> names, names_in(folder / part));
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
      if (name.starts_with('.') || intake_.is_stopped()) continue;
      const auto file = look_at(folder / part / name);
      if (file) {
        RESTANTE_CHECKED(take(*file));
      } else if (file.error().code == Errc::kSyntax) {
        intake_.refuse((folder / part / name).string(), file.error().detail);
      } else {
        intake_.fail(file.error());
      }
    }
  }
  return ok();
}

Status MaildirImport::take(const SourceFile& file) {
  // An empty file in a Maildir is what a full disk has left of a delivery.
  if (file.bytes == 0 && kind_of("", file.name) != SourceKind::kMessage) {
    intake_.refuse(file.label, "an empty file");
    return ok();
  }
  Told told = told_by(file);
  // Only where the name has no flags: the header's are of the time when it was in Thunderbird.
  if (!told.certain && !flags_in(file.name)) {
    const HeaderState state = mozilla_state_of(header_in(file.beginning));
    if (state.deleted) {
      intake_.pass_over();
      return ok();
    }
    told.flags = state.flags;
  }
  return import_message(intake_, file, told);
}

}  // namespace restante::archive
