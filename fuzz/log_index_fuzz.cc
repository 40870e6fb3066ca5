// An index of any bytes, under a checksum that is right and for the log it claims to be of: what is
// taken is within its own bounds, and is written back as it was.
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/check.h"
#include "maildrop/log/file/log_index_file.h"

namespace {

using namespace restante;       // NOLINT(google-build-using-namespace): a program of its own
using namespace maildrop::log;  // NOLINT(google-build-using-namespace)

constexpr std::size_t kIdAt = 16;
constexpr std::size_t kGenerationAt = 32;
constexpr std::size_t kChecksumBytes = sizeof(Checksum);

LogHeader log_of(ByteView index) {
  LogHeader log;
  if (index.size() < kGenerationAt + 8) return log;
  std::memcpy(log.id.data(), index.data() + kIdAt, log.id.size());
  log.generation = get_le<std::uint64_t>(index, kGenerationAt);
  return log;
}

void check(ByteView bytes) {
  const LogHeader log = log_of(bytes);
  const auto content = decode_index(bytes, log);
  if (!content) return;
  const std::string again = encode_index(log, *content);
  RESTANTE_CHECK(again.size() <= bytes.size());
  const auto second = decode_index(as_bytes(again), log);
  RESTANTE_CHECK(second && encode_index(log, *second) == again);
  RESTANTE_CHECK(second->messages->count() == content->messages->count());
  LogHeader other = log;
  ++other.generation;
  RESTANTE_CHECK(!decode_index(bytes, other));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes = std::as_bytes(std::span(data, size));
  check(bytes);
  if (size < kChecksumBytes) return 0;
  std::vector<std::byte> sealed(bytes.begin(), bytes.end());
  const ByteView checked = ByteView(sealed).first(size - kChecksumBytes);
  put_le(MutableBytes(sealed), checked.size(), checksum(checked));
  check(sealed);
  return 0;
}
