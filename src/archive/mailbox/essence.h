// The part of a message that stays when its server writes lines of its own into the header (Status,
// X-UIDL, …): its Message-ID and its body, as one checksum. Without a Message-ID, Date, From and
// Subject stand for it. Two messages under one unique id with the same essence are one message.
// Streaming.
#pragma once

#include <string>
#include <string_view>

#include "archive/mailbox/files.h"
#include "archive/mailbox/sha256.h"
#include "base/result.h"

namespace restante::archive {

struct Essence {
  std::string sum;              ///< 32 hex digits; empty: nothing tells the message from others.
  bool has_message_id = false;  ///< So no other message has the same.
  bool has_trace = false;       ///< A server on its way has stamped it (Received).

  /// One with the same octets and this is the same message; without it, it may be another one.
  [[nodiscard]] bool is_unmistakable() const { return has_message_id || has_trace; }
};

/// Used once.
class EssenceReader {
 public:
  /// The next octets as received.
  void feed(std::string_view octets);
  Essence finish();

 private:
  void begin_body();

  std::string header_;
  Sha256 sum_;
  Essence essence_;
  bool in_body_ = false;
  bool told_ = false;    // Something has identified it.
  bool failed_ = false;  // Where the header ends is not clear.
};

/// Of a message's file that must have this checksum. Errors: kNotFound, kIo, kAuth, kCorrupt.
Result<Essence> essence_of(const Path& file, std::string_view sha256);

}  // namespace restante::archive
