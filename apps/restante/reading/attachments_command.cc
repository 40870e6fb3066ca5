#include "restante/reading/attachments_command.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>

#include "archive/exchange/exporter.h"
#include "archive/reader/reader.h"
#include "config/size.h"
#include "console/harmless.h"
#include "restante/reading/archive_view.h"
#include "restante/reading/entry_list.h"

namespace restante::cli {
namespace {

constexpr std::size_t kNameBytesMax = 200;
constexpr std::uint64_t kWholeFileBytes = ~0ULL >> 1U;
constexpr int kSameNameMax = 1000;

struct AttachmentOptions {
  std::string id;
  std::vector<unsigned> numbers;
  std::string folder = ".";
};

struct Opened {
  archive::Entry entry;
  archive::Path file;
  archive::Reading message;
};

enum class Sizes : std::uint8_t { kNo, kYes };

Result<Opened> open(Context& context, const std::string& id, Sizes sizes) {
  RESTANTE_TRY(ArchiveView view, ArchiveView::open(context));
  RESTANTE_TRY(archive::Entry entry, view.find_one(id));
  archive::Path file = view.file_of(entry);
  archive::Wanted wanted;
  wanted.file_bytes_max = kWholeFileBytes;
  wanted.sizes = sizes == Sizes::kYes;
  RESTANTE_TRY(archive::Reading message, archive::Reader().read(file, wanted));
  return Opened{std::move(entry), std::move(file), std::move(message)};
}

Exit list(Context& context, const AttachmentOptions& options) {
  const auto opened = open(context, options.id, Sizes::kYes);
  if (!opened) return fail(opened.error());
  JsonList objects(context.out());
  Output::Table table{{"NUMBER", "NAME", "TYPE", "SIZE"}, {}, {}};
  for (std::size_t i = 0; i < opened->message.parts.size(); ++i) {
    const archive::MimePart& part = opened->message.parts[i];
    if (!part.is_attachment) continue;
    const std::uint64_t bytes = opened->message.sizes[i];
    objects.add({{"number", part.number},
                 {"name", part.name},
                 {"type", part.type},
                 {"size", bytes},
                 {"content_id", part.content_id}});
    table.rows.push_back({std::to_string(part.number), fit(part.name, 60), fit(part.type, 40),
                          fmt::format("{}", bytes)});
  }
  if (context.out().text()) context.out().print(table);
  if (context.out().text() && table.rows.empty()) context.out().note("no attachments");
  return Exit::kOk;
}

/// A new file of that name, or "name (2).ending", …: files that are there stay.
Result<std::pair<archive::Path, archive::Descriptor>> new_file(const archive::Path& folder,
                                                               const std::string& name) {
  const archive::Path safe(name);
  for (int i = 1; i <= kSameNameMax; ++i) {
    archive::Path path = folder / name;
    if (i > 1)
      path = folder / fmt::format("{} ({}){}", safe.stem().string(), i, safe.extension().string());
    auto file = archive::open_file(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
    if (file) return std::pair(std::move(path), std::move(*file));
    if (file.error().code != Errc::kExists) return file.error();
  }
  return Error(Errc::kExists, (folder / name).string() + ": too many files of this name");
}

Exit save_part(const Context& context, const Opened& opened, const archive::MimePart& part,
               const archive::Path& folder, JsonList& objects) {
  const std::string name = part.name.empty() ? fmt::format("part-{}", part.number)
                                             : archive::safe_file_name(part.name, kNameBytesMax);
  auto made = new_file(folder, name);
  if (!made) return fail(made.error());
  const auto& [path, file] = *made;
  const Status sent = archive::Reader().send_part(
      opened.file, part.number,
      [&](std::string_view octets) { return archive::write_all(file, octets, path); });
  if (!sent) {
    static_cast<void>(archive::remove_file(path));
    return fail(sent.error());
  }
  if (context.out().text()) context.out().line(console::harmless_line(path.string()));
  objects.add({{"number", part.number}, {"file", path.string()}});
  return Exit::kOk;
}

Exit save(Context& context, const AttachmentOptions& options) {
  const auto opened = open(context, options.id, Sizes::kNo);
  if (!opened) return fail(opened.error());
  const archive::Path folder(options.folder);
  if (const Status made = archive::make_folders(folder); !made) return fail(made.error());
  JointExit joint;
  JsonList objects(context.out(), options.numbers.size() == 1 ? Asked::kOne : Asked::kSeveral);
  std::vector<unsigned> wanted = options.numbers;
  for (const archive::MimePart& part : opened->message.parts) {
    const auto named = std::find(wanted.begin(), wanted.end(), part.number);
    const bool is_wanted = options.numbers.empty() ? part.is_attachment : named != wanted.end();
    if (named != wanted.end()) wanted.erase(named);
    if (is_wanted) joint.add(save_part(context, *opened, part, folder, objects));
  }
  for (const unsigned number : wanted)
    joint.add(
        fail(Exit::kNoInput, fmt::format("message {} has no part {}", opened->entry.id, number)));
  return joint.code();
}

}  // namespace

void add_attachments_command(CLI::App& app, Chosen& chosen) {
  CLI::App& group = add_group(app, {"attachments", "What is attached to a message", ""});
  const auto options = std::make_shared<AttachmentOptions>();
  CLI::App& listing = add_command(
      group, chosen, {"list", "Names, types and sizes", "  restante attachments list 42"},
      [options](Context& context) { return list(context, *options); });
  CLI::App& saving = add_command(group, chosen,
                                 {"save", "Save them as files; what is there is never overwritten",
                                  "  restante attachments save 42 --into ~/Downloads\n"
                                  "  restante attachments save 42 --number 3"},
                                 [options](Context& context) { return save(context, *options); });
  for (CLI::App* const each : {&listing, &saving})
    each->add_option("ID", options->id, "A number, Message-ID, or beginning of a checksum")
        ->required()
        ->type_name("");
  saving.add_option("--number", options->numbers, "Only these, as the list numbers them")
      ->type_name("N");
  saving.add_option("--into", options->folder, "The folder; made when it is not there")
      ->type_name("DIR");
}

}  // namespace restante::cli
