#include "disk/memory.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <set>

namespace restante::disk {
namespace {

constexpr std::uint64_t kSectorBytes = 512;

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

/// The directories that are there from the start.
bool is_top(const std::string& path) { return path == "/" || path == "."; }

}  // namespace

/// A file or a directory, as readers see it and as the platter has it.
struct MemoryDisk::Node {
  struct Lock {
    const void* owner;
    std::uint64_t offset;
    std::uint64_t bytes;
  };

  bool directory = false;
  std::uint64_t inode = 0;
  std::uint64_t links = 0;
  std::string bytes;
  std::string platter;
  std::set<std::uint64_t> dirty;
  std::vector<Lock> locks;

  void mark(std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t s = from / kSectorBytes; s * kSectorBytes < to; ++s) dirty.insert(s);
  }

  /// Carries one sector over, as far as both contents reach.
  void settle(std::uint64_t sector) {
    const std::uint64_t from = sector * kSectorBytes;
    const std::uint64_t end = std::min<std::uint64_t>(bytes.size(), platter.size());
    if (from >= end) return;
    const auto count = static_cast<std::size_t>(std::min(kSectorBytes, end - from));
    std::memcpy(platter.data() + from, bytes.data() + from, count);
  }

  void settle_all() {
    platter.resize(bytes.size());
    for (const std::uint64_t sector : dirty) settle(sector);
    dirty.clear();
  }

  void settle_every_second() {
    platter.resize(std::max(bytes.size(), platter.size()));
    for (const std::uint64_t sector : dirty)
      if (sector % 2 == 1) settle(sector);
    platter.resize(bytes.size());
    dirty.clear();
  }
};

struct MemoryDisk::Shared {
  using Names = std::map<std::string, std::shared_ptr<Node>>;

  mutable std::mutex mutex;
  std::condition_variable unlocked;
  Names names;
  Names platter_names;
  std::uint64_t next_inode = 1;
  std::uint64_t calls = 0;
  std::uint64_t syncs = 0;
  std::uint64_t fail_at = UINT64_MAX;
  Fault fault = Fault::kEio;
  bool reached = false;
  bool cached = true;

  /// Counts a call; what it must fail with, if it must. `takes_room`: it may meet a full disk.
  std::optional<Fault> next_call(bool takes_room) {
    if (reached && fault == Fault::kDeath) return Fault::kEio;
    if (fault == Fault::kFull && !takes_room) return std::nullopt;
    if (calls++ != fail_at) return std::nullopt;
    reached = true;
    return fault;
  }

  /// The same for calls that do all or nothing.
  Status simple_call(bool takes_room, std::string_view name) {
    const auto failure = next_call(takes_room);
    if (!failure) return ok();
    return Error(*failure == Fault::kFull ? Errc::kFull : Errc::kIo, std::string(name));
  }

  std::shared_ptr<Node> make(const std::string& path, bool directory) {
    auto node = std::make_shared<Node>();
    node->directory = directory;
    node->inode = next_inode++;
    node->links = 1;
    names[path] = node;
    return node;
  }

  std::shared_ptr<Node> find(const std::string& path) const {
    const auto at = names.find(path);
    return at == names.end() ? nullptr : at->second;
  }
};

namespace {

class MemoryFile final : public File {
 public:
  MemoryFile(std::shared_ptr<MemoryDisk::Shared> shared, std::shared_ptr<MemoryDisk::Node> node)
      : shared_(std::move(shared)), node_(std::move(node)) {}
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  ~MemoryFile() override {
    const std::lock_guard guard(shared_->mutex);
    std::erase_if(node_->locks, [this](const auto& lock) { return lock.owner == this; });
    shared_->unlocked.notify_all();
  }

  Result<std::size_t> read(std::uint64_t offset, MutableBytes target) override {
    const std::lock_guard guard(shared_->mutex);
    RESTANTE_CHECKED(shared_->simple_call(false, "read"));
    return copy_out(offset, target);
  }

  std::optional<Result<std::size_t>> read_cached(std::uint64_t offset,
                                                 MutableBytes target) override {
    const std::lock_guard guard(shared_->mutex);
    if (!shared_->cached) return std::nullopt;
    const std::size_t got = copy_out(offset, target);
    if (got != target.size()) return std::nullopt;
    return Result<std::size_t>(got);
  }

  Status write(std::uint64_t offset, std::span<const ByteView> pieces) override {
    const std::lock_guard guard(shared_->mutex);
    std::string all;
    for (const ByteView piece : pieces) all += as_text(piece);
    const auto failure = shared_->next_call(true);
    if (failure == Fault::kEio) return Error(Errc::kIo, "write");
    if (failure) all.resize(all.size() / 2);
    put(offset, all);
    if (failure == Fault::kFull) return Error(Errc::kFull, "write");
    if (failure) return Error(Errc::kIo, "write");
    return ok();
  }

  Result<FileStatus> status() override {
    const std::lock_guard guard(shared_->mutex);
    RESTANTE_CHECKED(shared_->simple_call(false, "status"));
    return FileStatus{node_->bytes.size(), node_->links, {1, node_->inode}};
  }

  Status truncate(std::uint64_t size) override {
    const std::lock_guard guard(shared_->mutex);
    RESTANTE_CHECKED(shared_->simple_call(false, "truncate"));
    const std::uint64_t before = node_->bytes.size();
    node_->bytes.resize(static_cast<std::size_t>(size));
    node_->mark(std::min(before, size), std::max(before, size));
    return ok();
  }

  Status sync() override {
    const std::lock_guard guard(shared_->mutex);
    if (const auto failure = shared_->next_call(true)) {
      // The pages are clean now, and the platter never got them.
      if (*failure != Fault::kDeath) node_->dirty.clear();
      return Error(*failure == Fault::kFull ? Errc::kFull : Errc::kIo, "sync");
    }
    ++shared_->syncs;
    node_->settle_all();
    return ok();
  }

  Status try_lock(std::uint64_t offset, std::uint64_t bytes) override {
    const std::lock_guard guard(shared_->mutex);
    RESTANTE_CHECKED(shared_->simple_call(false, "lock"));
    if (!is_free(offset, bytes)) return Error(Errc::kBusy, "locked");
    take(offset, bytes);
    return ok();
  }

  Status lock(std::uint64_t offset, std::uint64_t bytes) override {
    std::unique_lock guard(shared_->mutex);
    RESTANTE_CHECKED(shared_->simple_call(false, "lock"));
    shared_->unlocked.wait(guard, [&] { return is_free(offset, bytes); });
    take(offset, bytes);
    return ok();
  }

  void unlock(std::uint64_t offset, std::uint64_t bytes) override {
    const std::lock_guard guard(shared_->mutex);
    release(offset, bytes);
    shared_->unlocked.notify_all();
  }

 private:
  std::size_t copy_out(std::uint64_t offset, MutableBytes target) const {
    const std::string& bytes = node_->bytes;
    if (offset >= bytes.size() || target.empty()) return 0;
    const std::size_t count =
        std::min(target.size(), bytes.size() - static_cast<std::size_t>(offset));
    std::memcpy(target.data(), bytes.data() + offset, count);
    return count;
  }

  void put(std::uint64_t offset, const std::string& data) {
    std::string& bytes = node_->bytes;
    const std::size_t end = static_cast<std::size_t>(offset) + data.size();
    if (data.empty()) return;
    node_->mark(std::min<std::uint64_t>(offset, bytes.size()), end);
    if (end > bytes.size()) bytes.resize(end);
    std::memcpy(bytes.data() + offset, data.data(), data.size());
  }

  bool is_free(std::uint64_t offset, std::uint64_t bytes) const {
    return std::ranges::none_of(node_->locks, [&](const auto& lock) {
      return lock.owner != this && lock.offset < offset + bytes &&
             offset < lock.offset + lock.bytes;
    });
  }

  void take(std::uint64_t offset, std::uint64_t bytes) {
    release(offset, bytes);
    node_->locks.push_back({this, offset, bytes});
  }

  void release(std::uint64_t offset, std::uint64_t bytes) {
    std::erase_if(node_->locks, [&](const auto& lock) {
      return lock.owner == this && lock.offset == offset && lock.bytes == bytes;
    });
  }

  const std::shared_ptr<MemoryDisk::Shared> shared_;
  const std::shared_ptr<MemoryDisk::Node> node_;
};

}  // namespace

MemoryDisk::MemoryDisk() : shared_(std::make_shared<Shared>()) {}
MemoryDisk::~MemoryDisk() = default;

void MemoryDisk::fail_at(std::uint64_t nth, Fault fault) {
  const std::lock_guard guard(shared_->mutex);
  shared_->calls = 0;
  shared_->syncs = 0;
  shared_->fail_at = nth;
  shared_->fault = fault;
  shared_->reached = false;
}

void MemoryDisk::fail_nothing() { fail_at(UINT64_MAX, Fault::kEio); }

bool MemoryDisk::fault_reached() const {
  const std::lock_guard guard(shared_->mutex);
  return shared_->reached;
}

std::uint64_t MemoryDisk::calls() const {
  const std::lock_guard guard(shared_->mutex);
  return shared_->calls;
}

std::uint64_t MemoryDisk::syncs() const {
  const std::lock_guard guard(shared_->mutex);
  return shared_->syncs;
}

void MemoryDisk::set_cached(bool cached) {
  const std::lock_guard guard(shared_->mutex);
  shared_->cached = cached;
}

void MemoryDisk::lose_power(PowerLoss how) {
  const std::lock_guard guard(shared_->mutex);
  if (how != PowerLoss::kDropUnsynced) shared_->platter_names = shared_->names;
  Shared::Names after;
  std::map<const Node*, std::shared_ptr<Node>> copies;  // Two names of one file stay one file.
  for (const auto& [path, node] : shared_->platter_names) {
    auto& copy = copies[node.get()];
    if (!copy) {
      if (how == PowerLoss::kKeepAll) node->settle_all();
      if (how == PowerLoss::kTorn) node->settle_every_second();
      copy = std::make_shared<Node>();
      copy->directory = node->directory;
      copy->inode = shared_->next_inode++;
      copy->bytes = copy->platter = node->platter;
    }
    ++copy->links;
    after[path] = copy;
  }
  shared_->names = shared_->platter_names = std::move(after);
  shared_->fail_at = UINT64_MAX;
  shared_->reached = false;
}

Result<std::string> MemoryDisk::content(const std::string& path) const {
  const std::lock_guard guard(shared_->mutex);
  const auto node = shared_->find(path);
  if (!node) return Error(Errc::kNotFound, path);
  return node->bytes;
}

void MemoryDisk::set_content(const std::string& path, std::string_view content) {
  const std::lock_guard guard(shared_->mutex);
  auto node = shared_->find(path);
  if (!node) node = shared_->make(path, false);
  node->bytes = node->platter = std::string(content);
  node->dirty.clear();
  shared_->platter_names[path] = node;
}

Result<std::unique_ptr<File>> MemoryDisk::open(const std::string& path, OpenMode mode) {
  const std::lock_guard guard(shared_->mutex);
  const bool makes = mode == OpenMode::kCreate || mode == OpenMode::kReplace;
  RESTANTE_CHECKED(shared_->simple_call(makes, "open"));
  auto node = shared_->find(path);
  if (!node && !makes) return Error(Errc::kNotFound, "open " + path);
  if (!node && !is_top(parent_of(path)) && !shared_->find(parent_of(path)))
    return Error(Errc::kNotFound, "open " + path);
  if (node && node->directory) return Error(Errc::kIo, "open " + path);
  if (!node) node = shared_->make(path, false);
  if (mode == OpenMode::kReplace) {
    node->mark(0, node->bytes.size());
    node->bytes.clear();
  }
  return std::unique_ptr<File>(std::make_unique<MemoryFile>(shared_, std::move(node)));
}

Status MemoryDisk::rename(const std::string& from, const std::string& to) {
  const std::lock_guard guard(shared_->mutex);
  RESTANTE_CHECKED(shared_->simple_call(true, "rename"));
  const auto node = shared_->find(from);
  if (!node) return Error(Errc::kNotFound, "rename " + from);
  if (const auto old = shared_->find(to)) --old->links;
  shared_->names[to] = node;
  shared_->names.erase(from);
  return ok();
}

Status MemoryDisk::link(const std::string& from, const std::string& to) {
  const std::lock_guard guard(shared_->mutex);
  RESTANTE_CHECKED(shared_->simple_call(true, "link"));
  const auto node = shared_->find(from);
  if (!node) return Error(Errc::kNotFound, "link " + from);
  if (shared_->find(to)) return Error(Errc::kExists, "link " + to);
  ++node->links;
  shared_->names[to] = node;
  return ok();
}

Status MemoryDisk::remove(const std::string& path) {
  const std::lock_guard guard(shared_->mutex);
  RESTANTE_CHECKED(shared_->simple_call(false, "remove"));
  const auto node = shared_->find(path);
  if (!node) return Error(Errc::kNotFound, "remove " + path);
  --node->links;
  shared_->names.erase(path);
  return ok();
}

Status MemoryDisk::create_directory(const std::string& path) {
  const std::lock_guard guard(shared_->mutex);
  RESTANTE_CHECKED(shared_->simple_call(true, "mkdir"));
  if (shared_->find(path)) return Error(Errc::kExists, "mkdir " + path);
  const std::string parent = parent_of(path);
  if (!is_top(parent) && !shared_->find(parent)) return Error(Errc::kNotFound, "mkdir " + path);
  shared_->make(path, true);
  return ok();
}

Status MemoryDisk::sync_directory(const std::string& path) {
  const std::lock_guard guard(shared_->mutex);
  RESTANTE_CHECKED(shared_->simple_call(true, "sync directory"));
  if (!is_top(path) && !shared_->find(path)) return Error(Errc::kNotFound, "sync " + path);
  std::erase_if(shared_->platter_names,
                [&](const auto& entry) { return parent_of(entry.first) == path; });
  for (const auto& [name, node] : shared_->names)
    if (parent_of(name) == path) shared_->platter_names[name] = node;
  return ok();
}

Result<std::vector<std::string>> MemoryDisk::list(const std::string& path) {
  const std::lock_guard guard(shared_->mutex);
  RESTANTE_CHECKED(shared_->simple_call(false, "list"));
  if (!is_top(path) && !shared_->find(path)) return Error(Errc::kNotFound, "list " + path);
  std::vector<std::string> names;
  for (const auto& [name, node] : shared_->names)
    if (parent_of(name) == path) names.push_back(name.substr(path.size() + 1));
  return names;
}

}  // namespace restante::disk
