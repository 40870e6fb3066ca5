// Repairs line ends in a message that streams by in wire form, as the decoders make it: a bare LF
// becomes CRLF, CR CR LF becomes CRLF, any other bare CR a blank. Lines that begin only now get
// their dots stuffed, so what comes out is wire form again. It ends no message: the decoders have
// found the end already, by CRLF "." CRLF alone.
//
// Pieces without a bare CR or LF need not come through it, so that ordinary mail is not copied.
// Weak: behind a bare LF a dot may be stuffed or not, and nothing tells; see BehindLf.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "smtp/line_tracker.h"

namespace restante::smtp {

/// Whose the dots behind a bare LF are.
enum class BehindLf : std::uint8_t {
  /// DATA: two dots are one that the sender has stuffed (Python's smtplib does), one dot alone is
  /// text that it has not (curl does not). So a line of text keeps its dot either way.
  kMayBeStuffed,
  kText,  ///< BDAT: no sender stuffs.
};

class NewlineNormalizer {
 public:
  explicit NewlineNormalizer(BehindLf behind_lf) : behind_lf_(behind_lf) {}

  /// The next piece must come through apply(), even one without a bare CR or LF.
  [[nodiscard]] bool holds() const { return held_crs_ != 0; }
  /// A piece has been handed on as it is: no bare CR or LF, none at its end either.
  void passed(std::string_view piece);
  /// The repaired piece: it points into this object until the next call, and may be empty.
  WireStep apply(std::string_view piece);

 private:
  enum class Place : std::uint8_t {
    kText,
    kLineStart,  // Behind CRLF: a dot is stuffing.
    kStuffing,   // Behind that dot.
    kAfterLf,    // Behind a bare LF: a dot is not, or not surely.
    kAfterLfDot,
  };

  void take(char c);
  void put(char c);
  void end_line(Place next);

  BehindLf behind_lf_;
  Place place_ = Place::kLineStart;
  std::uint8_t held_crs_ = 0;  // At most two: CR CR may be the beginning of CR CR LF.
  std::string out_;
  std::size_t octets_ = 0;  // Of out_, without stuffing.
};

}  // namespace restante::smtp
