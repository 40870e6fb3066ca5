#include "restante/keeping/take_over_command.h"

#include <fcntl.h>
#include <fmt/format.h>

#include "archive/mailbox/files.h"
#include "base/numbers.h"
#include "fetch/state/foreign_state.h"
#include "fetch/state/take_over.h"
#include "profile/load.h"
#include "restante/fetching/fetch_report.h"
#include "restante/fetching/fetch_run.h"
#include "restante/frame/archive_claim.h"
#include "restante/frame/signals.h"

namespace restante::cli {
namespace {

Result<std::string> read_whole(const archive::Path& file) {
  RESTANTE_TRY(const files::Stamp stamp, files::stamp_of(file));
  if (!stamp.is_regular || stamp.bytes > fetch::kForeignBytesMax)
    return Error(Errc::kSyntax, file.string() + ": no file of ids");
  RESTANTE_TRY(const archive::Descriptor opened, archive::open_file(file, O_RDONLY));
  std::string text;
  std::string buffer(1U << 20, '\0');
  for (;;) {
    RESTANTE_TRY(const std::string_view octets, archive::read_some(opened, buffer, file));
    if (octets.empty()) return text;
    text += octets;
    if (text.size() > fetch::kForeignBytesMax)
      return Error(Errc::kSyntax, file.string() + ": too long");
  }
}

struct Read {
  std::string program;
  std::vector<std::string> uids;
};

Result<Read> read_state(const archive::Path& file, const profile::Account& account,
                        const std::string& login) {
  RESTANTE_TRY(const std::string text, read_whole(file));
  auto state = fetch::parse_foreign_state(text, file.filename().string());
  if (!state) return Error(state.error().code, file.string() + ": " + state.error().detail);
  auto uids = fetch::uids_for(*state, account.host, account.user, login);
  if (!uids) return Error(uids.error().code, file.string() + ": " + uids.error().detail);
  return Read{state->program, std::move(*uids)};
}

Exit forget(const Context& context, fetch::LocalMail& local, const std::string& account) {
  const auto forgotten = fetch::forget_taken_over(local);
  if (!forgotten) return fail(forgotten.error());
  if (!context.out().text()) context.out().print({{"account", account}, {"forgotten", *forgotten}});
  context.out().note(
      fmt::format("{}: {} no longer another program's; what is still "
                  "on the server comes with the next fetch",
                  account, counted(*forgotten, "message is", "messages are")));
  return Exit::kOk;
}

}  // namespace

Exit take_over(const Context& context, const TakeOverOptions& options) {
  const auto found = context.accounts({options.account});
  if (!found) return fail(found.error());
  const profile::Account& account = *found->front();
  if (options.files.empty() != options.forget)
    return fail(Exit::kUsage, "--state needs files, or --forget; see restante import --help");
  // All are read before anything is written.
  std::vector<Read> all;
  for (const std::string& file : options.files) {
    auto read = read_state(file, account, options.login);
    if (!read) return fail(read.error());
    all.push_back(std::move(*read));
  }
  if (const Status claimed = claim_archive(context); !claimed) return fail(claimed.error());
  auto local = fetch::LocalMail::open(account, context.profile().archive, system_clock());
  if (!local) return fail(local.error());
  if (options.forget) return forget(context, **local, account.name);
  fetch::TakenOver sum;
  for (const Read& each : all) {
    const auto done = fetch::take_over(**local, each.uids, each.program);
    if (!done) return fail(done.error());
    sum.added += done->added;
    sum.known += done->known;
    context.out().note(fmt::format("{}: {} fetched by {}, {} of them known", account.name,
                                   counted(each.uids.size(), "message was", "messages were"),
                                   each.program, counted(done->known, "was", "were")));
  }
  if (!context.out().text())
    context.out().print({{"account", account.name}, {"added", sum.added}, {"known", sum.known}});
  return Exit::kOk;
}

Exit leave_what_is_there(const Context& context, const std::string& name) {
  auto loaded = profile::load_file(context.profile().file);
  if (!loaded.profile) return fail_lines(Exit::kConfig, loaded.mistakes.front());
  const Context now(std::move(*loaded.profile), context.out(), false);
  const profile::Account* const account = find_account(now.profile(), name);
  if (account == nullptr) return fail(Exit::kSoftware, "bug: the account is not there");
  if (const Status claimed = claim_archive(now); !claimed) return fail(claimed.error());
  {
    auto local = fetch::LocalMail::open(*account, now.profile().archive, system_clock());
    if (!local) return fail(local.error());
    if (const Status set = (*local)->set_from_now_on(true); !set) return fail(set.error());
  }
  const auto stop = stop_on_signals();
  if (!stop) return fail(stop.error());
  FetchOptions options;
  options.keep = true;
  options.no_index = true;
  FetchRun run(now, options, **stop, ProgressBoard::Show::kNothing);
  const fetch::Report report = run.collect(*account, **stop);
  for (const std::string& line : remarks(report)) now.out().note("restante: " + line);
  if (!report.error) return Exit::kOk;
  return fail(to_exit(report),
              "the account is there; what is on its server at the first fetch that succeeds is "
              "left out");
}

}  // namespace restante::cli
