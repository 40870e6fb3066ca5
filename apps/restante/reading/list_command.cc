#include "restante/reading/list_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <optional>
#include <span>

#include "base/numbers.h"
#include "console/harmless.h"
#include "console/pager.h"
#include "console/terminal.h"
#include "restante/frame/local_time.h"
#include "restante/reading/entry_list.h"

namespace restante::cli {
namespace {

struct ListOptions {
  std::vector<std::string> words;
  std::string sort = "date";
  std::string since;
  std::uint64_t limit = 50;
  std::uint64_t offset = 0;
  bool explain = false;
};

// Of a query, for both commands.
constexpr std::string_view kFields =
    "Text:    word  word*  *part*  \"a phrase\"  a or b  not a  -a  ( )\n"
    "Text in: from: to: cc: bcc: subject: body: attachment: filename: list: reply-to: sender:\n"
    "         delivered-to: header:NAME:   for several words subject:(a or b)\n"
    "Times:   date: arrived: since: until: before: after:\n"
    "         2024, 2024-03, 2024-03-05, 5.3.2024, 2024..2025, 7d (h, w, m, y), today, yesterday\n"
    "Sizes:   size:1M.. size:10k..100k larger:1.5M smaller:10k\n"
    "Marks:   is:unread is:read is:flagged is:replied is:draft is:removed is:broken\n"
    "         has:attachment\n"
    "Others:  account:NAME thread:NUMBER id:NUMBER id:42.. message-id:ID\n"
    "Days are those of your time zone, as lists show them (TZ).";

archive::SearchRequest request_of(const ListOptions& options, bool snippets) {
  archive::SearchRequest request;
  request.limit = options.limit;
  request.offset = options.offset;
  request.snippets = snippets;
  request.copies_as_one = true;
  request.order = options.sort == "rank"     ? archive::Order::kRank
                  : options.sort == "oldest" ? archive::Order::kOldest
                                             : archive::Order::kNewest;
  return request;
}

/// With what fits in bold, where there are colours, and never anything behind it; nothing else in
/// it controls the terminal.
std::string marked(std::string_view snippet, bool colour) {
  constexpr std::array kMarks = {archive::kMarkStart, archive::kMarkEnd};
  std::string text;
  bool is_bold = false;
  while (!snippet.empty()) {
    const std::size_t end =
        std::min(snippet.find_first_of(kMarks.data(), 0, kMarks.size()), snippet.size());
    text += console::harmless_line(snippet.substr(0, end));
    if (colour && end < snippet.size()) {
      is_bold = snippet[end] == archive::kMarkStart;
      text += is_bold ? "\x1B[1m" : "\x1B[0m";
    }
    snippet.remove_prefix(std::min(end + 1, snippet.size()));
  }
  if (is_bold) text += "\x1B[0m";
  return text;
}

std::string without_marks(std::string snippet) {
  std::erase_if(snippet, [](char c) { return c == archive::kMarkStart || c == archive::kMarkEnd; });
  return snippet;
}

constexpr std::size_t kFoundFrom = 28;
constexpr std::size_t kFoundSubject = 60;
constexpr std::size_t kFoundAccount = 16;

/// Of the subject, behind number, date and sender, so that all is one line where there is room.
std::size_t found_subject_columns(std::size_t columns) {
  constexpr std::size_t kBefore = 6 + 2 + 16 + 2 + kFoundFrom + 2;
  return std::clamp<std::size_t>(columns > kBefore ? columns - kBefore : 0, 12, kFoundSubject);
}

/// Messages with the lines where they fit, printed while they are found.
class FoundList {
 public:
  FoundList(const Context& context, ArchiveView& view)
      : context_(context),
        archive_(view.path()),
        by_account_(view.has_several_accounts().value_or(false)),
        columns_(columns_beside(by_account_ ? kFoundAccount + 2 : std::size_t{0})),
        objects_(context.out()) {}

  void add(const archive::Entry& entry) {
    auto object = to_json(entry, archive_);
    object["snippet"] = without_marks(entry.snippet);
    objects_.add(object);
    const Output& out = context_.out();
    if (!out.text()) return;
    const std::string account =
        by_account_
            ? "  " + fit(fmt::format("{}", fmt::join(accounts_of(entry), ", ")), kFoundAccount)
            : "";
    out.line(fmt::format("{:>6}  {}{}  {}  {}", entry.id, short_date(entry.date), account,
                         fit(entry.from, std::min(kFoundFrom, columns_ / 4)),
                         fit(entry.subject, found_subject_columns(columns_))));
    if (!entry.snippet.empty()) out.styled_line("        " + marked(entry.snippet, out.colour()));
  }

 private:
  static std::size_t columns_beside(std::size_t taken) {
    const std::size_t all = console::terminal_columns();
    return all - std::min(all, taken);
  }

  const Context& context_;
  const archive::Path& archive_;
  const bool by_account_;
  const std::size_t columns_;
  JsonList objects_;
};

/// Prints what fits.
Result<archive::Found> print_all(const Context& context, ArchiveView& view,
                                 const archive::QueryNode& query,
                                 const archive::SearchRequest& request, std::uint64_t& shown) {
  std::optional<console::Pager> pager;  // Not before there is something to show; it goes last.
  std::optional<FoundList> with_lines;
  std::optional<EntryList> plain;
  return view.search(query, request, [&](const archive::Found&, std::span<archive::Entry> piece) {
    shown += piece.size();
    if (!pager) pager.emplace(context.pager());
    if (request.snippets) {
      if (!with_lines) with_lines.emplace(context, view);
      for (const archive::Entry& entry : piece) with_lines->add(entry);
    } else {
      if (!plain) plain.emplace(context, view);
      plain->add(piece);
    }
    return ok();
  });
}

/// All words as one query, with --since as a part of it.
std::vector<std::string> with_since(const ListOptions& options) {
  if (options.since.empty()) return options.words;
  std::vector<std::string> words;
  if (!options.words.empty()) {
    words = options.words;
    words.front().insert(0, "(");
    words.back() += ")";
  }
  words.push_back("arrived:" + options.since + "..");
  return words;
}

Exit run(Context& context, const ListOptions& options, bool snippets) {
  if (options.since.find_first_of(" \"().") != std::string::npos)
    return fail(Exit::kUsage, "--since is a time, as in 2h, yesterday or 2026-11-29T08:00:00Z");
  const auto query = parse_words(with_since(options));
  if (!query) return Exit::kData;
  if (options.explain) {
    const std::string understood = archive::to_string(**query);
    if (context.out().text())
      context.out().line(understood);
    else
      context.out().print(boost::json::object{{"query", understood}});
    return Exit::kOk;
  }
  auto view = ArchiveView::open(context);
  if (!view) return fail(view.error());
  std::uint64_t shown = 0;
  const auto found = print_all(context, *view, **query, request_of(options, snippets), shown);
  if (!found) return fail(found.error());
  if (context.out().text() && found->total > options.offset + shown)
    context.out().note(fmt::format("{} of {}{}; --offset {} shows the next", shown,
                                   found->is_least ? "at least " : "",
                                   counted(found->total, "message"), options.offset + shown));
  if (context.out().text() && found->total == 0) context.out().note("no message fits");
  tell_gone(context, *view);
  return Exit::kOk;
}

void add(CLI::App& app, Chosen& chosen, const CommandText& text, bool snippets) {
  const auto options = std::make_shared<ListOptions>();
  if (snippets) options->limit = 20;
  CLI::App& made = add_command(app, chosen, text, [options, snippets](Context& context) {
    return run(context, *options, snippets);
  });
  auto* const words =
      made.add_option("QUERY", options->words, "What to look for: see restante search --help");
  words->type_name("");
  if (snippets) words->required();
  made.add_option("--sort", options->sort, "date (newest first, the default), oldest, or rank")
      ->check(CLI::IsMember({"date", "oldest", "rank"}))
      ->type_name("ORDER");
  made.add_option("--since", options->since,
                  "Only what has arrived since then: 2h, 7d, yesterday, 2026-11-29, "
                  "2026-11-29T08:00:00Z")
      ->type_name("TIME");
  made.add_option("-n,--limit", options->limit, "At most this many")->type_name("N");
  made.add_option("--offset", options->offset, "Without the first N")->type_name("N");
  made.add_flag("--explain", options->explain, "Only say how the query is understood");
}

}  // namespace

void add_list_command(CLI::App& app, Chosen& chosen) {
  add(app, chosen,
      {"list", "The messages of the archive, newest first",
       "  restante list\n"
       "  restante list is:unread account:work\n"
       "  restante --format jsonl list date:7d.. has:attachment\n" +
           std::string(kFields)},
      false);
  add(app, chosen,
      {"search", "Find messages, with the lines where they fit",
       "  restante search invoice                   # a word, anywhere in a message\n"
       "  restante search '\"final report\"' from:alice\n"
       "  restante search 'meet*' date:2024..2025 not subject:lunch\n"
       "  restante search 'attachment:pdf (size:1M.. or is:flagged)' --sort rank\n"
       "  restante search '*voice' 'subject:(budget or \"final rep*\")'\n" +
           std::string(kFields)},
      true);
}

}  // namespace restante::cli
