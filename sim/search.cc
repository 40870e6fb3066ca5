#include "sim/search.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/numbers.h"
#include "sim/simulation.h"

namespace restante::sim {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// From this number of runs on, a kind of fault that was never reached is a failure.
constexpr std::uint64_t kRunsForCoverage = 20'000;
constexpr std::size_t kTraceLines = 60;

struct Arguments {
  std::optional<std::uint64_t> seed;
  double minutes = 0;
  std::uint64_t runs = 0;
  std::optional<std::uint64_t> from;
  std::uint64_t jobs = std::max(1U, std::thread::hardware_concurrency());
  std::string seeds_file;
  std::vector<std::string> without;
  bool verbose = false;
  bool table = true;
};

struct NamedSeed {
  std::string name;
  std::uint64_t seed = 0;
};

// What this thread runs, for the signal handler.
thread_local std::uint64_t current_seed = 0;

extern "C" void on_abort(int signal_number) {
  // Only what a signal handler may do.
  char line[] = "the program aborted in seed 00000000000000000000\n";
  std::uint64_t rest = current_seed;
  for (std::size_t at = sizeof line - 3; rest > 0; rest /= 10, --at)
    line[at] = static_cast<char>('0' + rest % 10);
  (void)!write(STDERR_FILENO, line, sizeof line - 1);
  (void)std::signal(signal_number, SIG_DFL);
  (void)std::raise(signal_number);
}

RunResult run_seed(const Arguments& arguments, std::uint64_t seed, Coverage& coverage,
                   std::function<void(const std::string&)> trace = {}) {
  RunOptions options;
  options.seed = seed;
  options.without = {arguments.without.begin(), arguments.without.end()};
  options.trace = std::move(trace);
  current_seed = seed;
  Simulation simulation(options, coverage);
  return simulation.run();
}

/// Runs it again, with every step told, and says what is wrong. Returns whether anything is.
bool replay(const Arguments& arguments, std::uint64_t seed, const std::string& name) {
  std::vector<std::string> lines;
  Coverage coverage;
  const RunResult result =
      run_seed(arguments, seed, coverage, [&](const std::string& line) { lines.push_back(line); });
  const std::size_t shown = arguments.verbose ? lines.size() : std::min(lines.size(), kTraceLines);
  if (result.violation || arguments.verbose)
    for (std::size_t i = lines.size() - shown; i < lines.size(); ++i) fmt::print("{}\n", lines[i]);
  if (!result.violation) return false;
  std::string left_out;
  for (const std::string& one : arguments.without) left_out += fmt::format(" --without '{}'", one);
  fmt::print("\nFAILED: seed {}{}, step {}\n{}\nreplay: ./dev sim --seed {}{} --verbose\n", seed,
             name.empty() ? "" : " (" + name + ")", result.step, *result.violation, seed, left_out);
  return true;
}

std::vector<NamedSeed> read_seeds(const std::string& path) {
  std::vector<NamedSeed> seeds;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    NamedSeed one;
    if (line.starts_with('#') || !(words >> one.name >> one.seed)) continue;
    seeds.push_back(std::move(one));
  }
  return seeds;
}

/// Counts, and tells how far it is.
class Search {
 public:
  explicit Search(const Arguments& arguments) : arguments_(arguments) {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    first_ = arguments.from.value_or(
        static_cast<std::uint64_t>(
            std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count())
        << 20U);
    next_ = first_;
  }

  /// Returns the seed that failed, if any.
  std::optional<std::uint64_t> run() {
    fmt::print("searching from seed {} with {} threads\n", first_, arguments_.jobs);
    std::fflush(stdout);
    std::vector<std::thread> threads;
    for (std::uint64_t i = 0; i < arguments_.jobs; ++i) threads.emplace_back([this] { work(); });
    for (std::thread& thread : threads) thread.join();
    if (isatty(STDOUT_FILENO)) fmt::print("\n");
    fmt::print("{} runs, {} steps in {:.0f} s\n", runs_.load(), steps_.load(), elapsed());
    return failed_;
  }

  [[nodiscard]] const Coverage& coverage() const { return coverage_; }
  [[nodiscard]] std::uint64_t runs() const { return runs_; }

 private:
  [[nodiscard]] double elapsed() const {
    return std::chrono::duration<double>(SteadyClock::now() - start_).count();
  }
  [[nodiscard]] bool is_over() const {
    if (over_) return true;
    return arguments_.runs > 0 ? next_ - first_ >= arguments_.runs
                               : elapsed() >= arguments_.minutes * 60;
  }

  void work() {
    Coverage coverage;
    while (!is_over()) {
      const std::uint64_t seed = next_++;
      const RunResult result = run_seed(arguments_, seed, coverage);
      // The whole search rests on a seed deciding everything.
      const bool differs = seed % 500 == 0 && !result.violation &&
                           run_seed(arguments_, seed, coverage).trace_sum != result.trace_sum;
      ++runs_;
      steps_ += result.step;
      if (result.violation || differs) fail(seed, differs);
      report();
    }
    const std::lock_guard guard(mutex_);
    coverage_.add(coverage);
  }

  void fail(std::uint64_t seed, bool differs) {
    const std::lock_guard guard(mutex_);
    if (differs) fmt::print("seed {} took another course when it was run again\n", seed);
    if (!failed_ || seed < *failed_) failed_ = seed;
    over_ = true;
  }

  void report() {
    const bool terminal = isatty(STDOUT_FILENO) == 1;
    const double seconds = elapsed();
    const std::lock_guard guard(mutex_);
    if (seconds - reported_ < (terminal ? 0.5 : 15)) return;
    reported_ = seconds;
    const double rate = static_cast<double>(runs_) / seconds;
    const double left = arguments_.runs > 0 ? static_cast<double>(arguments_.runs) / rate - seconds
                                            : arguments_.minutes * 60 - seconds;
    fmt::print("{}{} seeds, {:.0f}/s, {:.0f} s left{}", terminal ? "\r" : "", runs_.load(), rate,
               std::max(left, 0.0), terminal ? "  " : "\n");
    std::fflush(stdout);
  }

  const Arguments& arguments_;
  const SteadyClock::time_point start_ = SteadyClock::now();
  std::uint64_t first_ = 0;
  std::atomic<std::uint64_t> next_ = 0;
  std::atomic<std::uint64_t> runs_ = 0;
  std::atomic<std::uint64_t> steps_ = 0;
  std::atomic<bool> over_ = false;
  std::mutex mutex_;
  // Guarded by mutex_.
  Coverage coverage_;
  std::optional<std::uint64_t> failed_;
  double reported_ = 0;
};

bool run_named(const Arguments& arguments) {
  bool failed = false;
  const std::vector<NamedSeed> seeds = read_seeds(arguments.seeds_file);
  for (const NamedSeed& one : seeds) {
    Coverage coverage;
    if (run_seed(arguments, one.seed, coverage).violation)
      failed |= replay(arguments, one.seed, one.name);
  }
  fmt::print("{} named seeds: {}\n", seeds.size(), failed ? "failed" : "ok");
  return failed;
}

int search(const Arguments& arguments) {
  Search search(arguments);
  if (const auto failed = search.run()) {
    (void)replay(arguments, *failed, "");
    return 1;
  }
  fmt::print("{}", search.coverage().table());
  const std::vector<std::string> missing = search.coverage().missing();
  for (const std::string& name : missing) fmt::print("never reached: {}\n", name);
  const bool counts = search.runs() >= kRunsForCoverage && arguments.without.empty();
  return !missing.empty() && counts ? 1 : 0;
}

}  // namespace

int run_program(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("Simulates the maildrop store under faults; docs/simulation.md says which.");
  app.add_option("--seed", arguments.seed, "Run this seed alone");
  app.add_option("--minutes", arguments.minutes, "Search for so long");
  app.add_option("--runs", arguments.runs, "Search this many seeds");
  app.add_option("--from", arguments.from, "The first seed of a search (default: by the time)");
  app.add_option("--jobs", arguments.jobs, "Threads")->check(CLI::PositiveNumber);
  app.add_option("--seeds", arguments.seeds_file, "Run the named seeds of this file first");
  app.add_option("--without", arguments.without, "Leave out this operation or fault; repeatable");
  app.add_flag("--verbose", arguments.verbose, "Tell each step of --seed");
  CLI11_PARSE(app, argc, argv);
  for (const int number : {SIGABRT, SIGSEGV}) (void)std::signal(number, on_abort);
  if (arguments.seed) {
    const bool failed = replay(arguments, *arguments.seed, "");
    if (!failed) fmt::print("seed {}: ok\n", *arguments.seed);
    return failed ? 1 : 0;
  }
  if (!arguments.seeds_file.empty() && run_named(arguments)) return 1;
  return arguments.minutes > 0 || arguments.runs > 0 ? search(arguments) : 0;
}

}  // namespace restante::sim
