// fill-maildrop: makes large and old maildrops for the end-to-end tests, in no time. It writes with
// the server's own store, but never syncs: what it makes is not durable.
//
// Message N is "Subject: fill N", an empty line, `--bytes` of filler and `--blocks` blocks of 64
// KiB, as tests/e2e/harness/fill.py says them; or each is the file `--message`, in wire form.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstring>
#include <fstream>
#include <iostream>

#include "disk/posix.h"
#include "maildrop/doors/open.h"

namespace {

using namespace restante;

constexpr std::size_t kBlockBytes = 65536;
constexpr std::size_t kLineBytes = 64;

class LazyFile final : public disk::File {
 public:
  explicit LazyFile(std::unique_ptr<disk::File> file) : file_(std::move(file)) {}

  Result<std::size_t> read(std::uint64_t offset, MutableBytes target) override {
    return file_->read(offset, target);
  }
  std::optional<Result<std::size_t>> read_cached(std::uint64_t offset,
                                                 MutableBytes target) override {
    return file_->read_cached(offset, target);
  }
  Status write(std::uint64_t offset, std::span<const ByteView> pieces) override {
    return file_->write(offset, pieces);
  }
  Result<disk::FileStatus> status() override { return file_->status(); }
  Status truncate(std::uint64_t size) override { return file_->truncate(size); }
  Status sync() override { return ok(); }
  Status try_lock(std::uint64_t offset, std::uint64_t bytes) override {
    return file_->try_lock(offset, bytes);
  }
  Status lock(std::uint64_t offset, std::uint64_t bytes, const disk::Patience& patience) override {
    return file_->lock(offset, bytes, patience);
  }
  void unlock(std::uint64_t offset, std::uint64_t bytes) override { file_->unlock(offset, bytes); }

 private:
  std::unique_ptr<disk::File> file_;
};

class LazyDisk final : public disk::Disk {
 public:
  Result<std::unique_ptr<disk::File>> open(const std::string& path, disk::OpenMode mode) override {
    RESTANTE_TRY(auto file, disk_.open(path, mode));
    return std::unique_ptr<disk::File>(std::make_unique<LazyFile>(std::move(file)));
  }
  Status rename(const std::string& from, const std::string& to) override {
    return disk_.rename(from, to);
  }
  Status link(const std::string& from, const std::string& to) override {
    return disk_.link(from, to);
  }
  Status remove(const std::string& path) override { return disk_.remove(path); }
  Status create_directory(const std::string& path) override { return disk_.create_directory(path); }
  Status sync_directory(const std::string&) override { return ok(); }
  Result<std::vector<std::string>> list(const std::string& path) override {
    return disk_.list(path);
  }

 private:
  disk::Disk& disk_ = disk::posix_disk();
};

/// Blocks that are alike except for the number in their last line.
class BlockSource final : public maildrop::Source {
 public:
  explicit BlockSource(std::uint64_t blocks) : blocks_(blocks) {
    for (int line = 0; block_.size() < kBlockBytes; ++line)
      block_ += fmt::format("{:04} {:x<57}\r\n", line, "");
  }
  [[nodiscard]] std::uint64_t size() const override { return blocks_ * kBlockBytes; }
  Status read(std::uint64_t offset, MutableBytes target) override {
    while (!target.empty()) {
      const std::string last = fmt::format("{:062}\r\n", offset / kBlockBytes);
      block_.replace(kBlockBytes - kLineBytes, kLineBytes, last);
      const std::size_t start = offset % kBlockBytes;
      const std::size_t count = std::min(target.size(), kBlockBytes - start);
      std::memcpy(target.data(), block_.data() + start, count);
      target = target.subspan(count);
      offset += count;
    }
    return ok();
  }

 private:
  const std::uint64_t blocks_;
  std::string block_;
};

struct Wanted {
  std::string data_dir;
  std::string account;
  std::string accounts;
  std::string message;
  std::uint64_t count = 1;
  std::uint64_t bytes = 0;
  std::uint64_t blocks = 0;
  std::uint32_t days_ago = 0;
  bool retrieved = false;
  bool deleted = false;
};

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Those of `--accounts`, where the first word of each line is one; else the one that was named.
std::vector<std::string> accounts_of(const Wanted& wanted) {
  std::vector<std::string> names;
  std::ifstream file(wanted.accounts);
  std::string line;
  while (std::getline(file, line)) names.push_back(line.substr(0, line.find(' ')));
  if (!wanted.account.empty()) names.push_back(wanted.account);
  return names;
}

Status deliver(maildrop::Store& store, const Wanted& wanted, WallTime now) {
  BlockSource source(wanted.blocks);
  std::string filler;
  while (filler.size() < wanted.bytes) filler += fmt::format("{:x<62}\r\n", "");
  const std::string given = wanted.message.empty() ? "" : read_file(wanted.message);
  for (std::uint64_t number = 1; number <= wanted.count; ++number) {
    std::string prefix =
        given.empty() ? fmt::format("Subject: fill {}\r\n\r\n{}", number, filler) : given;
    const std::uint64_t octets = prefix.size() + source.size();
    maildrop::NewMessage message(std::move(prefix), source, octets);
    message.arrived = now;
    RESTANTE_CHECKED(store.deliver(wanted.account, message));
  }
  return ok();
}

/// A session that has retrieved, or deleted, all there is.
Status finish_session(maildrop::Store& store, const Wanted& wanted) {
  RESTANTE_TRY(const auto session, store.open(wanted.account, maildrop::View::kDefault));
  std::vector<MessageNumber> all;
  for (std::uint32_t number = 1; number <= session->count(); ++number)
    all.push_back(MessageNumber{number});
  maildrop::SessionEnd end;
  if (wanted.retrieved) end.retrieved = all;
  if (wanted.deleted) end.deleted = all;
  return session->commit(end);
}

Status fill(const Wanted& wanted) {
  LazyDisk disk;
  const ManualClock clock(system_clock().now() - std::chrono::days(wanted.days_ago));
  maildrop::StoreSettings settings(wanted.data_dir, clock);
  RESTANTE_TRY(const auto store, maildrop::open_store(disk, std::move(settings)));
  Wanted one = wanted;
  for (const std::string& account : accounts_of(wanted)) {
    one.account = account;
    RESTANTE_CHECKED(deliver(*store, one, clock.now()));
    if (wanted.retrieved || wanted.deleted) RESTANTE_CHECKED(finish_session(*store, one));
  }
  return store->close();
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app("fill-maildrop: large and old maildrops for tests; nothing of it is durable.");
  Wanted wanted;
  app.add_option("DATA_DIR", wanted.data_dir)->required();
  app.add_option("ACCOUNT", wanted.account, "Canonical");
  app.add_option("--accounts", wanted.accounts, "A file: the first word of each line is one more");
  app.add_option("--message", wanted.message, "What each message is")->check(CLI::ExistingFile);
  app.add_option("--count", wanted.count, "Messages");
  app.add_option("--bytes", wanted.bytes, "Filler in each, rounded up to whole lines");
  app.add_option("--blocks", wanted.blocks, "Of 64 KiB, in each");
  app.add_option("--days-ago", wanted.days_ago, "When it all happened");
  app.add_flag("--retrieved", wanted.retrieved, "A session has retrieved all of it");
  app.add_flag("--deleted", wanted.deleted, "A session has deleted all of it");
  CLI11_PARSE(app, argc, argv);
  const Status filled = fill(wanted);
  if (!filled) std::cerr << "fill-maildrop: " << filled.error().message() << "\n";
  return filled ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << "fill-maildrop: " << error.what() << "\n";
  return 1;
}
