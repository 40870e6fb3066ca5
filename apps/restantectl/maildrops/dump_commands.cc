#include <fmt/format.h>

#include "disk/posix.h"
#include "maildrop/log/check/dump.h"
#include "maildrop/log/file/log_file.h"
#include "maildrop/log/format/file_names.h"
#include "restantectl/commands.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;
using maildrop::log::DumpLine;

struct DumpOptions {
  std::string name;
  std::string file;  ///< Instead of a name: a log anywhere.
};

struct OpenLog {
  std::unique_ptr<disk::File> file;
  std::uint64_t end = 0;
};

Result<OpenLog> open_file(const std::string& path) {
  RESTANTE_TRY(auto file, disk::posix_disk().open(path, disk::OpenMode::kRead));
  RESTANTE_TRY(const disk::FileStatus status, file->status());
  return OpenLog{std::move(file), status.size};
}

/// A maildrop's log, and its end when no process is writing it.
Result<OpenLog> open_maildrop(Office& office, const std::string& typed) {
  RESTANTE_TRY(const std::string name, office.maildrop_name(typed));
  const auto paths = maildrop::log::log_paths(office.config().data_dir.string(), name);
  auto opened = disk::posix_disk().open(paths.log, disk::OpenMode::kReadWrite);
  if (!opened && opened.error().code == Errc::kNotFound)
    return Error(Errc::kNotFound, "no mail was ever delivered to " + name);
  if (!opened) return std::move(opened).error();
  RESTANTE_CHECKED(
      (*opened)->lock(maildrop::log::kAppendLockAt, 1, disk::patience_of(limits::kLockTimeout)));
  const maildrop::log::LogFile::AppendLock lock(**opened);
  RESTANTE_TRY(const disk::FileStatus status, (*opened)->status());
  return OpenLog{std::move(*opened), status.size};
}

void print_json(const Office& office, const DumpLine& line) {
  office.out().print(json::object{
      {"offset", line.offset},
      {"bytes", line.bytes},
      {"type", line.type},
      {"state", line.state},
      {"key", line.key},
      {"octets", line.octets},
      {"body_bytes", line.body_bytes},
      {"time", line.type.empty() ? json::value(nullptr) : json::value(to_rfc3339(line.time))},
      {"uid", line.uid},
      {"says", line.says},
      {"at_end", line.in_tail}});
}

void print_text(const Office& office, const DumpLine& line) {
  if (line.type.empty()) {
    office.out().line(
        fmt::format("{:>12} {:>10}  {:<14} {}", line.offset, line.bytes, "-", line.state));
    return;
  }
  const std::string& last = line.uid.empty() ? line.says : line.uid;
  office.out().line(fmt::format("{:>12} {:>10}  {:<14} {:<9} {:>8} {:>10} {}  {}", line.offset,
                                line.bytes, line.type, line.state, line.key, line.octets,
                                to_rfc3339(line.time), last));
}

Exit print(const Office& office, const OpenLog& log) {
  bool damaged = false;
  if (!office.out().json())
    office.out().line(fmt::format("{:>12} {:>10}  {:<14} {:<9} {:>8} {:>10} {:<24}  {}", "OFFSET",
                                  "BYTES", "TYPE", "STATE", "SEQUENCE", "OCTETS", "TIME", "UID"));
  const auto header = maildrop::log::dump_log(*log.file, log.end, {}, [&](const DumpLine& line) {
    damaged = damaged || line.state != "ok";
    office.out().json() ? print_json(office, line) : print_text(office, line);
  });
  if (!header && header.error().code == Errc::kCorrupt)
    return fail(Exit::kData, header.error().detail);
  if (!header) return fail(header.error());
  if (header->first_damaged || header->second_damaged)
    office.out().note("restantectl: one copy of the log's header is damaged");
  return damaged || header->first_damaged || header->second_damaged ? Exit::kData : Exit::kOk;
}

/// Enters the office itself, and only for a name. kData when anything is damaged.
Exit maildrop_dump(Office& office, const DumpOptions& options) {
  if (options.name.empty() == options.file.empty())
    return fail(Exit::kUsage, "name a maildrop, or give --file PATH");
  if (options.name.empty()) {
    const auto log = open_file(options.file);
    if (!log && log.error().code == Errc::kNotFound) return fail(Exit::kIo, log.error().detail);
    return log ? print(office, *log) : fail(log.error());
  }
  if (office.config().data_dir.empty())
    return fail(Exit::kUsage, "no configuration: give --config FILE");
  if (const Exit entered = office.enter(); entered != Exit::kOk) return entered;
  const auto log = open_maildrop(office, options.name);
  return log ? print(office, *log) : fail(log.error());
}

}  // namespace

void add_dump_commands(CLI::App& maildrop, Chosen& chosen) {
  const auto options = std::make_shared<DumpOptions>();
  CLI::App& made = add_command(
      maildrop, chosen,
      {"dump", "The records of a maildrop's file, one a line",
       "  restantectl maildrop dump alice@example.com\n"
       "  restantectl maildrop dump --file copy.log    # of any machine"},
      [options](Office& office) { return maildrop_dump(office, *options); },
      Enters::kWithoutConfig);
  made.add_option("NAME", options->name, "Login name or address")->type_name("");
  made.add_option("--file", options->file, "A log anywhere, instead of a maildrop's")
      ->type_name("PATH");
}

}  // namespace restante::ctl
