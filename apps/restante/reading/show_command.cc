#include "restante/reading/show_command.h"

#include <fcntl.h>

#include <iostream>

#include "archive/mailbox/stored_message.h"
#include "console/pager.h"
#include "restante/reading/archive_view.h"
#include "restante/reading/entry_list.h"
#include "restante/reading/reading.h"

namespace restante::cli {
namespace {

struct ShowOptions {
  std::vector<std::string> ids;
  bool html = false;
  bool headers = false;
  bool raw = false;
  std::string file;  // Of print --html.
};

/// As received, on a terminal too.
Exit show_raw(const ArchiveView& view, const archive::Entry& entry) {
  const archive::Path file = view.file_of(entry);
  const auto judged = archive::judge_file(file, entry.sha256);
  if (!judged) return fail(judged.error());
  const Status sent = archive::send_received(file, judged->form, [](std::string_view octets) {
    std::cout.write(octets.data(), static_cast<std::streamsize>(octets.size()));
    return ok();
  });
  if (!sent) return fail(sent.error());
  if (judged->damaged)
    return fail(Exit::kData, file.string() + ": the message is damaged: its checksum is another");
  return Exit::kOk;
}

/// It is shown all the same, as well as it can be.
void tell_damage(const ArchiveView& view, const archive::Entry& entry) {
  const archive::Path file = view.file_of(entry);
  const auto judged = archive::judge_file(file, entry.sha256);
  if (judged && judged->damaged)
    static_cast<void>(
        fail(Exit::kData, file.string() + ": the message is damaged: its checksum is another"));
}

Exit show_one(const Context& context, const ArchiveView& view, const archive::Entry& entry,
              const ShowOptions& options, JsonList& objects) {
  if (options.raw) return show_raw(view, entry);
  tell_damage(view, entry);
  const bool html = options.html && context.out().text();
  const auto message =
      archive::Reader().read(view.file_of(entry), html ? wanted_as_html() : wanted_as_text());
  if (!message) return fail(message.error());
  if (!context.out().text()) {
    auto object = to_json(entry, view.path());
    for (auto& [key, value] : json_of(*message)) object[key] = value;
    objects.add(object);
  } else if (html) {
    std::cout << html_of(*message);
  } else {
    std::cout << text_of(*message, options.headers, 0);
  }
  return Exit::kOk;
}

/// The messages named, told about those that are not there.
Result<std::vector<archive::Entry>> find_all(ArchiveView& view,
                                             const std::vector<std::string>& ids) {
  std::vector<archive::Entry> entries;
  for (const std::string& id : ids) {
    RESTANTE_TRY(archive::Entry entry, view.find_one(id));
    entries.push_back(std::move(entry));
  }
  return entries;
}

Exit show(Context& context, const ShowOptions& options) {
  auto view = ArchiveView::open(context);
  if (!view) return fail(view.error());
  std::vector<archive::Entry> entries;
  Exit missing = Exit::kOk;
  for (const std::string& id : options.ids) {
    auto entry = view->find_one(id);
    if (entry)
      entries.push_back(std::move(*entry));
    else
      missing = fail(entry.error());
  }
  if (entries.empty()) return missing;
  JointExit joint;
  const bool is_data = options.raw || options.html;
  const Output data({is_data ? Format::kText : context.out().format(), true, kJsonVersion});
  JsonList objects(data, options.ids.size() == 1 ? Asked::kOne : Asked::kSeveral);
  std::optional<console::Pager> pager;
  if (!options.raw && !options.html) pager.emplace(context.pager());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (i > 0 && context.out().text() && !options.raw && !options.html)
      std::cout << "\n" << std::string(72, '=') << "\n\n";
    joint.add(show_one(context, *view, entries[i], options, objects));
  }
  return missing == Exit::kOk ? joint.code() : missing;
}

Exit print(Context& context, const ShowOptions& options) {
  constexpr std::size_t kPageColumns = 78;
  auto view = ArchiveView::open(context);
  if (!view) return fail(view.error());
  const auto entries = find_all(*view, options.ids);
  if (!entries) return fail(entries.error());
  if (!options.file.empty() && entries->size() != 1)
    return fail(Exit::kUsage, "--html makes one file: name one message");
  for (std::size_t i = 0; i < entries->size(); ++i) {
    const auto message = archive::Reader().read(
        view->file_of((*entries)[i]), options.file.empty() ? wanted_as_text() : wanted_as_html());
    if (!message) return fail(message.error());
    if (options.file.empty()) {
      // A form feed: each message begins on a page of its own.
      std::cout << (i > 0 ? "\f" : "") << text_of(*message, false, kPageColumns);
      continue;
    }
    const auto file = archive::open_file(options.file, O_WRONLY | O_CREAT | O_EXCL);
    if (!file && file.error().code == Errc::kExists)
      return fail(Exit::kCannotCreate, options.file + " is there already: choose another name");
    if (!file) return fail(file.error());
    const Status written = archive::write_all(*file, html_of(*message), options.file);
    if (!written) return fail(written.error());
  }
  return Exit::kOk;
}

}  // namespace

void add_show_command(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<ShowOptions>();
  CLI::App& made =
      add_command(app, chosen,
                  {"show", "Read messages",
                   "  restante show 42\n"
                   "  restante show 42 --headers         # with all of its header fields\n"
                   "  restante show 42 --raw > mail.eml  # octet for octet as it was received\n"
                   "  restante show 42 --html > mail.html"},
                  [options](Context& context) { return show(context, *options); });
  made.add_option("ID", options->ids, "Numbers, Message-IDs, or beginnings of checksums")
      ->required()
      ->type_name("");
  auto* const html = made.add_flag("--html", options->html,
                                   "An HTML document without scripts, forms or remote pictures");
  auto* const headers = made.add_flag("--headers", options->headers, "With all header fields");
  made.add_flag("--raw", options->raw, "The octets as received")->excludes(html)->excludes(headers);
}

void add_print_command(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<ShowOptions>();
  CLI::App& made = add_command(app, chosen,
                               {"print", "Messages as pages of plain text, or as an HTML file",
                                "  restante print 42 43 | lp\n"
                                "  restante print 42 --html mail.html"},
                               [options](Context& context) { return print(context, *options); });
  made.add_option("ID", options->ids, "Numbers, Message-IDs, or beginnings of checksums")
      ->required()
      ->type_name("");
  made.add_option("--html", options->file, "Write this HTML file; it must not be there yet")
      ->type_name("FILE");
}

}  // namespace restante::cli
