#include "restante/reading/stats_command.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "archive/care/bar_chart.h"
#include "archive/care/statistics.h"
#include "archive/database/held_mail.h"
#include "base/numbers.h"
#include "console/meter.h"
#include "console/terminal.h"
#include "restante/frame/local_time.h"
#include "restante/reading/archive_view.h"
#include "restante/reading/entry_list.h"

namespace restante::cli {
namespace {

constexpr std::size_t kMonthsShown = 36;

struct StatsOptions {
  std::vector<std::string> words;
  std::string by = "account";
  std::string svg;
  std::size_t top = 20;
};

archive::GroupBy group_of(const std::string& name) {
  if (name == "month") return archive::GroupBy::kMonth;
  if (name == "size") return archive::GroupBy::kSize;
  return name == "sender" ? archive::GroupBy::kSender : archive::GroupBy::kAccount;
}

std::string bytes_text(std::uint64_t bytes) {
  return console::human_bytes(static_cast<double>(bytes));
}

std::vector<archive::Bar> bars_of(const std::vector<archive::Group>& groups) {
  std::vector<archive::Bar> bars;
  for (const archive::Group& group : groups)
    bars.push_back({fit(group.name.empty() ? "(none)" : group.name, 60), group.messages,
                    fmt::format("{}  {}", group.messages, bytes_text(group.bytes))});
  return bars;
}

boost::json::object statistics_json(const archive::Statistics& all, const archive::HeldCounts& held,
                                    const std::string& by) {
  boost::json::array groups;
  for (const archive::Group& group : all.groups)
    groups.push_back(boost::json::object{
        {"name", group.name}, {"messages", group.messages}, {"bytes", group.bytes}});
  return {{"messages", all.messages},
          {"bytes", all.bytes},
          {"unread", all.unread},
          {"with_attachment", all.with_attachment},
          {"quarantined", held.infected},
          {"unscanned", held.waiting},
          {"by", by},
          {"groups", std::move(groups)}};
}

Exit write_svg(const std::string& file, const std::vector<archive::Bar>& bars,
               const std::string& by) {
  const auto made = archive::open_file(file, O_WRONLY | O_CREAT | O_EXCL);
  if (!made && made.error().code == Errc::kExists)
    return fail(Exit::kCannotCreate, file + " is there already: choose another name");
  if (!made) return fail(made.error());
  const Status written =
      archive::write_all(*made, archive::bars_as_svg(bars, "Messages by " + by), file);
  return written ? Exit::kOk : fail(written.error());
}

Exit run(Context& context, const StatsOptions& options) {
  const auto query = parse_words(options.words);
  if (!query) return Exit::kData;
  auto view = ArchiveView::open(context);
  if (!view) return fail(view.error());
  const auto all =
      archive::statistics(view->database(), **query, group_of(options.by), options.top);
  if (!all) return fail(all.error());
  const auto held = archive::count_held(view->database());
  if (!held) return fail(held.error());
  std::vector<archive::Bar> bars = bars_of(all->groups);
  if (!options.svg.empty()) return write_svg(options.svg, bars, options.by);
  if (!context.out().text()) {
    context.out().print(statistics_json(*all, *held, options.by));
    return Exit::kOk;
  }
  context.out().line(fmt::format("{}, {}; {} unread, {} with attachments",
                                 counted(all->messages, "message"), bytes_text(all->bytes),
                                 all->unread, all->with_attachment));
  if (all->messages > 0)
    context.out().line(
        fmt::format("from {} to {}", short_date(all->first_date), short_date(all->last_date)));
  if (held->infected + held->waiting > 0)
    context.out().line(fmt::format("in quarantine, and not counted: {} infected, {} not scanned",
                                   held->infected, held->waiting));
  context.out().line("");
  if (options.by == "month" && bars.size() > kMonthsShown) {
    context.out().note(fmt::format("the last {} months; --format json has all", kMonthsShown));
    bars.erase(bars.begin(), bars.end() - static_cast<std::ptrdiff_t>(kMonthsShown));
  }
  for (const std::string& line : archive::bars_as_text(bars, console::terminal_columns()))
    context.out().line(line);
  return Exit::kOk;
}

}  // namespace

void add_stats_command(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<StatsOptions>();
  CLI::App& made = add_command(app, chosen,
                               {"stats", "How much mail, of whom, when",
                                "  restante stats\n"
                                "  restante stats --by sender date:2025\n"
                                "  restante stats --by month --svg mail.svg"},
                               [options](Context& context) { return run(context, *options); });
  made.add_option("QUERY", options->words, "Which; default: all. See restante search --help")
      ->type_name("");
  made.add_option("--by", options->by, "account (default), month, size or sender")
      ->check(CLI::IsMember({"account", "month", "size", "sender"}))
      ->type_name("WHAT");
  made.add_option("--svg", options->svg, "A plot as a new SVG file")->type_name("FILE");
  made.add_option("--top", options->top, "At most N accounts or senders; default 20")
      ->type_name("N");
}

}  // namespace restante::cli
