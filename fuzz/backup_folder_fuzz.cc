// A backup whose files were changed: verifying says so or proves it sound, restoring writes what
// was proven and nothing else, and what was restored is a maildrop.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "disk/memory.h"
#include "input.h"
#include "maildrop/log/backup/backup.h"
#include "maildrop/log/backup/restore.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/test_support.h"

namespace {

using namespace restante;  // NOLINT(google-build-using-namespace): a program of its own
using maildrop::log::kAccount;
using maildrop::log::log_paths;
using maildrop::log::TestStore;

const std::string kOne = "Subject: one\r\n\r\n.\r\n";

void make(disk::MemoryDisk& disk) {
  TestStore store(disk);
  RESTANTE_CHECK(store.deliver(kOne) && store.deliver("Subject: two\r\n\r\n"));
  const backup::BackupRequest request(disk, "/data", "/backup");
  RESTANTE_CHECK(backup::make_backup(request).has_value());
}

/// The manifest with a checksum that is right, however it reads.
void seal(std::string& manifest) {
  const std::size_t end = manifest.rfind("\nend ");
  if (end == std::string::npos) return;
  manifest.resize(end + 1);
  manifest += "end " + backup::to_hex(checksum(as_bytes(manifest))) + '\n';
}

void change(disk::MemoryDisk& disk, const std::string& path, fuzz::Input& input, bool sealed) {
  auto content = disk.content(path);
  if (!content || content->empty()) return;
  for (unsigned left = input.take_byte() % 4U; left > 0; --left) {
    const std::size_t at = input.take_number() % content->size();
    const std::size_t gone = input.take_byte() % 32U;
    const std::string_view fresh = input.take_piece(input.take_byte() % 32U);
    content->replace(at, std::min(gone, content->size() - at), fresh);
    if (content->empty()) break;
  }
  if (sealed) seal(*content);
  disk.set_content(path, *content);
}

void restore(disk::MemoryDisk& disk, bool despite_damage, bool sound) {
  RESTANTE_CHECK(disk.create_directory("/new").has_value());
  backup::RestoreRequest request(disk, "/backup", "/new");
  request.despite_damage = despite_damage;
  const auto restored = backup::restore_backup(request);
  RESTANTE_CHECK(restored.has_value() || !sound);
  RESTANTE_CHECK(disk.list("/")->size() == 3);
  if (!restored) return;
  TestStore store(disk, "/new");
  for (const std::string& text : store.texts())
    RESTANTE_CHECK(text.starts_with('!') || text == kOne || text == "Subject: two\r\n\r\n");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const unsigned choice = input.take_byte();
  disk::MemoryDisk disk;
  make(disk);
  const std::string log = *disk.content(log_paths("/data", kAccount).log);
  change(disk, "/backup/MANIFEST", input, (choice & 1U) != 0);
  const auto manifest = backup::load_manifest(disk, "/backup");
  if (manifest && !manifest->files.empty())
    change(disk, "/backup/" + manifest->files[0].stored, input, false);
  const auto report = backup::verify_backup(disk, "/backup", {}, {});
  const bool sound = report && report->problems.empty();
  restore(disk, (choice & 2U) != 0, sound && manifest->files.size() == 1);
  RESTANTE_CHECK(*disk.content(log_paths("/data", kAccount).log) == log);
  return 0;
}
