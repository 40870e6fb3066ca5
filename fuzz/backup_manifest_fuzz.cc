// A backup's manifest: as it came, and under a checksum that is right, since a writer of the file
// can compute it. No name leads out of a folder, and what is taken comes back the same.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "maildrop/log/backup/manifest.h"

namespace {

using namespace restante;  // NOLINT(google-build-using-namespace): a program of its own

void check_name(const std::string& name) {
  RESTANTE_CHECK(!name.empty() && name.front() != '/' && name.find('\0') == std::string::npos);
  RESTANTE_CHECK(('/' + name + '/').find("/../") == std::string::npos);
}

void check(std::string_view text) {
  const auto manifest = backup::decode_manifest(text);
  if (!manifest) return;
  for (const backup::FileEntry& file : manifest->files) {
    check_name(file.name);
    check_name(file.stored);
    static_cast<void>(file.bytes());
  }
  const auto again = backup::decode_manifest(backup::encode(*manifest));
  RESTANTE_CHECK(again && backup::encode(*again) == backup::encode(*manifest));
  RESTANTE_CHECK(again->files.size() == manifest->files.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(text);
  const std::size_t end = text.rfind("\nend ");
  std::string sealed(text.substr(0, end == std::string_view::npos ? size : end + 1));
  if (!sealed.ends_with('\n')) sealed += '\n';
  sealed += "end " + backup::to_hex(checksum(as_bytes(sealed))) + '\n';
  check(sealed);
  return 0;
}
