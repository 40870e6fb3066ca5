// Takes one message in, by DATA or by BDAT, and decides what of it is handed on: counts its octets
// as POP3 will, watches its size, its line ends and its header. A message that fails is read to its
// end all the same, but nothing more of it is handed on.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "mail/header_scanner.h"
#include "smtp/bdat_encoder.h"
#include "smtp/data_decoder.h"
#include "smtp/newline_normalizer.h"
#include "smtp/transaction.h"

namespace restante::smtp {

class MessageReceiver {
 public:
  /// `settings` is not owned and outlives the receiver. `size`: of the envelope.
  explicit MessageReceiver(const ServerSettings& settings, EnvelopeSize size = {})
      : settings_(settings), size_(size) {}

  void begin_data();
  /// The first chunk begins a message, further ones go on with it.
  void begin_chunk(const ChunkArgument& chunk);

  /// As the decoders' next(), with line ends repaired if so set, and without the pieces of a failed
  /// message. Pieces may point into this object.
  WireStep next(std::string_view& input);

  /// The spool could not take a piece.
  void spool_failed() { spool_failed_ = true; }

  /// Why the message so far cannot be delivered. It is counted and looked at to its end, and a
  /// lasting reason comes before a passing one: so the answer does not depend on how the network
  /// cut the message.
  [[nodiscard]] Failure failure() const;
  [[nodiscard]] std::uint64_t octets() const { return octets_; }
  [[nodiscard]] bool utf8_header() const { return header_.has_8bit(); }

 private:
  [[nodiscard]] bool normalizes() const {
    return settings_.bare_newlines == BareNewlines::kNormalize;
  }
  WireStep normalized(const WireStep& piece);
  [[nodiscard]] bool has_bare_newline() const;

  const ServerSettings& settings_;
  const EnvelopeSize size_;
  std::variant<DataDecoder, BdatEncoder> codec_;
  std::optional<NewlineNormalizer> normalizer_;
  mail::HeaderScanner header_;
  std::uint64_t octets_ = 0;
  bool spool_failed_ = false;
};

}  // namespace restante::smtp
