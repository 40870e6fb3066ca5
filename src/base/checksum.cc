#include "base/checksum.h"

#include <xxhash.h>
#if defined(__x86_64__)
#include <xxh_x86dispatch.h>  // XXH3 with the widest registers that the processor has.
#endif

#include "base/check.h"

namespace restante {

struct ChecksumStream::State {
  XXH3_state_t* xxh = XXH3_createState();

  State() {
    RESTANTE_CHECK(xxh != nullptr);
    XXH3_64bits_reset(xxh);
  }
  ~State() { XXH3_freeState(xxh); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

Checksum checksum(ByteView bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

ChecksumStream::ChecksumStream() : state_(std::make_unique<State>()) {}
ChecksumStream::ChecksumStream(ChecksumStream&&) noexcept = default;
ChecksumStream& ChecksumStream::operator=(ChecksumStream&&) noexcept = default;
ChecksumStream::~ChecksumStream() = default;

void ChecksumStream::update(ByteView bytes) {
  XXH3_64bits_update(state_->xxh, bytes.data(), bytes.size());
}

Checksum ChecksumStream::digest() const { return XXH3_64bits_digest(state_->xxh); }

}  // namespace restante
