// The machine's disk as one process sees it: disk::Disk and disk::File, each call first asking the
// machine what becomes of it.
#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "sim/machine.h"

namespace restante::sim {

class SimFile final : public disk::File {
 public:
  SimFile(Machine& machine, std::shared_ptr<Process> process, NodePtr node)
      : machine_(machine), process_(std::move(process)), node_(std::move(node)) {}
  SimFile(const SimFile&) = delete;
  SimFile& operator=(const SimFile&) = delete;
  ~SimFile() override {
    std::erase_if(node_->locks, [this](const Node::Lock& lock) { return lock.file == this; });
  }

  Result<std::size_t> read(std::uint64_t offset, MutableBytes target) override {
    const auto fate = machine_.begin(*process_, Call::kRead, node_->name);
    RESTANTE_CHECKED(fate.answer("read " + node_->name));
    return copy_out(offset, target);
  }

  std::optional<Result<std::size_t>> read_cached(std::uint64_t offset,
                                                 MutableBytes target) override {
    if (process_->dead || machine_.stopped_ == Stop::kPower) return std::nullopt;
    if (machine_.rng_.percent(machine_.mix_.uncached_percent)) {
      machine_.coverage.count(Section::kFault, "not in memory");
      return std::nullopt;
    }
    const std::size_t got = copy_out(offset, target);
    if (got != target.size()) return std::nullopt;
    return Result<std::size_t>(got);
  }

  Status write(std::uint64_t offset, std::span<const ByteView> pieces) override {
    std::string all;
    for (const ByteView piece : pieces) all += as_text(piece);
    const auto fate = machine_.begin(*process_, Call::kWrite, node_->name);
    if (fate.partly) all.resize(machine_.rng_.below(all.size()));
    if (fate.works) node_->platter.write(offset, all, machine_.next_moment());
    return fate.answer("write " + node_->name);
  }

  Result<disk::FileStatus> status() override {
    const auto fate = machine_.begin(*process_, Call::kStatus, node_->name);
    RESTANTE_CHECKED(fate.answer("status " + node_->name));
    return disk::FileStatus{node_->platter.bytes().size(), node_->links, {1, node_->inode}};
  }

  Status truncate(std::uint64_t size) override {
    const auto fate = machine_.begin(*process_, Call::kTruncate, node_->name);
    if (fate.works) node_->platter.resize(size, machine_.next_moment());
    return fate.answer("truncate " + node_->name);
  }

  Status sync() override {
    const auto fate = machine_.begin(*process_, Call::kSync, node_->name);
    if (!fate.works || fate.stops) {
      // The machine stops in the middle: what the crash leaves is any part of it anyway.
      if (fate.works && !fate.partly) settle();
    } else if (fate.partly) {
      node_->platter.fail_sync(machine_.rng_);
    } else {
      settle();
    }
    return fate.answer("sync " + node_->name);
  }

  Status try_lock(std::uint64_t offset, std::uint64_t bytes) override {
    const auto fate = machine_.begin(*process_, Call::kLock, node_->name);
    RESTANTE_CHECKED(fate.answer("lock " + node_->name));
    if (!is_free(offset, bytes)) return Error(Errc::kBusy, "locked");
    take(offset, bytes);
    return ok();
  }

  Status lock(std::uint64_t offset, std::uint64_t bytes,
              const disk::Patience& /*patience*/) override {
    const auto fate = machine_.begin(*process_, Call::kLock, node_->name);
    RESTANTE_CHECKED(fate.answer("lock " + node_->name));
    // One thread plays all processes: the holder of a lock would never give it back.
    RESTANTE_CHECK(is_free(offset, bytes));
    take(offset, bytes);
    return ok();
  }

  void unlock(std::uint64_t offset, std::uint64_t bytes) override {
    std::erase_if(node_->locks, [&](const Node::Lock& lock) {
      return lock.file == this && lock.offset == offset && lock.bytes == bytes;
    });
  }

 private:
  std::size_t copy_out(std::uint64_t offset, MutableBytes target) const {
    const std::string& bytes = node_->platter.bytes();
    if (offset >= bytes.size() || target.empty()) return 0;
    const auto count = std::min(target.size(), bytes.size() - static_cast<std::size_t>(offset));
    std::memcpy(target.data(), bytes.data() + offset, count);
    return count;
  }

  void settle() {
    ++process_->synced[node_->name];
    node_->platter.sync();
    if (machine_.mix_.sync_keeps_name) machine_.names_.sync_names_of(*node_);
  }

  [[nodiscard]] bool is_free(std::uint64_t offset, std::uint64_t bytes) const {
    return std::ranges::none_of(node_->locks, [&](const Node::Lock& lock) {
      return lock.file != this && lock.offset < offset + bytes && offset < lock.offset + lock.bytes;
    });
  }

  void take(std::uint64_t offset, std::uint64_t bytes) {
    unlock(offset, bytes);
    node_->locks.push_back({this, process_.get(), offset, bytes});
  }

  Machine& machine_;
  const std::shared_ptr<Process> process_;
  const NodePtr node_;
};

class SimDisk final : public disk::Disk {
 public:
  SimDisk(Machine& machine, std::shared_ptr<Process> process)
      : machine_(machine), process_(std::move(process)) {}

  Result<std::unique_ptr<disk::File>> open(const std::string& path, disk::OpenMode mode) override {
    const auto fate = begin(Call::kOpen, path);
    const bool makes = mode == disk::OpenMode::kCreate || mode == disk::OpenMode::kReplace;
    Names& names = machine_.names_;
    NodePtr node = names.find(path);
    if (fate.works) {
      if (!node && (!makes || !names.has_directory(parent_of(path))))
        return Error(Errc::kNotFound, "open " + path);
      if (node && node->directory) return Error(Errc::kIo, "a directory: " + path);
      if (!node) node = names.create(path, false, machine_.next_moment());
      if (mode == disk::OpenMode::kReplace) node->platter.resize(0, machine_.next_moment());
    }
    if (fate.error) return Error(*fate.error, "simulated: open " + path);
    return std::unique_ptr<disk::File>(
        std::make_unique<SimFile>(machine_, process_, std::move(node)));
  }

  Status rename(const std::string& from, const std::string& to) override {
    const auto fate = begin(Call::kRename, from);
    if (fate.works) {
      if (!machine_.names_.find(from)) return Error(Errc::kNotFound, "rename " + from);
      bury(machine_.names_.rename(from, to, machine_.next_moment()));
    }
    return fate.answer("rename " + from);
  }

  Status link(const std::string& from, const std::string& to) override {
    const auto fate = begin(Call::kLink, from);
    if (fate.works) {
      if (!machine_.names_.find(from)) return Error(Errc::kNotFound, "link " + from);
      if (machine_.names_.find(to)) return Error(Errc::kExists, "link " + to);
      machine_.names_.link(from, to, machine_.next_moment());
    }
    return fate.answer("link " + from);
  }

  Status remove(const std::string& path) override {
    const auto fate = begin(Call::kRemove, path);
    if (fate.works) {
      if (!machine_.names_.find(path)) return Error(Errc::kNotFound, "remove " + path);
      bury(machine_.names_.remove(path, machine_.next_moment()));
    }
    return fate.answer("remove " + path);
  }

  Status create_directory(const std::string& path) override {
    const auto fate = begin(Call::kMakeDirectory, path);
    if (fate.works) {
      if (machine_.names_.find(path)) return Error(Errc::kExists, "mkdir " + path);
      if (!machine_.names_.has_directory(parent_of(path)))
        return Error(Errc::kNotFound, "mkdir " + path);
      (void)machine_.names_.create(path, true, machine_.next_moment());
    }
    return fate.answer("mkdir " + path);
  }

  Status sync_directory(const std::string& path) override {
    const auto fate = begin(Call::kSyncDirectory, path);
    if (fate.works) {
      if (!machine_.names_.has_directory(path)) return Error(Errc::kNotFound, "sync " + path);
      if (machine_.mix_.journal) {
        machine_.names_.sync_all();
      } else {
        machine_.names_.sync_directory(path);
      }
    }
    return fate.answer("sync directory " + path);
  }

  Result<std::vector<std::string>> list(const std::string& path) override {
    const auto fate = begin(Call::kList, path);
    RESTANTE_CHECKED(fate.answer("list " + path));
    if (!machine_.names_.has_directory(path)) return Error(Errc::kNotFound, "list " + path);
    std::vector<std::string> names;
    for (const auto& [name, node] : machine_.names_.all())
      if (parent_of(name) == path) names.push_back(name.substr(path.size() + 1));
    return names;
  }

 private:
  Machine::Fate begin(Call call, const std::string& path) {
    return machine_.begin(*process_, call, path);
  }

  /// The content of a removed file may turn up again in space that was never written.
  void bury(const NodePtr& node) {
    if (!node || node->platter.bytes().empty()) return;
    machine_.graves_.push_back(node->platter.bytes());
    if (machine_.graves_.size() > kGravesMax) machine_.graves_.erase(machine_.graves_.begin());
  }
  static constexpr std::size_t kGravesMax = 4;

  Machine& machine_;
  const std::shared_ptr<Process> process_;
};

std::unique_ptr<disk::Disk> Machine::disk_of(std::shared_ptr<Process> process) {
  return std::make_unique<SimDisk>(*this, std::move(process));
}

}  // namespace restante::sim
