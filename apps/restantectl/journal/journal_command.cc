// restantectl journal: what happened to mail and accounts, found in the server's journal.
#include <poll.h>

#include <optional>

#include "config/duration.h"
#include "journal/journal.h"
#include "journal/search.h"
#include "restantectl/commands.h"
#include "restantectl/journal/act_row.h"

namespace restante::ctl {
namespace {

// Between two looks for new acts.
constexpr int kFollowMs = 200;

struct JournalOptions {
  journal::Filter filter;
  std::vector<std::string> acts;
  std::string since;
  std::string until;
  std::uint64_t limit = 0;  ///< 0: all.
  bool follow = false;
};

Result<std::optional<WallTime>> moment_of(const std::string& option, const std::string& text) {
  if (text.empty()) return std::optional<WallTime>();
  if (const auto when = parse_moment(text)) return std::optional<WallTime>(*when);
  if (const auto age = config::parse_duration(text))
    return std::optional<WallTime>(system_clock().now() - *age);
  return Error(Errc::kSyntax, option + ": " + text +
                                  " is neither a time, as in 2026-11-30 or 2026-11-30T10:28, nor a "
                                  "duration, as in 2d");
}

std::vector<std::string> act_names() {
  return {journal::kKindNames.begin(), journal::kKindNames.end()};
}

/// The account as the journal has it, for each spelling.
Status complete(Office& office, JournalOptions& options) {
  journal::Filter& filter = options.filter;
  if (!filter.account.empty()) {
    RESTANTE_TRY(std::string name, office.maildrop_name(filter.account));
    filter.account = std::move(name);
  }
  for (const std::string& name : options.acts) filter.kinds.push_back(*journal::kind_of(name));
  RESTANTE_TRY(const auto since, moment_of("--since", options.since));
  RESTANTE_TRY(const auto until, moment_of("--until", options.until));
  filter.since = since;
  filter.until = until;
  return ok();
}

/// Rows to read; for programs an array, or a line each while acts still come.
class Printer {
 public:
  Printer(const Office& office, const JournalOptions& options)
      : office_(office), limit_(options.limit) {
    if (office.out().text())
      rows_.emplace(office.out()).header(act_header());
    else if (!options.follow)
      list_.emplace(office.out());
  }
  /// False: the limit is reached.
  bool print(const journal::Act& act) {
    if (rows_)
      rows_->add(act_row(act));
    else if (list_)
      list_->add(act_object(act));
    else
      office_.out().print(act_object(act));
    return ++printed_ != limit_;
  }
  [[nodiscard]] bool has_enough() const { return limit_ != 0 && printed_ >= limit_; }
  /// Shows the acts so far.
  void show() {
    if (rows_) rows_->flush();
    office_.out().flush();
  }
  [[nodiscard]] std::uint64_t printed() const { return printed_; }

 private:
  const Office& office_;
  const std::uint64_t limit_;
  std::optional<console::TableRows> rows_;
  std::optional<console::JsonList> list_;
  std::uint64_t printed_ = 0;
};

Exit show_journal(Office& office, JournalOptions options) {
  if (const Status done = complete(office, options); !done)
    return fail(Exit::kUsage, done.error().detail);
  journal::Search search(office.config().journal.folder(office.config().data_dir), options.filter);
  Printer printer(office, options);
  std::uint64_t broken = 0;
  do {
    const auto searched = search.run([&](const journal::Act& act) { return printer.print(act); });
    if (!searched && searched.error().code == Errc::kNotFound)
      return fail(Exit::kNoUser,
                  "there is no journal yet: the server keeps it from its next start");
    if (!searched) return fail(searched.error());
    broken += searched->broken;
    if (options.follow) printer.show();
  } while (options.follow && !printer.has_enough() && ::poll(nullptr, 0, kFollowMs) == 0);
  if (broken > 0)
    office.out().note(fmt::format("restantectl: {} lines of the journal cannot be read", broken));
  if (printer.printed() == 0)
    office.out().note("restantectl: nothing of the kind is in the journal");
  return Exit::kOk;
}

}  // namespace

void add_journal_command(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<JournalOptions>();
  CLI::App& made = add_command(
      app, chosen,
      {"journal", "What happened to mail and accounts: who, when, from where",
       "  restantectl journal --account alice@example.com --since 2d  # where is her mail\n"
       "  restantectl journal --message-id 1234@example.org           # did it arrive\n"
       "  restantectl journal --uid 1f.2 --act deleted                # who deleted it"},
      [options](Office& office) { return show_journal(office, *options); });
  journal::Filter& filter = options->filter;
  made.add_option("--account", filter.account, "Of this account")->type_name("NAME");
  made.add_option("--uid", filter.uid, "Of the message with this unique id (UIDL)")
      ->type_name("UID");
  made.add_option("--message-id", filter.message_id, "Of the message with this Message-ID")
      ->type_name("ID");
  made.add_option("--queue-id", filter.queue_id, "Of the mail with this id of the sending MTA")
      ->type_name("ID");
  made.add_option("--session", filter.session, "Of this session, as the log has it")
      ->type_name("ID");
  made.add_option("--act", options->acts,
                  "Only these: " + fmt::format("{}", fmt::join(act_names(), ", ")))
      ->check(CLI::IsMember(act_names()))
      ->type_name("ACT");
  made.add_option("--since", options->since, "Not before this time, or not longer ago than this")
      ->type_name("TIME|DURATION");
  made.add_option("--until", options->until, "Before this time, or longer ago than this")
      ->type_name("TIME|DURATION");
  made.add_option("--limit", options->limit, "At most so many, the oldest first")->type_name("N");
  made.add_flag("--follow", options->follow, "Go on with what happens from now on; Ctrl-C ends it");
}

}  // namespace restante::ctl
