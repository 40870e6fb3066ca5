// A message on its way to its sink, looked at for bare LFs. Servers that keep mail with LF and send
// it so take LF for a line's end where they stuff dots, too; others stuff only behind CRLF. Which
// of both it was is clear at the message's end, so what comes from the first bare LF on is held
// until then. Private to the session.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fetch/session/session.h"

namespace restante::fetch {

class LfBody {
 public:
  /// `sink` outlives it.
  explicit LfBody(MessageSink& sink) : sink_(sink) {}

  Status write(std::string_view piece);
  /// LIST may have counted what has come: with its LFs as they are or as CRLF, with the dots that
  /// were put before dots or without them.
  [[nodiscard]] bool fits(std::optional<std::uint64_t> listed) const;
  /// LIST counts what has come as it is: of all counts the only one that the whole message alone
  /// has. The others its author can reach in the middle, by bare LFs or dots.
  [[nodiscard]] bool fits_as_is(std::optional<std::uint64_t> listed) const {
    return listed && *listed == octets_;
  }
  /// After the last piece. `by_lf`: the final dot was behind a bare LF.
  Status finish(bool by_lf, std::optional<std::uint64_t> listed);
  /// As they are: after finish(), what the sink was given.
  [[nodiscard]] std::uint64_t octets() const { return octets_; }

 private:
  [[nodiscard]] bool fits_stuffed(std::uint64_t listed) const {
    return listed == octets_ || listed == octets_ + bare_lfs_;
  }
  [[nodiscard]] bool fits_plain(std::uint64_t listed) const {
    return listed == octets_ - dots_ || listed == octets_ + bare_lfs_ - dots_;
  }
  void count(std::string_view piece);

  MessageSink& sink_;
  std::uint64_t octets_ = 0;
  std::uint64_t bare_lfs_ = 0;
  std::uint64_t dots_ = 0;  // Lines that begin with two dots, behind a bare LF.
  char last_ = 0;
  enum class At : std::uint8_t { kText, kBareLf, kDot };
  At at_ = At::kText;
  std::string held_;
  char before_held_ = 0;
  bool holds_ = false;
  bool gave_up_ = false;  // Too long to hold: it stays as it came.
};

}  // namespace restante::fetch
