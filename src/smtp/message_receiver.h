// Takes one message in, by DATA or by BDAT, and decides what of it is handed on: counts its octets
// as POP3 will, watches its size, its line ends and its header. A message that fails is read to its
// end all the same, but nothing more of it is handed on.
#pragma once

#include <cstdint>
#include <variant>

#include "mail/header_scanner.h"
#include "smtp/bdat_encoder.h"
#include "smtp/data_decoder.h"
#include "smtp/transaction.h"

namespace restante::smtp {

class MessageReceiver {
 public:
  /// `settings` is not owned and outlives the receiver.
  explicit MessageReceiver(const ServerSettings& settings) : settings_(settings) {}

  void begin_data();
  /// The first chunk begins a message, further ones go on with it.
  void begin_chunk(const ChunkArgument& chunk);

  /// As the decoders' next(), without the pieces of a failed message.
  WireStep next(std::string_view& input);

  /// The message is lost; the first reason counts.
  void fail(Failure failure);

  [[nodiscard]] Failure failure() const { return failure_; }
  [[nodiscard]] std::uint64_t octets() const { return octets_; }
  [[nodiscard]] bool utf8_header() const { return header_.has_8bit(); }

 private:
  bool account(const WireStep& step);
  [[nodiscard]] bool has_bare_newline() const;

  const ServerSettings& settings_;
  std::variant<DataDecoder, BdatEncoder> codec_;
  mail::HeaderScanner header_;
  std::uint64_t octets_ = 0;
  Failure failure_ = Failure::kNone;
};

}  // namespace restante::smtp
