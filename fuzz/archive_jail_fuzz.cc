// Any octets as a message's file, read where the client reads mail: by a process of its own, in its
// jail. Each message costs its reader nothing: no message ends a reader, makes it ask for what the
// jail forbids, or keeps it busy. What comes back is well-formed.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <string>

#include "archive/reader/reader.h"
#include "archive/reader/zygote.h"
#include "base/ascii.h"
#include "base/check.h"

namespace {

namespace archive = restante::archive;

constexpr std::size_t kTextMax = 4096;

/// The octets as a file in memory, which is the same one each time: no name is left behind.
archive::Path put(const std::uint8_t* data, std::size_t size) {
  static const int file = ::memfd_create("message", MFD_CLOEXEC);
  RESTANTE_CHECK(file >= 0 && ::ftruncate(file, 0) == 0);
  RESTANTE_CHECK(::pwrite(file, data, size, 0) == static_cast<ssize_t>(size));
  return "/proc/self/fd/" + std::to_string(file);
}

struct Readers {
  Readers() { archive::start_readers(); }
  ~Readers() { archive::end_readers(); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Readers readers;
  RESTANTE_CHECK(archive::has_readers());
  const archive::Path file = put(data, size);
  archive::Reader reader(archive::kThorough);

  archive::Wanted wanted;
  wanted.text_bytes_max = kTextMax;
  const auto reading = reader.read(file, wanted);
  RESTANTE_CHECK(reading.has_value());
  RESTANTE_CHECK(restante::is_utf8(reading->headers.subject) && restante::is_utf8(reading->text));
  const auto entry = reader.entry(file);
  RESTANTE_CHECK(entry.has_value() && !entry->is_missing && entry->left_out.empty());
  RESTANTE_CHECK(entry->headers.subject == reading->headers.subject);
  RESTANTE_CHECK(restante::is_utf8(entry->body) && restante::is_utf8(entry->attachments));
  return 0;
}
