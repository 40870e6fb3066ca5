#include "sim/machine.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace restante::sim {
namespace {

std::string_view name_of(Call call) {
  constexpr std::array<std::string_view, 13> kNames = {
      "read", "write",  "status", "truncate", "sync",  "lock",
      "open", "rename", "link",   "remove",   "mkdir", "sync of a directory",
      "list"};
  return kNames.at(static_cast<std::size_t>(call));
}

std::string_view name_of(Survival survival) {
  constexpr std::array<std::string_view, 4> kNames = {"nothing", "everything", "in order", "any"};
  return kNames.at(static_cast<std::size_t>(survival));
}

/// What kind of file it is: the end of its name.
std::string kind_of(const std::string& path) {
  for (const std::string_view suffix : {".log", ".idx", ".aside"}) {
    const std::size_t at = path.rfind(suffix);
    if (at != std::string::npos) return path.substr(at + 1);
  }
  return "names";
}

/// Where a stop falls, for the table: what was being done to which file.
std::string place_of(const std::string& activity, const std::string& path) {
  const std::string kind = kind_of(path);
  if (activity == "recovery") return "recovery, " + kind;
  if (kind != "log") return kind;
  if (activity == "deliver" || activity == "quit" || activity == "undelete" || activity == "view")
    return "append";
  return activity == "upkeep" || activity == "repair" ? "rewrite, old log" : "look at the log";
}

bool takes_room(Call call) {
  return call == Call::kWrite || call == Call::kOpen || call == Call::kRename ||
         call == Call::kLink || call == Call::kMakeDirectory;
}

bool changes(Call call) {
  return call != Call::kRead && call != Call::kStatus && call != Call::kLock &&
         call != Call::kOpen && call != Call::kList && call != Call::kRemove;
}

}  // namespace

Status Machine::Fate::answer(std::string_view what) const {
  if (!error) return ok();
  return Error(*error, "simulated: " + std::string(what));
}

Machine::Machine(Rng rng, FaultMix mix, Coverage& c) : coverage(c), rng_(rng), mix_(mix) {}

std::shared_ptr<Process> Machine::start_process() {
  return processes_.emplace_back(std::make_shared<Process>());
}

void Machine::stop_at(std::uint64_t calls, Stop how, bool changing) {
  stop_ = StopPlan{calls, how, changing};
}

void Machine::note(Section section, const std::string& name) {
  coverage.count(section, name);
  events_ += (events_.empty() ? "" : "; ") + name;
}

std::string Machine::take_events() { return std::exchange(events_, {}); }

/// Decides about a call, before it does anything.
Machine::Fate Machine::begin(Process& process, Call call, const std::string& path) {
  ++calls_;
  if (process.dead || stopped_ == Stop::kPower) {
    process.dead = true;
    return {.works = false, .partly = false, .stops = true, .error = Errc::kIo};
  }
  if (stop_ && (!stop_->changing || changes(call)) && stop_->calls-- == 0)
    return stop_here(process, call, path);
  if (faults_on_)
    if (auto fate = inject(process, call, path)) return *fate;
  return {};
}

Machine::Fate Machine::stop_here(Process& process, Call call, const std::string& path) {
  stopped_ = stop_->how;
  if (*stopped_ == Stop::kPower)
    for (const auto& one : processes_) one->dead = true;
  stopped_process_ = &process;
  stop_.reset();
  process.dead = true;
  Fate fate{.works = true, .partly = false, .stops = true, .error = Errc::kIo};
  std::string_view stage = "after";
  const std::uint64_t drawn = rng_.below(3);
  if (drawn == 0) {
    fate.works = false;
    stage = "before";
  } else if (drawn == 1 && (call == Call::kWrite || call == Call::kSync)) {
    fate.partly = true;
    stage = "in the middle of";
  }
  note(Section::kStop,
       place_of(activity_, path) + ": " + std::string(stage) + " " + std::string(name_of(call)));
  return fate;
}

std::optional<Machine::Fate> Machine::inject(Process& process, Call call, const std::string& path) {
  if (full_ && takes_room(call) && call != Call::kOpen) {
    note(Section::kFault, "full disk");
    ++faults_;
    return Fate{
        .works = call == Call::kWrite && rng_.one_in(2), .partly = true, .error = Errc::kFull};
  }
  if (mix_.one_call_in == 0 || !rng_.one_in(mix_.one_call_in)) return std::nullopt;
  Fate fate{.works = false, .error = Errc::kIo};
  std::string what = "EIO at " + std::string(name_of(call));
  if (call == Call::kSync) {
    if (!mix_.failed_sync) return std::nullopt;
    ++process.failed_syncs;
    fate.works = fate.partly = true;  // Some pages reach the platter, and all count as clean.
    what = "failed sync";
  } else if (call == Call::kWrite && mix_.short_write && rng_.one_in(2)) {
    fate.works = fate.partly = true;
    if (mix_.full && rng_.one_in(2)) fate.error = Errc::kFull;
    what = "short write";
  } else if (takes_room(call) && mix_.full && rng_.one_in(2)) {
    fate.error = Errc::kFull;
    what = "ENOSPC at " + std::string(name_of(call));
  } else if (!mix_.eio) {
    return std::nullopt;
  }
  if (call == Call::kTruncate && !mix_.double_fault && process.failed_paths.contains(path))
    return std::nullopt;
  if (call == Call::kTruncate) ++process.failed_cuts;
  if (call == Call::kTruncate || call == Call::kSync) process.failed_paths.insert(path);
  ++faults_;
  note(Section::kFault, what);
  return fate;
}

void Machine::kill(Process& process) {
  process.dead = true;
  for (const auto& [path, node] : names_.all())
    std::erase_if(node->locks, [&](const Node::Lock& lock) { return lock.process == &process; });
  stopped_.reset();
  stopped_process_ = nullptr;
  coverage.count(Section::kFault, "process killed");
}

void Machine::crash() {
  for (const auto& process : processes_) process->dead = true;
  processes_.clear();
  const auto survival = static_cast<Survival>(rng_.below(4));
  const std::uint64_t moment = moment_ - std::min(moment_, rng_.below(12));
  Survival of_names = rng_.one_in(3) ? static_cast<Survival>(rng_.below(4)) : survival;
  if (mix_.journal && of_names == Survival::kAny) of_names = Survival::kInOrder;
  note(Section::kFault, "power loss, kept: " + std::string(name_of(survival)));
  if (names_.pending() > 0)
    note(Section::kFault, "names not synced, kept: " + std::string(name_of(of_names)));
  const Names::Map names = names_.after_crash(of_names, moment, rng_);
  Names::Map after;
  std::map<const Node*, NodePtr> copies;  // Two names of one file stay one file.
  for (const auto& [path, node] : names) {
    NodePtr& copy = copies[node.get()];
    if (!copy) {
      const bool own = rng_.one_in(4);
      const auto of_file = own ? static_cast<Survival>(rng_.below(4)) : survival;
      std::string stale;
      if (mix_.stale_space && !graves_.empty() && rng_.one_in(2)) {
        stale = graves_[rng_.below(graves_.size())];
        coverage.count(Section::kFault, "stale space");
      }
      if (node->platter.is_dirty()) coverage.count(Section::kFault, "unsynced file in a crash");
      copy = std::make_shared<Node>();
      copy->name = path;
      copy->directory = node->directory;
      copy->inode = node->inode;
      copy->links = 0;
      copy->platter = Platter(node->platter.after_crash(of_file, moment, stale, rng_));
    }
    ++copy->links;
    after[path] = copy;
  }
  names_.restart(std::move(after));
  stop_.reset();
  stopped_.reset();
  stopped_process_ = nullptr;
}

std::vector<std::string> Machine::files() const {
  std::vector<std::string> out;
  for (const auto& [path, node] : names_.all())
    if (!node->directory) out.push_back(path);
  return out;
}

std::optional<std::string> Machine::content(const std::string& path) const {
  const NodePtr node = names_.find(path);
  if (!node) return std::nullopt;
  return node->platter.bytes();
}

bool Machine::is_locked(const std::string& path, std::uint64_t offset) const {
  const NodePtr node = names_.find(path);
  return node && std::ranges::any_of(node->locks, [&](const Node::Lock& lock) {
           return lock.offset <= offset && offset < lock.offset + lock.bytes;
         });
}

bool Machine::is_synced(const std::string& path) const {
  const NodePtr node = names_.find(path);
  return node && !node->platter.is_dirty() && names_.is_durable(path);
}

void Machine::put_content(const std::string& path, std::string content) {
  NodePtr node = names_.find(path);
  if (!node) node = names_.create(path, false, next_moment());
  node->platter = Platter(std::move(content));
}

void Machine::damage(const std::string& path, std::uint64_t offset, std::string_view bytes) {
  const NodePtr node = names_.find(path);
  RESTANTE_CHECK(node != nullptr);
  node->platter.damage(offset, bytes);
}

void Machine::remove(const std::string& path) {
  if (names_.find(path)) (void)names_.remove(path, next_moment());
}

}  // namespace restante::sim
