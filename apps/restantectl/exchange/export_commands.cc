#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iostream>

#include "base/numbers.h"
#include "disk/posix.h"
#include "mail/wire_codec.h"
#include "restantectl/commands.h"
#include "restantectl/exchange/mbox_text.h"
#include "restantectl/maildrops/check_selection.h"

namespace restante::ctl {
namespace {

using maildrop::Content;
using maildrop::StoredMessage;

struct ExportOptions {
  std::string name;
  std::string id;        ///< show: a unique id, or a sequence number.
  std::string to;        ///< export: a folder; "mbox" or empty: an mbox on stdout.
  bool deleted = false;  ///< export: deleted ones, too.
};

Result<std::unique_ptr<Content>> find_messages(Office& office, const std::string& name) {
  RESTANTE_TRY(const auto selected, select_maildrops(office, {{name}, false}));
  RESTANTE_TRY(auto* const store, office.store());
  return store->content(selected[0].name, {});
}

std::string describe(const StoredMessage& message) {
  return "message " + std::to_string(to_number(message.info.sequence)) + ", uid " + message.uid;
}

/// As it was received, without dot-stuffing.
Status unstuffed(Content& content, std::size_t index, const Content::Sink& sink) {
  mail::DotUnstuffer unstuffer;
  std::string raw;
  return content.read(index, [&](std::string_view wire) {
    raw.clear();
    unstuffer.write(wire, raw);
    return sink(raw);
  });
}

Status print_text(std::string_view text) {
  std::cout.write(text.data(), static_cast<std::streamsize>(text.size()));
  return std::cout.good() ? ok() : Status(Error(Errc::kIo, "cannot write to stdout"));
}

Status print_mbox(Content& content, std::size_t index) {
  RESTANTE_CHECKED(print_text(mbox_from_line(content.message(index).info.arrived)));
  MboxText text;
  std::string out;
  RESTANTE_CHECKED(unstuffed(content, index, [&](std::string_view raw) {
    out.clear();
    text.write(raw, out);
    return print_text(out);
  }));
  out.clear();
  text.finish(out);
  return print_text(out);
}

/// NUMBER.eml, since a unique id may hold a slash. The file gets its name when it is whole, so that
/// a broken run leaves no half message that looks like one.
Status write_file(Content& content, std::size_t index, const std::string& folder) {
  const auto number = to_number(content.message(index).info.sequence);
  const std::string path = fmt::format("{}/{:012}.eml", folder, number);
  const std::string unfinished = path + ".new";
  {
    RESTANTE_TRY(const auto target, disk::posix_disk().open(unfinished, disk::OpenMode::kReplace));
    std::uint64_t at = 0;
    RESTANTE_CHECKED(unstuffed(content, index, [&](std::string_view raw) {
      const std::array<ByteView, 1> pieces = {as_bytes(raw)};
      Status written = target->write(at, pieces);
      at += raw.size();
      return written;
    }));
    RESTANTE_CHECKED(target->sync());
  }
  return disk::posix_disk().rename(unfinished, path);
}

Status ensure_folder(const std::string& folder) {
  const Status made = disk::posix_disk().create_directory(folder);
  if (!made && made.error().code != Errc::kExists) return made;
  return ok();
}

/// By its unique id, else by its sequence number.
std::optional<std::size_t> find(const Content& content, const std::string& id) {
  for (std::size_t i = 0; i < content.count(); ++i)
    if (content.message(i).uid == id) return i;
  for (std::size_t i = 0; i < content.count(); ++i)
    if (std::to_string(to_number(content.message(i).info.sequence)) == id) return i;
  return std::nullopt;
}

Exit fail_damaged(const StoredMessage& message) {
  return fail(Exit::kData,
              describe(message) + ": damaged, so it is not given out; see maildrop heal");
}

Exit maildrop_show(Office& office, const ExportOptions& options) {
  const auto found = find_messages(office, options.name);
  if (!found) return fail(found.error());
  const auto index = find(**found, options.id);
  if (!index) return fail(Exit::kNoUser, "no such message: " + options.id);
  const StoredMessage& message = (*found)->message(*index);
  if (!message.intact) return fail_damaged(message);
  const Status shown = unstuffed(**found, *index, print_text);
  if (!shown && shown.error().code == Errc::kCorrupt) return fail_damaged(message);
  return shown ? Exit::kOk : fail(shown.error());
}

Exit maildrop_export(Office& office, const ExportOptions& options) {
  const bool to_mbox = options.to.empty() || options.to == "mbox";
  if (!to_mbox) office.make_folder_for_owner(options.to);
  if (const Exit entered = office.enter(); entered != Exit::kOk) return entered;
  const auto found = find_messages(office, options.name);
  if (!found) return fail(found.error());
  if (!to_mbox)
    if (const Status made = ensure_folder(options.to); !made) return fail(made.error());
  std::uint64_t written = 0;
  std::uint64_t damaged = 0;
  for (std::size_t i = 0; i < (*found)->count(); ++i) {
    const StoredMessage& message = (*found)->message(i);
    if (message.deleted && !options.deleted) continue;
    Status done = Error(Errc::kCorrupt);
    if (message.intact)
      done = to_mbox ? print_mbox(**found, i) : write_file(**found, i, options.to);
    if (!done && done.error().code != Errc::kCorrupt) return fail(done.error());
    if (!done) static_cast<void>(fail_damaged(message));
    ++(done ? written : damaged);
  }
  if (!to_mbox)
    if (const Status kept = disk::posix_disk().sync_directory(options.to); !kept)
      return fail(kept.error());
  office.out().note(
      fmt::format("restantectl: {} written, {} damaged", counted(written, "message"), damaged));
  return damaged == 0 ? Exit::kOk : Exit::kData;
}

}  // namespace

void add_export_commands(CLI::App& maildrop, Chosen& chosen) {
  const auto options = std::make_shared<ExportOptions>();
  CLI::App& show =
      add_command(maildrop, chosen,
                  {"show", "One message, to stdout, as it was received",
                   "  restantectl maildrop show alice@example.com 7 > message.eml"},
                  [options](Office& office) { return maildrop_show(office, *options); });
  add_name(show, options->name);
  show.add_option("ID", options->id, "Unique id (UIDL), or sequence number (maildrop list)")
      ->required()
      ->type_name("");
  CLI::App& exporting = add_command(
      maildrop, chosen,
      {"export", "All messages that wait: an mbox on stdout, or files",
       "  restantectl maildrop export alice@example.com > alice.mbox\n"
       "  restantectl maildrop export alice@example.com --to /var/tmp/alice --deleted"},
      [options](Office& office) { return maildrop_export(office, *options); }, Enters::kItself);
  add_name(exporting, options->name);
  exporting.add_option("--to", options->to, "A folder, for a file each; mbox (default): stdout")
      ->type_name("DIR|mbox");
  exporting.add_flag("--deleted", options->deleted, "Deleted messages, too");
}

}  // namespace restante::ctl
