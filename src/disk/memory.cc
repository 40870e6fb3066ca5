#include "disk/memory.h"

#include "disk/memory_state.h"

namespace restante::disk {
namespace {

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

/// The directories that are there from the start.
bool is_top(const std::string& path) { return path == "/" || path == "."; }

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
  return make_memory_file(shared_, std::move(node));
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
