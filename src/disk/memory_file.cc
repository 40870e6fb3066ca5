// An open file of MemoryDisk.
#include "disk/memory_state.h"

namespace restante::disk {
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

  Status lock(std::uint64_t offset, std::uint64_t bytes, const Patience& patience) override {
    std::unique_lock guard(shared_->mutex);
    RESTANTE_CHECKED(shared_->simple_call(false, "lock"));
    const auto began = std::chrono::steady_clock::now();
    while (!is_free(offset, bytes)) {
      const auto waited = std::chrono::steady_clock::now() - began;
      if (!patience(std::chrono::duration_cast<std::chrono::milliseconds>(waited)))
        return Error(Errc::kTimeout, "locked");
      shared_->unlocked.wait_for(guard, std::chrono::milliseconds(1));
    }
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

std::unique_ptr<File> make_memory_file(std::shared_ptr<MemoryDisk::Shared> shared,
                                       std::shared_ptr<MemoryDisk::Node> node) {
  return std::make_unique<MemoryFile>(std::move(shared), std::move(node));
}

}  // namespace restante::disk
