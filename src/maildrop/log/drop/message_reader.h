// Reads one message from the log, and compares its checksum before its last byte is given out.
#pragma once

#include <optional>
#include <vector>

#include "maildrop/log/drop/maildrop.h"

namespace restante::maildrop::log {

/// Up to this size a message is checked before its first byte is given out, so that damage can
/// still be told to the peer in words.
inline constexpr std::uint64_t kVerifiedFirstBytesMax = 64U << 10;

class LogMessageReader final : public MessageReader {
 public:
  /// None is owned; the session keeps them.
  LogMessageReader(const Maildrop& maildrop, const LogFile& log, const MessageEntry& entry)
      : maildrop_(maildrop), log_(log), entry_(entry) {}

  [[nodiscard]] const MessageInfo& info() const override { return entry_.info; }
  Result<std::size_t> read(MutableBytes target) override;
  std::optional<Result<std::size_t>> read_cached(MutableBytes target) override;

 private:
  enum class Wait : std::uint8_t { kForDisk, kNever };
  std::optional<Result<std::size_t>> read(MutableBytes target, Wait wait);
  std::optional<Result<std::size_t>> read_small(MutableBytes target, Wait wait);
  std::optional<Result<std::size_t>> read_large(MutableBytes target, Wait wait);
  std::optional<Status> fetch(MutableBytes target, Wait wait);
  Error corrupt();

  const Maildrop& maildrop_;
  const LogFile& log_;
  const MessageEntry& entry_;
  std::uint64_t position_ = 0;
  bool corrupt_ = false;
  std::vector<std::byte> verified_;    // A small message that did not fit the caller's buffer.
  std::optional<ChecksumStream> sum_;  // Of a large message so far.
};

}  // namespace restante::maildrop::log
