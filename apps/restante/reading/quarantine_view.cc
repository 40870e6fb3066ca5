#include "restante/reading/quarantine_view.h"

#include <fmt/format.h>

#include <iostream>
#include <map>

#include "archive/mailbox/file_name.h"
#include "archive/mailbox/stored_message.h"
#include "archive/reader/reader.h"
#include "base/numbers.h"
#include "console/harmless.h"
#include "console/meter.h"
#include "restante/frame/local_time.h"
#include "restante/reading/archive_view.h"
#include "restante/reading/entry_list.h"
#include "restante/reading/reading.h"

namespace restante::cli {
namespace {

using archive::Held;

std::string_view name_of(archive::HeldState state) {
  return state == archive::HeldState::kInfected ? "infected" : "waiting";
}

/// Where the files are; each account's folder is read once.
class Files {
 public:
  explicit Files(const Context& context)
      : folder_(archive::quarantine_folder(context.profile().archive)) {}

  /// Empty: it is not there.
  archive::Path of(const Held& held) {
    auto box = boxes_.find(held.account);
    if (box == boxes_.end()) {
      auto opened = archive::Mailbox::open(folder_, held.account, archive::Create::kNo);
      if (!opened) return {};
      box = boxes_.emplace(held.account, std::move(*opened)).first;
    }
    const auto place = box->second.find(held.sha256);
    return place ? box->second.path_of(*place) : archive::Path();
  }

 private:
  archive::Path folder_;
  std::map<std::string, archive::Mailbox> boxes_;
};

archive::Headers headers_of(const archive::Path& file) {
  archive::Wanted wanted;
  wanted.file_bytes_max = kReadBytesMax;
  const auto message = archive::Reader().read(file, wanted);
  return message ? message->headers : archive::Headers();
}

boost::json::object held_json(const Held& held, const archive::Path& file,
                              const archive::Headers& headers) {
  return {{"id", held.id},
          {"account", held.account},
          {"state", name_of(held.state)},
          {"found", held.found},
          {"reason", held.reason},
          {"arrived", to_rfc3339(WallTime(std::chrono::seconds(held.arrived)))},
          {"size", held.size},
          {"from", headers.from},
          {"to", headers.to},
          {"subject", headers.subject},
          {"sha256", held.sha256},
          {"file", file.string()}};
}

}  // namespace

Result<std::vector<Held>> find_held(const std::vector<Held>& all,
                                    const std::vector<std::string>& ids) {
  constexpr std::size_t kSumDigitsMin = 8;
  std::vector<Held> named;
  for (const std::string& id : ids) {
    const auto number = parse_decimal<std::uint32_t>(id);
    const std::size_t before = named.size();
    for (const Held& held : all) {
      if ((number && held.id == std::int64_t{*number}) ||
          (id.size() >= kSumDigitsMin && held.sha256.starts_with(id)))
        named.push_back(held);
    }
    if (named.size() == before)
      return Error(Errc::kNotFound, "the quarantine has no message \"" + id +
                                        "\": write its number, as \"restante quarantine list\" "
                                        "shows it, or the first 8 digits of its checksum");
  }
  return named;
}

void print_held(const Context& context, const std::vector<Held>& messages) {
  JsonList objects(context.out());
  Output::Table table{{"ID", "ARRIVED", "ACCOUNT", "STATE", "FROM", "SUBJECT"}, {}, {}};
  Files files(context);
  for (const Held& held : messages) {
    const archive::Path file = files.of(held);
    const archive::Headers headers = headers_of(file);
    objects.add(held_json(held, file, headers));
    const std::string& why = held.found.empty() ? held.reason : held.found;
    std::string state(name_of(held.state));
    if (!why.empty()) state += ": " + why;
    table.rows.push_back({std::to_string(held.id), short_date(held.arrived), held.account,
                          fit(state, 50), fit(headers.from, 24), fit(headers.subject, 40)});
  }
  if (context.out().text()) context.out().print(table);
}

Exit show_held(const Context& context, const Held& held, bool raw, JsonList& objects) {
  const archive::Path file = Files(context).of(held);
  const auto judged = archive::judge_file(file, held.sha256);
  if (!judged) return fail(judged.error());
  if (raw) {
    const Status sent = archive::send_received(file, judged->form, [](std::string_view octets) {
      std::cout.write(octets.data(), static_cast<std::streamsize>(octets.size()));
      return ok();
    });
    return sent ? Exit::kOk : fail(sent.error());
  }
  archive::Wanted wanted;
  wanted.file_bytes_max = kReadBytesMax;
  wanted.fields = true;
  const auto message = archive::Reader().read(file, wanted);
  if (!message) return fail(message.error());
  if (!context.out().text()) {
    auto object = held_json(held, file, message->headers);
    object["headers"] = json_of(*message)["headers"];
    objects.add(object);
    return Exit::kOk;
  }
  const std::string& why = held.found.empty() ? held.reason : held.found;
  context.out().line(console::harmless_line(
      fmt::format("{}{}{}, {}, {}", name_of(held.state), why.empty() ? "" : ": ", why,
                  console::human_bytes(static_cast<double>(held.size)), file.string())));
  for (const std::string& line : heading_of(*message, /*all=*/true)) context.out().line(line);
  return Exit::kOk;
}

}  // namespace restante::cli
