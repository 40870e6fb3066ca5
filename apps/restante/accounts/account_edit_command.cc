#include "restante/accounts/account_edit_command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>

#include <cstdlib>

#include "config/file.h"
#include "files/file.h"
#include "programs/child.h"
#include "restante/accounts/config_edit.h"
#include "restante/frame/dialogue.h"
#include "restante/keeping/restore_pause.h"

namespace restante::cli {
namespace {

Exit refused(const Error& error) {
  if (error.code == Errc::kSyntax) return fail_lines(Exit::kConfig, error.detail);
  return fail(error);
}

/// A file that is gone with this, unless it is kept.
class Draft {
 public:
  explicit Draft(std::filesystem::path file) : file_(std::move(file)) {}
  ~Draft() {
    if (kept_) return;
    std::error_code ignored;
    std::filesystem::remove(file_, ignored);
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  [[nodiscard]] const std::filesystem::path& file() const { return file_; }
  /// It stays.
  void keep() { kept_ = true; }

 private:
  std::filesystem::path file_;
  bool kept_ = false;
};

/// As a person's other programs do it. False: it did not end well.
bool run_editor(const std::filesystem::path& file, int line) {
  const char* editor = std::getenv("VISUAL");
  if (editor == nullptr || *editor == '\0') editor = std::getenv("EDITOR");
  if (editor == nullptr || *editor == '\0') editor = "vi";
  const std::string command = fmt::format("{} +{} \"$0\"", editor, line);
  auto child =
      programs::SpawnPlan(programs::Group::kOurs).start({"/bin/sh", "-c", command, file.string()});
  if (!child) return false;
  const int status = child->wait();
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// The whole file in an editor, at the account; the edited text must be without mistakes.
Exit edit_by_hand(const Context& context, const profile::Account& account) {
  const std::filesystem::path& file = context.profile().file;
  Dialogue dialogue;
  if (!dialogue.can_ask())
    return fail(Exit::kUsage, "what to change: KEY=VALUE; see restante account edit --help");
  const auto before = config::read_file(file);
  if (!before) return fail(before.error());
  std::string name = file.string() + ".edit-XXXXXX";  // Made with mode 0600.
  files::Descriptor made(::mkostemp(name.data(), O_CLOEXEC));
  if (!made.is_open()) return fail(Exit::kCannotCreate, name + ": cannot be made");
  Draft draft(name);
  if (!files::write_all(made, *before, name)) return fail(Exit::kIo, name + ": cannot be written");
  made.reset();
  for (;;) {
    if (!run_editor(draft.file(), account.line))
      return fail(Exit::kUnavailable, "the editor failed; nothing is changed");
    const auto after = config::read_file(draft.file());
    if (!after) return fail(after.error());
    if (*after == *before) return Exit::kOk;
    // An editor is open for long; changes of other commands meanwhile must not be undone.
    const auto now = config::read_file(file);
    if (!now || *now != *before) draft.keep();
    if (!now) return fail(now.error());
    if (*now != *before)
      return fail(Exit::kConfig, fmt::format("{} has been changed meanwhile, and nothing of yours "
                                             "is in it; your text is in {}",
                                             file.string(), draft.file().string()));
    const Status replaced = replace_configuration(file, *after);
    if (replaced) return Exit::kOk;
    const Exit code = refused(replaced.error());
    if (!dialogue.agrees("Nothing is changed so far. Edit again?")) return code;
  }
}

Exit edit(const Context& context, const std::string& name, const std::vector<std::string>& words) {
  const auto found = context.accounts({name});
  if (!found) return fail(found.error());
  if (words.empty()) return edit_by_hand(context, *found->front());
  std::vector<Setting> settings;
  for (const std::string& word : words) {
    auto setting = parse_setting(word);
    if (!setting) return fail(Exit::kUsage, setting.error().detail);
    settings.push_back(std::move(*setting));
  }
  const Status changed = change_account(context.profile().file, name, settings);
  return changed ? Exit::kOk : refused(changed.error());
}

Exit set_enabled(const Context& context, const std::vector<std::string>& names, bool enabled) {
  const auto found = context.accounts(names);
  if (!found) return fail(found.error());
  for (const profile::Account* const account : *found) {
    if (account->enabled == enabled) continue;
    const Status changed = change_account(context.profile().file, account->name,
                                          {{"enabled", enabled ? "true" : "false"}});
    if (!changed) return refused(changed.error());
    context.out().note(account->name + (enabled ? ": is fetched again" : ": paused"));
  }
  return Exit::kOk;
}

/// Also for accounts that a restore has paused; without names, for these alone.
Exit resume(const Context& context, const std::vector<std::string>& names, bool all) {
  if (names.empty() != all) return fail(Exit::kUsage, "name accounts, or write --all");
  const Exit enabled = all ? Exit::kOk : set_enabled(context, names, true);
  if (enabled != Exit::kOk) return enabled;
  const Status ended = end_restore_pause(context, names);
  return ended ? Exit::kOk : fail(ended.error());
}

void add_pause(CLI::App& account, Chosen& chosen) {
  const auto names = std::make_shared<std::vector<std::string>>();
  CLI::App& made =
      add_command(account, chosen,
                  {"pause", "Fetch accounts no more, but when they are named",
                   "  restante account pause work home"},
                  [names](Context& context) { return set_enabled(context, *names, false); });
  made.add_option("NAME", *names, "Of the accounts")->required()->type_name("");
}

void add_resume(CLI::App& account, Chosen& chosen) {
  const auto names = std::make_shared<std::vector<std::string>>();
  const auto all = std::make_shared<bool>(false);
  CLI::App& made = add_command(
      account, chosen,
      {"resume", "Fetch paused accounts again",
       "  restante account resume work\n"
       "  restante account resume --all    # after a restore, when the other computer is off\n"
       "After \"restante restore\" accounts are paused: two computers that collect the same one\n"
       "would each hand on all of its mail, and delete what the other one needs."},
      [names, all](Context& context) { return resume(context, *names, *all); });
  made.add_option("NAME", *names, "Of the accounts")->type_name("");
  made.add_flag("--all", *all, "All that a restore has paused");
}

}  // namespace

void add_account_edit_commands(CLI::App& account, Chosen& chosen) {
  const auto name = std::make_shared<std::string>();
  const auto words = std::make_shared<std::vector<std::string>>();
  CLI::App& made =
      add_command(account, chosen,
                  {"edit", "Change settings of an account; all else in the file stays as it is",
                   "  restante account edit work host=pop.example.com port=995\n"
                   "  restante account edit work max_size=   # without it again\n"
                   "  restante account edit work             # in $VISUAL or $EDITOR; checked "
                   "before it counts"},
                  [name, words](Context& context) { return edit(context, *name, *words); });
  made.add_option("NAME", *name, "Of the account")->required()->type_name("");
  made.add_option("KEY=VALUE", *words, "What to set; \"KEY=\" removes it. docs/client.md has all")
      ->type_name("");
  add_pause(account, chosen);
  add_resume(account, chosen);
}

}  // namespace restante::cli
