#include "restante/fetching/fetch_watch.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <list>
#include <optional>
#include <set>
#include <thread>

#include "base/numbers.h"
#include "base/thread.h"
#include "console/harmless.h"
#include "dial/notify.h"
#include "fetch/run/watch.h"
#include "profile/load.h"
#include "restante/fetching/desktop.h"
#include "restante/fetching/fetch_report.h"
#include "restante/fetching/life_signs.h"
#include "restante/fetching/run_record.h"
#include "restante/frame/signals.h"

namespace restante::cli {
namespace {

constexpr std::chrono::seconds kLookAtFile{2};

/// What the accounts' threads print, one at a time, and what systemd is told.
class Printer {
 public:
  explicit Printer(const Output& out) : out_(out) {}

  /// `stopped`: we were told to stop, and a run that was broken off is no failure.
  void tell(const Context& context, const fetch::Report& report, bool stopped) {
    const std::lock_guard lock(mutex_);
    if (stopped && report.error && report.error->code == Errc::kState) return;
    supervisor_.notify("STATUS=" + console::harmless_line(status_after(report)));
    for (const std::string& line : remarks(report)) static_cast<void>(fail(Exit::kPartial, line));
    const bool quiet = report.fetched + report.deleted + report.skipped + report.handed_on == 0;
    if (quiet && report.complete()) return;
    if (out_.text() && out_.quiet()) return;
    if (out_.text())
      out_.line(summary(report, false));
    else if (out_.format() == Format::kJsonl)
      print_lines(context, report);
    else
      out_.print(to_json(report));  // A line each here, too: there is no end to wait for.
    out_.flush();
  }
  /// That we live, unless an account's thread is stuck.
  void tell(LifeSigns& signs) {
    for (const std::string& name : signs.tell())
      complain(name + ": hangs beyond all its timeouts; systemd is not told any more that we live");
  }
  void complain(const std::string& text) {
    const std::lock_guard lock(mutex_);
    static_cast<void>(fail(Exit::kPartial, text));
  }
  void note(const std::string& text) {
    const std::lock_guard lock(mutex_);
    out_.note("restante: " + text);
  }
  /// Begins to watch this many accounts; nothing is known of them yet.
  void begin(std::size_t accounts) {
    const std::lock_guard lock(mutex_);
    failing_.clear();
    accounts_ = accounts;
  }
  /// The service is up; once.
  void ready(std::size_t accounts) {
    supervisor_.notify(fmt::format("READY=1\nSTATUS=watching {}", counted(accounts, "account")));
  }
  void stopping() { supervisor_.notify("STOPPING=1"); }
  [[nodiscard]] const net::Supervisor& supervisor() const { return supervisor_; }

 private:
  /// The failing accounts, by name; then the result of the last look.
  std::string status_after(const fetch::Report& report) {
    if (report.complete())
      failing_.erase(report.account);
    else
      failing_.insert(report.account);
    const std::string last = report.error ? remarks(report).back() : summary(report, false);
    if (failing_.empty()) return last;
    return fmt::format("{} of {} {}: {}; last look: {}", failing_.size(),
                       counted(accounts_, "account"), failing_.size() == 1 ? "fails" : "fail",
                       fmt::join(failing_, ", "), last);
  }

  const Output& out_;
  net::Supervisor supervisor_;
  std::mutex mutex_;               // Guards what follows, and stdout and stderr.
  std::set<std::string> failing_;  // Names of accounts whose last look did not go well.
  std::size_t accounts_ = 0;
};

/// What the whole watching has, and every configuration of it uses.
struct Surroundings {
  const net::StopSignal& stop;
  Printer& printer;
  LifeSigns& signs;
};

/// The accounts of one configuration, as long as it is in force.
class Generation {
 public:
  Generation(const Context& context, const FetchOptions& options, Surroundings around)
      : run_(context, options, around.stop, ProgressBoard::Show::kNothing),
        stop_(around.stop),
        printer_(around.printer),
        signs_(around.signs) {}
  /// Waits for work under way.
  ~Generation() {
    over_ = true;
    await_end();
    for (std::thread& thread : threads_) thread.join();
    signs_.forget();
  }
  Generation(const Generation&) = delete;
  Generation& operator=(const Generation&) = delete;

  /// Errors: as StopSignal::create(); kLimit: an account has no thread.
  Status start(const std::vector<const profile::Account*>& accounts) {
    for (const profile::Account* const account : accounts) {
      net::Pulse& pulse = pulses_.emplace_back();
      RESTANTE_TRY(net::StopSignal stop, stop_.watched(pulse));
      signs_.expect(pulse, account->name, silence_max(*account));
      // Counted before it runs, and no more if it does not.
      count(+1);
      auto thread = start_thread([this, account, &pulse, stop = std::move(stop)] {
        poll(*account, stop);
        pulse.rest();
        count(-1);
      });
      if (!thread) {
        count(-1);
        return std::move(thread).error();
      }
      threads_.push_back(std::move(*thread));
    }
    return ok();
  }

 private:
  void count(int started) {
    const std::lock_guard lock(ending_);
    running_ += started;
    ended_.notify_one();
  }
  /// It may take long: we say that we live meanwhile.
  void await_end() {
    std::unique_lock lock(ending_);
    const auto all_ended = [this] { return running_ == 0; };
    if (!signs_.wanted()) return ended_.wait(lock, all_ended);
    while (!ended_.wait_for(lock, signs_.pause(), all_ended)) printer_.tell(signs_);
  }

  void poll(const profile::Account& account, const net::StopSignal& stop) {
    fetch::WatchOptions watching(stop);
    watching.interval = account.interval;
    watching.poll = [this, &account, &stop] { return run_.collect(account, stop); };
    watching.changed = [this] { return over_.load(); };
    watching.told = [this, &account, &stop](const fetch::Report& report,
                                            std::chrono::milliseconds next) {
      printer_.tell(run_.context(), report, stop.raised());
      const RunEnd end{run_.context().profile(), account, report, stop, next, false};
      const std::string unwritten = run_.may_record(report) ? keep_record(end) : std::string();
      if (!unwritten.empty()) printer_.note("not written down: " + unwritten);
      for (const std::string& told : run_.index(stop)) printer_.note(told);
      if (account.notify && report.fetched > 0)
        show_on_desktop("New mail: " + account.name, fmt::format("{} new messages", report.fetched),
                        "mail-unread", stop);
      if (report.error && !stop.raised())
        printer_.note(fmt::format("{}: next try in {} s", account.name, next.count() / 1000));
    };
    fetch::watch(watching);
  }

  FetchRun run_;
  const net::StopSignal& stop_;
  Printer& printer_;
  LifeSigns& signs_;
  std::list<net::Pulse> pulses_;  // One a thread.
  std::mutex ending_;             // Guards running_.
  std::condition_variable ended_;
  int running_ = 0;
  std::atomic<bool> over_ = false;
  std::vector<std::thread> threads_;
};

/// A file as it is now; nothing when it is not there.
std::optional<std::filesystem::file_time_type> time_of(const std::filesystem::path& file) {
  std::error_code error;
  const auto time = std::filesystem::last_write_time(file, error);
  return error ? std::nullopt : std::optional(time);
}

using FileTime = std::optional<std::filesystem::file_time_type>;

/// Waits for a new configuration, or a wish to read it again, without mistakes, or for stop: then
/// nothing. `seen` is the file's time before it was read last, and outlives the call: what changes
/// while the accounts of the one before come to their end is a change, too.
std::optional<profile::Profile> await_change(const std::filesystem::path& file, FileTime& seen,
                                             const Surroundings& around) {
  Printer& printer = around.printer;
  const auto pause = around.signs.wanted()
                         ? std::min(around.signs.pause(), std::chrono::milliseconds(kLookAtFile))
                         : kLookAtFile;
  do {
    printer.tell(around.signs);
    const auto now = time_of(file);
    if (!take_reload() && (now == seen || !now)) continue;
    seen = now;
    auto loaded = profile::load_file(file);
    if (loaded.profile) return std::move(loaded.profile);
    for (const std::string& mistake : loaded.mistakes) printer.note(mistake);
    printer.note("the configuration has mistakes; the one before stays in force");
  } while (wait_unless_stopped(around.stop, pause));
  return std::nullopt;
}

}  // namespace

Exit watch(const Context& first, const FetchOptions& options) {
  const auto stop = stop_on_signals();
  if (!stop) return fail(stop.error());
  reload_on_hangup();
  FileTime seen = time_of(first.profile().file);
  Printer printer(first.out());
  LifeSigns signs(printer.supervisor(), net::watchdog_interval());
  const Surroundings around{**stop, printer, signs};
  std::optional<Context> changed;
  for (;;) {
    const Context& context = changed ? *changed : first;
    std::optional<profile::Profile> next;
    {
      Generation generation(context, options, around);
      const auto accounts = context.accounts(options.accounts);
      if (!accounts) return fail(accounts.error());
      printer.begin(accounts->size());
      printer.note(fmt::format("watching {}", counted(accounts->size(), "account")));
      if (Status started = generation.start(*accounts); !started) return fail(started.error());
      if (!changed) printer.ready(accounts->size());
      next = await_change(context.profile().file, seen, around);
      if (!next) printer.stopping();
    }
    if (!next) return Exit::kOk;
    printer.note("the configuration has changed");
    changed.emplace(std::move(*next), first.out(), false);
  }
}

}  // namespace restante::cli
