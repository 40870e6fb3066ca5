#include "maildrop/log/backup/journal.h"

#include <array>

#include "disk/text_file.h"

namespace restante::backup {
namespace {

constexpr const char* kName = "MANIFEST.under-way";
constexpr std::uint64_t kBytesMax = 4ULL << 30;

std::string first_line(std::uint64_t serial) {
  return "restante-backup-under-way 1 " + std::to_string(serial) + '\n';
}

}  // namespace

Journal::Entries Journal::open(std::uint64_t serial) {
  Entries entries;
  const std::string path = folder_.path_of(kName);
  const auto found = read_text(folder_.disk(), path, kBytesMax);
  const std::string first = first_line(serial);
  std::string kept = first;
  if (found && found->starts_with(first)) {
    std::size_t at = first.size();
    for (std::size_t end = found->find('\n', at); end != std::string::npos;
         at = end + 1, end = found->find('\n', at)) {
      auto file = decode_note(std::string_view(*found).substr(at, end - at));
      // The end of a line that was cut by a crash; behind it nothing can be told apart.
      if (!file) break;
      kept.append(*found, at, end + 1 - at);
      entries[file->name] = std::move(*file);
    }
  }
  auto file = folder_.disk().open(path, disk::OpenMode::kReplace);
  const std::array<ByteView, 1> pieces = {as_bytes(kept)};
  if (!file || !(*file)->write(0, pieces)) return entries;
  file_ = std::move(*file);
  end_ = kept.size();
  return entries;
}

void Journal::note(const FileEntry& file) {
  const std::string line = encode_note(file);
  const std::array<ByteView, 1> pieces = {as_bytes(line)};
  const std::lock_guard guard(mutex_);
  if (!file_) return;
  if (file_->write(end_, pieces))
    end_ += line.size();
  else
    file_.reset();
}

void Journal::remove() {
  file_.reset();
  (void)folder_.disk().remove(folder_.path_of(kName));
}

}  // namespace restante::backup
