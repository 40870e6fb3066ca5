// The simulated machine: one disk, the processes that use it, and everything that may go wrong with
// them, decided by one seed (docs/simulation.md). Knows nothing of maildrops.
//
// A process that stopped does not notice: its later calls fail and change nothing, so the code
// under test runs on to its end, and its driver knows that its answer was not heard.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "disk/disk.h"
#include "sim/coverage.h"
#include "sim/names.h"
#include "sim/rng.h"

namespace restante::sim {

enum class Call : std::uint8_t {
  kRead,
  kWrite,
  kStatus,
  kTruncate,
  kSync,
  kLock,
  kOpen,
  kRename,
  kLink,
  kRemove,
  kMakeDirectory,
  kSyncDirectory,
  kList
};

/// What may go wrong while the machine runs. Drawn once a run; all off: a perfect disk.
struct FaultMix {
  std::uint64_t one_call_in = 0;  ///< One fault in this number of calls; 0: none.
  bool eio = false;
  bool full = false;
  bool short_write = false;
  bool failed_sync = false;
  bool double_fault = false;           ///< A file whose sync failed may fail to be cut, too.
  std::uint64_t uncached_percent = 0;  ///< How often read_cached() does not know.
  bool stale_space = false;            ///< Space never written may hold old files' bytes.
  bool journal = true;                 ///< Names become durable in their order.
  bool sync_keeps_name = false;        ///< A file's sync makes its name durable too.
};

enum class Stop : std::uint8_t { kPower, kKill };

/// A process on the machine. Its Disk and Files must not outlive the machine.
struct Process {
  bool dead = false;
  std::map<std::string, std::uint64_t> synced;  ///< How often, by path.
  std::uint64_t failed_syncs = 0;
  std::uint64_t failed_cuts = 0;       ///< Of File::truncate.
  std::set<std::string> failed_paths;  ///< Of both.
};

class Machine {
 public:
  Machine(Rng rng, FaultMix mix, Coverage& coverage);

  std::shared_ptr<Process> start_process();
  std::unique_ptr<disk::Disk> disk_of(std::shared_ptr<Process> process);

  /// The call number `calls` from now stops the machine or the process that makes it; `changing`:
  /// only calls count that change what is on the disk.
  void stop_at(std::uint64_t calls, Stop how, bool changing);
  void stop_nothing() { stop_.reset(); }
  /// Set when stop_at() was reached, until crash() or kill().
  [[nodiscard]] std::optional<Stop> stopped() const { return stopped_; }
  /// The process that it hit.
  [[nodiscard]] const Process* stopped_process() const { return stopped_process_; }

  /// Power loss now: every process is dead, and the disk is what a restart finds.
  void crash();
  /// The process is gone; the disk is as it left it.
  void kill(Process& process);

  void set_faults(bool on) { faults_on_ = on; }
  void set_full(bool full) { full_ = full; }
  /// For the table of places: what the driver is doing.
  void set_activity(std::string_view activity) { activity_ = activity; }

  /// For the driver: files by name, and changes behind everybody's back.
  [[nodiscard]] std::vector<std::string> files() const;
  [[nodiscard]] std::optional<std::string> content(const std::string& path) const;
  [[nodiscard]] bool is_synced(const std::string& path) const;
  void put_content(const std::string& path, std::string content);
  void damage(const std::string& path, std::uint64_t offset, std::string_view bytes);
  void remove(const std::string& path);

  /// Whether some open file has these bytes of it locked.
  [[nodiscard]] bool is_locked(const std::string& path, std::uint64_t offset) const;

  /// Number of faults that were injected (not stops). To tell which calls met one.
  [[nodiscard]] std::uint64_t faults() const { return faults_; }
  /// Calls so far.
  [[nodiscard]] std::uint64_t calls() const { return calls_; }
  /// The places of stops and faults since the last call of this, for traces.
  std::string take_events();

  Coverage& coverage;

 private:
  friend class SimDisk;
  friend class SimFile;

  /// The fate of one call.
  struct Fate {
    bool works = true;    ///< It does (a part of) its work.
    bool partly = false;  ///< A part only.
    bool stops = false;   ///< The machine or the process stops at it.
    std::optional<Errc> error;
    [[nodiscard]] Status answer(std::string_view what) const;
  };
  Fate begin(Process& process, Call call, const std::string& path);
  Fate stop_here(Process& process, Call call, const std::string& path);
  std::optional<Fate> inject(Process& process, Call call, const std::string& path);
  void note(Section section, const std::string& name);
  std::uint64_t next_moment() { return ++moment_; }

  Rng rng_;
  const FaultMix mix_;
  Names names_;
  std::vector<std::shared_ptr<Process>> processes_;
  std::vector<std::string> graves_;  // Contents of files that were removed or replaced.
  struct StopPlan {
    std::uint64_t calls;
    Stop how;
    bool changing;
  };
  std::optional<StopPlan> stop_;
  std::optional<Stop> stopped_;
  const Process* stopped_process_ = nullptr;
  bool faults_on_ = true;
  bool full_ = false;
  std::string activity_ = "idle";
  std::uint64_t faults_ = 0;
  std::uint64_t calls_ = 0;
  std::uint64_t moment_ = 0;
  std::string events_;
};

}  // namespace restante::sim
