#include "smtp/newline_normalizer.h"

namespace restante::smtp {

void NewlineNormalizer::passed(std::string_view piece) {
  if (piece.ends_with('\n'))
    place_ = Place::kLineStart;
  else if (place_ == Place::kLineStart && piece == ".")
    place_ = Place::kStuffing;
  else if (!piece.empty())
    place_ = Place::kText;
}

WireStep NewlineNormalizer::apply(std::string_view piece) {
  out_.clear();
  octets_ = 0;
  for (const char c : piece) take(c);
  return {WireStep::Kind::kPiece, out_, octets_};
}

void NewlineNormalizer::take(char c) {
  constexpr std::uint8_t kHeldMax = 2;
  if (c == '\n') {
    end_line(held_crs_ == 0 ? Place::kAfterLf : Place::kLineStart);
  } else if (c != '\r') {
    for (; held_crs_ != 0; --held_crs_) put(' ');
    put(c);
  } else if (held_crs_ < kHeldMax) {
    ++held_crs_;
  } else {
    put(' ');
  }
}

void NewlineNormalizer::put(char c) {
  const Place place = place_;
  place_ = Place::kText;
  if (c == '.' && place == Place::kLineStart) {
    place_ = Place::kStuffing;
    out_ += c;
    return;
  }
  if (c == '.' && place == Place::kAfterLf) {
    place_ = Place::kAfterLfDot;
    out_ += c;
  } else if (c == '.' && place == Place::kAfterLfDot && behind_lf_ == BehindLf::kMayBeStuffed) {
    return;
  }
  out_ += c;
  ++octets_;
}

void NewlineNormalizer::end_line(Place next) {
  constexpr std::string_view kLineEnd = "\r\n";
  // A dot alone that did not end the message, because its line end was not CRLF: it is text.
  if (place_ == Place::kStuffing) {
    out_ += '.';
    ++octets_;
  }
  out_ += kLineEnd;
  octets_ += kLineEnd.size();
  held_crs_ = 0;
  place_ = next;
}

}  // namespace restante::smtp
