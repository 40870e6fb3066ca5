#include "disk/text_file.h"

namespace restante::disk {

Result<std::string> read_text(Disk& disk, const std::string& path, std::uint64_t bytes_max) {
  RESTANTE_TRY(const auto file, disk.open(path, OpenMode::kRead));
  RESTANTE_TRY(const FileStatus status, file->status());
  if (status.size > bytes_max) return Error(Errc::kLimit, "too large: " + path);
  std::string text(static_cast<std::size_t>(status.size), '\0');
  RESTANTE_TRY(const std::size_t got, file->read(0, std::as_writable_bytes(std::span(text))));
  text.resize(got);
  return text;
}

}  // namespace restante::disk
